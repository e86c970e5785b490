"""The command line as a person types it, in a home of its own."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from tokenman_tui.cli import app

Run = Callable[..., Result]


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """TOKENMAN_HOME, which does not exist yet; HOME is elsewhere, and the environment says nothing else."""
    for name in [name for name in os.environ if name.startswith(("TOKENMAN_", "XDG_"))]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("HOME", str(tmp_path / "user"))
    monkeypatch.setenv("TOKENMAN_HOME", str(tmp_path / "home"))
    return tmp_path / "home"


@pytest.fixture
def run(home: Path) -> Run:
    return lambda *arguments, **more: CliRunner().invoke(app, [str(one) for one in arguments], **more)


@pytest.fixture
def file(home: Path) -> Path:
    """The configuration file's place."""
    return home / "tokenman.toml"


@pytest.fixture
def settings(home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The settings of Claude Code, with a key and an address in them."""
    for name in ("CLAUDE_CONFIG_DIR", "CODEX_HOME", "OPENCODE_CONFIG", "CONTINUE_GLOBAL_DIR"):
        monkeypatch.delenv(name, raising=False)
    file = tmp_path / "user" / ".claude" / "settings.json"
    file.parent.mkdir(parents=True)
    file.write_text('{"env": {"ANTHROPIC_API_KEY": "sk-ant-hunter2", "ANTHROPIC_BASE_URL": "https://gw"}}')
    return file
