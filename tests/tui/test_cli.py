"""The command line: what it decides, what it refuses, and what it does not load."""

import os
import signal
import subprocess
import sys
import urllib.request
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import pytest
from typer.testing import CliRunner, Result

from proxy_core.config import Layer
from tokenman_tui import start
from tokenman_tui.cli import app
from tokenman_tui.launch import Launch

Run = Callable[..., Result]
ROOT = Path(__file__).parents[2]


@pytest.fixture
def launches(monkeypatch: pytest.MonkeyPatch) -> list[Launch]:
    """What the host was asked to run; it answers with exit status 0 and there is a terminal."""
    seen: list[Launch] = []

    def run_host(launch: Launch) -> int:
        seen.append(launch)
        return 0

    monkeypatch.setattr(start, "run_host", run_host)
    monkeypatch.setattr(start, "has_terminal", lambda: True)
    return seen


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    for name in [name for name in os.environ if name.startswith("TOKENMAN_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("TOKENMAN_HOME", str(tmp_path / "home"))
    return lambda *arguments: CliRunner().invoke(app, list(arguments))


def test_no_arguments_open_the_app_with_the_defaults(run: Run, launches: list[Launch], tmp_path: Path) -> None:
    assert run().exit_code == 0
    (launch,) = launches
    assert (launch.ui, launch.demo, launch.config.path) == (True, False, None)
    server = launch.config.config.server
    assert (server.proxy_port, server.dashboard_port, server.data_dir) == (7677, 7678, tmp_path / "home")
    assert not (tmp_path / "home").exists()


def test_each_argument_reaches_its_option(run: Run, launches: list[Launch], tmp_path: Path) -> None:
    given = [
        "--bind",
        "::1",
        "--proxy-port",
        "1",
        "--api-port",
        "2",
        "--data-dir",
        str(tmp_path),
        "--log-level",
        "WARN",
    ]
    assert run("--no-ui", *given).exit_code == 0
    server = launches[0].config.config.server
    assert (server.bind_address, server.proxy_port, server.dashboard_port) == ("::1", 1, 2)
    assert (server.data_dir, server.log_level) == (tmp_path, "warn")
    assert launches[0].ui is False
    origins = launches[0].config.origins
    assert origins["server.dashboard_port"].detail == "--api-port"
    assert [origin.layer for origin in origins.values()].count(Layer.COMMAND_LINE) == 5


def test_a_file_is_read_where_it_is_named(run: Run, launches: list[Launch], tmp_path: Path) -> None:
    file = tmp_path / "own.toml"
    file.write_text("[server]\nproxy_port = 5\n")
    assert run("--config", str(file)).exit_code == 0
    assert (launches[0].config.config.server.proxy_port, launches[0].config.path) == (5, file)


def test_the_hosts_exit_status_is_the_programs(
    run: Run, launches: list[Launch], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(start, "run_host", lambda launch: 3)
    assert run("--no-ui").exit_code == 3


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (
            ["--proxy-port", "70000"],
            "--proxy-port: server.proxy_port must be a whole number from 0 to 65535, not 70000",
        ),
        (["--bind", "no host"], "--bind: server.bind_address must be an IP address or a host name"),
        (["--log-level", "inof"], "not text; did you mean info?"),
        (["--config", "/none/such.toml"], "/none/such.toml: there is no such file"),
        (["--demo", "--config", "x"], "--demo runs on a configuration of its own: leave out --config."),
    ],
)
def test_what_cannot_be_used_is_one_sentence_and_status_2(
    arguments: list[str], sentence: str, run: Run, launches: list[Launch]
) -> None:
    result = run(*arguments)
    assert (result.exit_code, result.stdout, launches) == (2, "", [])
    assert result.stderr.strip().endswith(sentence)
    assert len(result.stderr.splitlines()) == 1


def test_a_bad_file_is_told_before_a_missing_terminal(run: Run, launches: list[Launch], tmp_path: Path) -> None:
    (tmp_path / "home").mkdir()
    (tmp_path / "home" / "tokenman.toml").write_text("[server]\nproxy_prt = 5\n")
    result = run()
    assert result.exit_code == 2
    assert "tokenman.toml:2:1: server.proxy_prt is not an option; did you mean proxy_port?" in result.stderr


@pytest.mark.parametrize(("term", "streams"), [("xterm", False), ("dumb", True)])
def test_without_a_terminal_the_app_does_not_start(
    term: str, streams: bool, run: Run, launches: list[Launch], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.undo()
    monkeypatch.setenv("TERM", term)
    stream = SimpleNamespace(isatty=lambda: streams)
    monkeypatch.setattr(sys, "__stdin__", stream)
    monkeypatch.setattr(sys, "__stderr__", stream)
    monkeypatch.setattr(start, "run_host", launches.append)
    result = run()
    assert (result.exit_code, launches) == (2, [])
    assert result.stderr == "The terminal app needs a terminal, and there is none here: use --plain or --no-ui.\n"


def test_streams_on_a_terminal_are_enough(monkeypatch: pytest.MonkeyPatch) -> None:
    stream = SimpleNamespace(isatty=lambda: True)
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setattr(sys, "__stdin__", stream)
    monkeypatch.setattr(sys, "__stderr__", stream)
    assert start.has_terminal()
    monkeypatch.setattr(sys, "__stdin__", None)
    assert not start.has_terminal()


def test_the_demo_knows_nothing_of_the_persons_own(
    run: Run, launches: list[Launch], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = tmp_path / "home"
    home.mkdir()
    (home / "tokenman.toml").write_text("[providers.mine]\napi_base = 'http://x'\n[server]\nproxy_port = 5\n")
    monkeypatch.setenv("TOKENMAN_PROVIDERS_OPENAI_API_BASE", "http://mine")
    monkeypatch.setenv("TOKENMAN_SERVER_DATA_DIR", str(home))
    monkeypatch.setenv("TOKENMAN_SERVER_DASHBOARD_PORT", "6")
    during: list[bool] = []

    def run_host(launch: Launch) -> int:
        during.append(data_dir_of(launch).is_dir())
        launches.append(launch)
        return 0

    monkeypatch.setattr(start, "run_host", run_host)
    assert run("--demo").exit_code == 0
    config = launches[0].config.config
    assert (launches[0].demo, launches[0].config.path, during) == (True, None, [True])
    assert (config.server.proxy_port, config.server.dashboard_port) == (7677, 6)
    assert {key: (one.api_base, one.key_ref) for key, one in config.providers.items()} == {
        "anthropic": ("https://api.anthropic.com", ""),
        "openai": ("https://api.openai.com", ""),
    }
    assert not data_dir_of(launches[0]).exists()
    assert [path.name for path in home.iterdir()] == ["tokenman.toml"]


def data_dir_of(launch: Launch) -> Path:
    return launch.config.config.server.data_dir


def test_the_demo_keeps_a_data_directory_that_was_given(run: Run, launches: list[Launch], tmp_path: Path) -> None:
    assert run("--demo", "--data-dir", str(tmp_path / "kept"), "--proxy-port", "0").exit_code == 0
    assert data_dir_of(launches[0]) == tmp_path / "kept"
    assert launches[0].config.config.server.proxy_port == 0


def test_the_demos_directory_goes_even_when_the_host_fails(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[Path] = []

    def fail(launch: Launch) -> int:
        seen.append(data_dir_of(launch))
        raise OSError("broken")

    monkeypatch.setattr(start, "run_host", fail)
    assert isinstance(run("--demo", "--no-ui").exception, OSError)
    assert not seen[0].exists()


def python(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, *arguments], cwd=ROOT, capture_output=True, text=True, timeout=30, check=False
    )


@pytest.mark.parametrize(("form", "more"), [("--version", {"pydantic.main"}), ("version", set[str]())])
def test_the_version_loads_nothing_of_the_program(form: str, more: set[str]) -> None:
    heavy = {"textual", "httpx", "quart", "rich", "proxy_core.config", "keyring"} | more
    code = (
        "import sys\nfrom tokenman_tui.cli import main\nsys.argv = ['tokenman', sys.argv[1]]\n"
        f"try:\n    main()\nfinally:\n    print(sorted({heavy!r} & set(sys.modules)))"
    )
    done = python("-c", code, form)
    name, loaded = done.stdout.splitlines()
    assert (name.split()[0], loaded, done.returncode) == ("tokenman", "[]", 0)


def test_the_module_is_the_program() -> None:
    done = python("-m", "tokenman_tui", "--help")
    assert done.returncode == 0
    assert done.stdout.startswith("Usage: tokenman ")
    assert done.stderr == ""


def test_the_mock_serves_until_it_is_told_to_end() -> None:
    command = [sys.executable, "-m", "tokenman_tui", "mock", "--port", "0"]
    with subprocess.Popen(command, cwd=ROOT, stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr is not None
        url = process.stderr.readline().split()[-1]
        with urllib.request.urlopen(f"{url}/v1/models", timeout=10) as reply:
            assert reply.status == 200
        process.send_signal(signal.SIGTERM)
        assert (process.wait(10), process.stderr.read()) == (0, "")


def test_the_mock_tells_a_port_it_cannot_have() -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("socket.create_server", busy)
        result = CliRunner().invoke(app, ["mock", "--port", "81"])
    assert result.exit_code == 2
    assert result.stderr == "Cannot listen on 127.0.0.1 port 81: Address already in use; choose another with --port.\n"


def busy(*_: object, **__: object) -> None:
    raise OSError(98, "Address already in use")
