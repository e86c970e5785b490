"""install-service and uninstall-service, with a service manager that notes what it is told."""

import os
import plistlib
import sys
from pathlib import Path

import pytest

from tests.tui.commands.conftest import Run
from tokenman_tui.instance import claim


@pytest.fixture
def told(home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The file in which a systemctl that always succeeds notes its arguments; `fail` beside it makes it fail."""
    notes = tmp_path / "told"
    program = tmp_path / "bin" / "systemctl"
    program.parent.mkdir()
    program.write_text(f'#!/bin/sh\necho "$@" >> {notes}\n[ ! -e {tmp_path}/fail ] || {{ echo no bus >&2; exit 1; }}\n')
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{program.parent}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.setattr(sys, "platform", "linux")
    return notes


def unit(tmp_path: Path) -> Path:
    return tmp_path / "user" / ".config" / "systemd" / "user" / "tokenman.service"


def test_a_dry_run_prints_and_changes_nothing(run: Run, told: Path, home: Path, tmp_path: Path) -> None:
    done = run("--log-level", "warn", "install-service", "--dry-run")
    assert f"ExecStart={sys.executable} -P -m tokenman_tui --no-ui --log-to-file --log-level warn\n" in done.stdout
    assert f"Environment=TOKENMAN_HOME={home}\n" in done.stdout
    agent = run("install-service", "--dry-run", "--kind", "launchd")
    assert plistlib.loads(agent.stdout.encode())["EnvironmentVariables"]["TOKENMAN_HOME"] == str(home)
    assert (told.exists(), unit(tmp_path).exists()) == (False, False)


def test_a_service_is_installed_and_forgotten(
    run: Run, told: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TOKENMAN_SERVER_LOG_LEVEL", "warn")
    done = run("install-service")
    assert done.stdout == (
        f"TokenMan is a service of systemd, described in {unit(tmp_path)}. It runs while you are logged in; "
        "`loginctl enable-linger` lets it run always. It does not see this shell's TOKENMAN_SERVER_LOG_LEVEL: put what "
        "they say into the file.\n"
    )
    assert told.read_text() == "--user daemon-reload\n--user enable --now tokenman.service\n"
    told.unlink()
    gone = run("uninstall-service")
    assert gone.stdout == f"TokenMan is no service of systemd any more: {unit(tmp_path)} is deleted.\n"
    assert told.read_text() == "--user disable --now tokenman.service\n--user daemon-reload\n"
    assert not unit(tmp_path).exists()
    assert run("uninstall-service").stdout == f"TokenMan is no service of systemd: there is no {unit(tmp_path)}.\n"


def test_a_manager_that_does_not_answer(run: Run, told: Path, tmp_path: Path) -> None:
    (tmp_path / "fail").touch()
    done = run("install-service")
    assert (done.exit_code, done.stdout) == (1, "")
    assert done.stderr == (
        f"The service is described in {unit(tmp_path)}, but it was not started: `systemctl --user daemon-reload` "
        "failed (no bus); run it yourself.\n"
    )
    gone = run("uninstall-service")
    assert gone.exit_code == 1
    assert gone.stderr.startswith(f"{unit(tmp_path)} is deleted. The service may still run: `systemctl --user disable")


def test_paths_do_not_follow_a_working_directory(
    run: Run, told: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "c.toml").write_text("")
    done = run("install-service", "--dry-run", "--config", "c.toml", "--data-dir", "d")
    assert f"--config {tmp_path}/c.toml --data-dir {tmp_path}/d\n" in done.stdout


def test_what_runs_already_is_in_the_way(run: Run, told: Path, home: Path, tmp_path: Path) -> None:
    with claim(home):
        done = run("install-service")
    assert done.exit_code == 1
    assert "TokenMan is already running on" in done.stderr
    assert not unit(tmp_path).exists()


@pytest.mark.parametrize("arguments", [["--kind", "cron"], []])
def test_a_manager_that_is_not_known(arguments: list[str], run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "win32")
    done = run("install-service", *arguments)
    assert done.exit_code == 1
    assert done.stderr.endswith("is known: name one of systemd, launchd.\n")
