"""The lock that says which program runs: held, dropped, shared, and never stale."""

import fcntl
import json
import os
import signal
import stat
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from proxy_core.state import Addresses
from tokenman_tui import instance as instances
from tokenman_tui.instance import NAME, AlreadyRunning, claim, running

HERE = Addresses("http://127.0.0.1:1", "http://127.0.0.1:2")
ROOT = Path(__file__).parents[2]
HOLD = """
import sys, time, pathlib
from tokenman_tui.instance import claim
with claim(pathlib.Path(sys.argv[1])):
    print("held", flush=True)
    time.sleep(60)
"""


@pytest.fixture
def holder(tmp_path: Path) -> Iterator[subprocess.Popen[str]]:
    command = [sys.executable, "-c", HOLD, str(tmp_path)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "held\n"
        yield process
        process.kill()


def test_nothing_runs_where_nothing_was_started(tmp_path: Path) -> None:
    assert running(tmp_path / "none") is None
    assert not (tmp_path / "none").exists()


def test_the_holder_says_what_it_is_until_it_lets_go(tmp_path: Path) -> None:
    with claim(tmp_path / "d") as held:
        before = running(tmp_path / "d")
        assert before is not None
        assert (before.pid, before.proxy_url, before.is_here) == (os.getpid(), "", True)
        held.tell(HERE)
        after = running(tmp_path / "d")
        assert after is not None
        assert (after.proxy_url, after.api_url) == ("http://127.0.0.1:1", "http://127.0.0.1:2")
        assert str(after) == f"process {os.getpid()}, http://127.0.0.1:1"
    assert running(tmp_path / "d") is None
    assert stat.S_IMODE((tmp_path / "d" / NAME).stat().st_mode) == 0o600


def test_a_second_claim_is_refused_with_the_holders_number(
    tmp_path: Path, holder: subprocess.Popen[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(instances, "_PAUSE_S", 0.001)
    with pytest.raises(AlreadyRunning, match=rf"is already running on {tmp_path} \(process {holder.pid}\): stop it"):
        claim(tmp_path).__enter__()


def test_a_killed_holder_leaves_nothing_in_the_way(tmp_path: Path, holder: subprocess.Popen[str]) -> None:
    holder.send_signal(signal.SIGKILL)
    holder.wait(10)
    assert running(tmp_path) is None
    with claim(tmp_path):
        now = running(tmp_path)
    assert now is not None
    assert now.pid == os.getpid()


@pytest.mark.parametrize("text", ["1", '{"pid": 1, "world": "w", "started_at_ns": 0}', "", "\xff"])
def test_what_a_file_without_a_lock_says_does_not_count(text: str, tmp_path: Path) -> None:
    (tmp_path / NAME).write_text(text, encoding="latin-1")
    assert running(tmp_path) is None
    with claim(tmp_path):
        assert running(tmp_path) is not None


def test_looking_does_not_keep_a_program_from_starting(tmp_path: Path) -> None:
    with claim(tmp_path):
        pass
    with (tmp_path / NAME).open("rb") as looking:
        fcntl.flock(looking, fcntl.LOCK_SH)
        timer = threading.Timer(0.12, lambda: fcntl.flock(looking, fcntl.LOCK_UN))
        timer.start()
        with claim(tmp_path):
            pass
        timer.join()


def test_a_lock_of_something_else_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(instances, "_PAUSE_S", 0.001)
    with (tmp_path / NAME).open("ab") as other:
        fcntl.flock(other, fcntl.LOCK_EX)
        with pytest.raises(OSError, match="is locked by something that does not say what it is"):
            running(tmp_path)


def test_a_number_of_another_container_is_not_taken_for_one_of_ours(tmp_path: Path) -> None:
    with claim(tmp_path), (tmp_path / NAME).open("r+") as file:
        facts = json.load(file) | {"world": "box pid:[1]"}
        file.seek(0)
        file.truncate()
        json.dump(facts, file)
        file.flush()
        there = running(tmp_path)
    assert there is not None
    assert not there.is_here
    assert str(there) == f"process {os.getpid()} of box pid:[1]"
