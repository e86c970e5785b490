"""Everything works with no network at all, from the first use on: start, traffic, counting and pricing."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.contract.talks import TALKS

HERE = Path(__file__).parents[2]
PASSED_ON = ("PATH", "SYSTEMROOT", "LANG")


def test_a_fresh_process_needs_nothing_from_outside(tmp_path: Path) -> None:
    home = {"HOME": str(tmp_path), "XDG_CACHE_HOME": str(tmp_path / "cache"), "PYTHONPATH": str(HERE)}
    kept = {name: os.environ[name] for name in PASSED_ON if name in os.environ}
    ended = subprocess.run(
        [sys.executable, "-W", "error", "-m", "tests.contract.offline", str(tmp_path)],
        cwd=HERE,
        env={**kept, **home},
        capture_output=True,
        timeout=60,
        check=False,
    )
    assert ended.returncode == 0, ended.stderr.decode()
    told = json.loads(ended.stdout)
    assert told["attempts"] == []
    assert told["endings"] == ["completed"] * 2 * len(TALKS)
    assert all(told["costs_nanousd"])
    assert all(told["output_tokens"])
    assert told["pages"] == [200] * 4


@pytest.mark.parametrize("host", ["example.com", "10.255.255.1", "8.8.8.8"])
def test_the_guard_of_this_test_holds(host: str) -> None:
    script = f"import sys, socket; from tests.contract.offline import guard; sys.addaudithook(guard); {CALL}"
    ended = subprocess.run(
        [sys.executable, "-c", script.replace("HOST", host)], cwd=HERE, capture_output=True, timeout=60, check=False
    )
    assert b"There is no network" in ended.stderr


CALL = "socket.create_connection(('HOST', 80), timeout=1)"
