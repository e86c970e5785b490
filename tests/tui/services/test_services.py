"""Descriptions for service managers: what they say, and what the systems' own linters say of them."""

import configparser
import plistlib
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tokenman_tui.services import MANAGERS, usual_manager
from tokenman_tui.services.launchd import LABEL, LAUNCHD
from tokenman_tui.services.service import Service
from tokenman_tui.services.systemd import SYSTEMD

ODD = ["--config", '/a b/100% "x"\\y$HOME.toml']


def service(*more: str, **variables: str) -> Service:
    return Service([sys.executable, "-P", "-m", "tokenman_tui", *more], variables, Path("/d/tokenman.stderr"), 20)


def unit(text: str) -> configparser.ConfigParser:
    parser = configparser.ConfigParser(interpolation=None, strict=False)
    parser.optionxform = str  # type: ignore[assignment,method-assign]
    parser.read_string(text)
    return parser


def test_a_unit_starts_the_program_and_starts_it_again() -> None:
    said = unit(SYSTEMD.text(service("--no-ui", TOKENMAN_HOME="/h")))["Service"]
    assert said["ExecStart"] == f"{sys.executable} -P -m tokenman_tui --no-ui"
    assert said["Environment"] == "TOKENMAN_HOME=/h"
    assert (said["Restart"], said["RestartPreventExitStatus"], said["TimeoutStopSec"]) == ("on-failure", "2", "20")


def test_a_unit_quotes_what_systemd_would_read_otherwise() -> None:
    said = unit(SYSTEMD.text(service(*ODD, A="50% of $x")))["Service"]
    assert said["ExecStart"].endswith(r'--config "/a b/100%% \"x\"\\y$$HOME.toml"')
    assert said["Environment"] == '"A=50%% of $x"'


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="systemd-analyze is not here")
@pytest.mark.parametrize("arguments", [["--no-ui"], ODD])
def test_systemd_finds_nothing_wrong_with_a_unit(
    arguments: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))
    file = tmp_path / "tokenman.service"

    def verdict(text: str) -> tuple[int, str]:
        file.write_text(text)
        command = ["systemd-analyze", "verify", "--user", str(file)]
        done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
        return done.returncode, done.stderr

    text = SYSTEMD.text(service(*arguments, TOKENMAN_HOME="/h 1"))
    assert verdict(text) == (0, "")
    assert "Failed to parse service restart specifier" in verdict(text.replace("on-failure", "bogus"))[1]


def test_an_agent_says_the_same() -> None:
    said = plistlib.loads(LAUNCHD.text(service(*ODD, A="1")).encode())
    assert said["ProgramArguments"] == [sys.executable, "-P", "-m", "tokenman_tui", *ODD]
    assert (said["Label"], said["EnvironmentVariables"], said["RunAtLoad"]) == (LABEL, {"A": "1"}, True)
    assert (said["KeepAlive"], said["ExitTimeOut"]) == ({"SuccessfulExit": False}, 20)
    assert said["StandardErrorPath"] == "/d/tokenman.stderr"


@pytest.mark.skipif(shutil.which("plutil") is None, reason="plutil is not here")
def test_plutil_finds_nothing_wrong_with_an_agent(tmp_path: Path) -> None:
    file = tmp_path / f"{LABEL}.plist"
    file.write_text(LAUNCHD.text(service(*ODD)))
    subprocess.run(["plutil", "-lint", str(file)], check=True, capture_output=True, timeout=60)


@pytest.mark.parametrize("manager", MANAGERS.values(), ids=MANAGERS.keys())
def test_what_would_end_a_line_is_refused(manager: object) -> None:
    with pytest.raises(ValueError, match="cannot stand in a service's description"):
        getattr(manager, "text")(service("--config", "a\nExecStartPre=/bin/rm"))  # noqa: B009 - whichever it is


def test_files_are_where_the_managers_look(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", "/home/u")
    assert SYSTEMD.file({}) == Path("/home/u/.config/systemd/user/tokenman.service")
    assert SYSTEMD.file({"XDG_CONFIG_HOME": "/x"}) == Path("/x/systemd/user/tokenman.service")
    assert LAUNCHD.file({}) == Path("/home/u/Library/LaunchAgents/local.tokenman.plist")


def test_the_platform_decides(monkeypatch: pytest.MonkeyPatch) -> None:
    for platform, manager in {"linux": SYSTEMD, "darwin": LAUNCHD, "win32": None}.items():
        monkeypatch.setattr(sys, "platform", platform)
        assert usual_manager() is manager


def test_commands(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("os.getuid", lambda: 501)
    file = Path("/f")
    assert [" ".join(one) for one in SYSTEMD.begin(file)] == [
        "systemctl --user daemon-reload",
        "systemctl --user enable --now tokenman.service",
    ]
    assert list(LAUNCHD.begin(file)) == [["launchctl", "bootstrap", "gui/501", "/f"]]
    assert list(LAUNCHD.end(file)) == [["launchctl", "bootout", "gui/501/local.tokenman"]]
