"""wire, unwire and run from the command line."""

import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.tui.commands.conftest import Run
from tokenman_tui.commands.run import direct

ROOT = Path(__file__).parents[3]


def test_wire_says_what_it_sets_and_no_more(run: Run, settings: Path) -> None:
    before = settings.read_text()
    dry = run("wire", "claude-code", "--dry-run")
    assert (dry.exit_code, settings.read_text()) == (0, before)
    assert dry.stdout.startswith(f"Claude Code would be wired to http://127.0.0.1:7677 in {settings}:\n")
    done = run("wire", "claude-code")
    lines = done.stdout.splitlines()
    assert lines[0] == (
        f"Claude Code is wired to http://127.0.0.1:7677 in {settings}; what it said before is in "
        f"{settings}.before-tokenman:"
    )
    assert lines[1] == '  env.ANTHROPIC_BASE_URL = "http://127.0.0.1:7677"  (was "https://gw")'
    assert lines[2] == '  env.ENABLE_TOOL_SEARCH = "true"'
    assert "hunter2" not in dry.stdout + done.stdout
    assert f"claude-code  wired in {settings}" in run("wire").stdout
    assert run("unwire", "claude-code").stdout == f"Claude Code is as it was before: {settings} is restored.\n"
    assert settings.read_text() == before
    again = run("unwire", "claude-code")
    assert again.stdout == f"Claude Code is not wired: {settings} was left as it is.\n"


def test_the_address_is_the_configurations(run: Run, settings: Path) -> None:
    assert "http://[::1]:5/v1" in run("--bind", "::1", "--proxy-port", "5", "wire", "env").stdout
    assert "http://127.0.0.1:5/v1" in run("--bind", "0.0.0.0", "--proxy-port", "5", "wire", "env").stdout
    none = run("--proxy-port", "0", "wire", "env")
    assert (none.exit_code, none.stderr) == (
        1,
        "The proxy takes any free port, and it is not running: start it first with `tokenman start`.\n",
    )


def test_tool_search_needs_anthropic_as_the_only_upstream(run: Run, settings: Path, file: Path) -> None:
    file.parent.mkdir()
    file.write_text('[providers.claude-elsewhere]\napi_base = "https://llm.example.com"\n')
    done = run("wire", "claude-code")
    assert "ENABLE_TOOL_SEARCH" not in done.stdout
    assert "MCP tool search stays off" in done.stdout


def test_cursor_is_told_to_need_a_tunnel(run: Run, settings: Path) -> None:
    done = run("wire", "cursor")
    assert (done.exit_code, done.stdout) == (1, "")
    assert (
        "Cursor calls models from its own servers, which cannot reach this machine: it needs a tunnel." in done.stderr
    )
    assert run("unwire", "cursor").stderr == "Cursor has no settings file that could be wired.\n"


def test_what_is_not_known_or_cannot_be_read(run: Run, settings: Path) -> None:
    assert run("wire", "claud-code").stderr == "There is no client 'claud-code'; did you mean claude-code?\n"
    assert run("wire", "zed").stderr.startswith("There is no client 'zed': name one of claude-code, codex, ")
    settings.write_text("{")
    done = run("wire", "claude-code")
    assert done.stderr.startswith(
        f"Claude Code was left as it is: {settings} cannot be changed, because it is not JSON"
    )
    assert len(done.stderr.splitlines()) == 1


@pytest.fixture
def proxy() -> Iterator[int]:
    """Something that listens; running a client only asks whether anything does."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]


def test_run_without_a_proxy_or_a_program(run: Run, settings: Path, proxy: int) -> None:
    port = ["--proxy-port", proxy]
    assert run(*port, "run", "cursor").stderr.startswith(
        "Cursor cannot be wired for one run.\nCursor calls models from"
    )
    assert run(*port, "run", "env").stderr.startswith("There is nothing to run: name a command")
    assert run(*port, "run", "env", "--", "no-such-program", "-x").stderr == (
        "There is no program no-such-program to run: install it, or add its directory to PATH.\n"
    )
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = ["--proxy-port", closed.getsockname()[1]]
    assert run(*port, "run", "claude-code").stderr == (
        f"Nothing answers at http://127.0.0.1:{port[1]}: start the proxy with `tokenman start`.\n"
    )


CLIENT = """\
#!{python}
import json, os, signal, sys
signal.signal(signal.SIGTERM, lambda *_: sys.exit(9))
print(json.dumps([sys.argv[1:], dict(os.environ)]), flush=True)
sys.exit(int(sys.argv[-1])) if sys.argv[-1].isdigit() else signal.pause()
"""


@pytest.fixture
def client(settings: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program = tmp_path / "bin" / "claude"
    program.parent.mkdir()
    program.write_text(CLIENT.format(python=sys.executable))
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{program.parent}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.setenv("PYTHONPATH", str(ROOT))


def begin(port: int, *arguments: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "tokenman_tui", "--proxy-port", str(port), "run", "claude-code", *arguments]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True)


@pytest.mark.usefixtures("client")
def test_a_clients_exit_status_is_the_programs(proxy: int, settings: Path) -> None:
    before = settings.read_text()
    with begin(proxy, "-p", "two words", "--config", "its own", "7") as process:
        out, _ = process.communicate(timeout=30)
    (arguments, environ) = json.loads(out)
    assert process.returncode == 7
    assert arguments[2:] == ["-p", "two words", "--config", "its own", "7"]
    assert environ["ANTHROPIC_BASE_URL"] == f"http://127.0.0.1:{proxy}"
    assert (settings.read_text(), [path.name for path in settings.parent.iterdir()]) == (before, ["settings.json"])


@pytest.mark.usefixtures("client")
def test_a_signal_reaches_the_client_itself(proxy: int) -> None:
    with begin(proxy, "wait") as process:
        assert process.stdout is not None
        process.stdout.readline()
        process.send_signal(signal.SIGTERM)
        assert process.wait(30) == 9


@pytest.mark.parametrize(
    ("environ", "exempt"),
    [
        ({}, None),
        ({"HTTPS_PROXY": "http://p"}, None),
        ({"HTTP_PROXY": "http://p"}, "localhost,127.0.0.1,::1"),
        ({"all_proxy": "http://p", "NO_PROXY": "corp"}, "corp,localhost,127.0.0.1,::1"),
    ],
)
def test_this_machine_is_never_reached_through_a_proxy(environ: dict[str, str], exempt: str | None) -> None:
    after = direct(environ)
    assert (after.get("NO_PROXY"), after.get("no_proxy")) == (exempt, exempt)
