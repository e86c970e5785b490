"""The dialogue of setup, and its end: a configuration that works."""

import os
import socket
import sys
from pathlib import Path

import pexpect
import pytest

from tests.tui.commands.conftest import Run

ROOT = Path(__file__).parents[3]
KEY = "sk-ant-hunter2"


def test_without_questions_the_defaults_are_written(run: Run, file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TOKENMAN_SERVER_PROXY_PORT", "0")
    monkeypatch.setenv("TOKENMAN_SERVER_DASHBOARD_PORT", "0")
    done = run("setup", "--non-interactive")
    assert done.stdout == (
        f"Every option is in {file} with its default.\n{file} is valid and its ports can be used: `tokenman` opens the "
        "app, `tokenman start` runs it in the background.\n"
    )
    before = file.read_text()
    assert run("setup", "--non-interactive").exit_code == 0
    assert file.read_text() == before


def test_what_does_not_work_is_told(run: Run, file: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        done = run("--proxy-port", port, "--api-port", "0", "setup", "--non-interactive")
    assert done.exit_code == 1
    assert f"Port {port} on 127.0.0.1 is in use by another program" in done.stderr
    file.write_text("[server]\nproxy_prt = 1\n")
    assert run("setup", "--non-interactive").exit_code == 2


def test_questions_need_a_terminal(run: Run, home: Path) -> None:
    done = run("setup")
    assert (done.exit_code, home.exists()) == (1, False)
    assert done.stderr == "Setup asks questions, and there is no terminal to answer them: use --non-interactive.\n"


def test_a_dialogue(settings: Path, home: Path, file: Path, tmp_path: Path) -> None:
    environ = {
        **os.environ,
        "PYTHONPATH": str(ROOT),
        "PYTHON_KEYRING_BACKEND": "keyrings.alt.file.PlaintextKeyring",
        "KEYRING_PROPERTY_FILE_PATH": str(tmp_path / "ring.cfg"),
        "PATH": "/usr/bin:/bin",
    }
    file.parent.mkdir()
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        file.write_text(f"[server]\nproxy_port = {port} # mine\ndashboard_port = 0\n")
        child = pexpect.spawn(
            sys.executable, ["-m", "tokenman_tui", "setup"], env=environ, encoding="utf-8", timeout=30
        )
        child.expect(rf"Port {port} for the proxy is in use; which instead\? \[(\d+)\]: ")
        assert child.match is not None
        free = int(child.match[1])  # type: ignore[index]
        child.sendline("")
        child.expect("Store a key for Anthropic, for clients that send none of their own.*: ")
        child.sendline("y")
        child.expect(r"Key for Anthropic \(it is not shown\): ")
        child.sendline(KEY)
        child.expect("Store a key for OpenAI")
        assert KEY not in (child.before or "")
        child.sendline("")
        child.expect("Point Claude Code at the proxy, in .*settings.json.*: ")
        child.sendline("y")
        child.expect("Start TokenMan in the background now")
        child.sendline("n")
        child.expect("is valid and its ports can be used: `tokenman` opens the app")
        child.expect(pexpect.EOF)
        child.close()
    assert child.exitstatus == 0
    assert file.read_text() == f"[server]\nproxy_port = {free} # mine\ndashboard_port = 0\n"
    assert f"http://127.0.0.1:{free}" in settings.read_text()
    assert "[tokenman]\nanthropic = " in (tmp_path / "ring.cfg").read_text()
