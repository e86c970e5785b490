"""An editor or pager of the person's own: it gets a private file, which is gone afterwards, and the loop goes on."""

import asyncio
import signal
import stat
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from textual.app import App

from tokenman_tui.screens.outside import command_for, show_outside

SCRIPT = """
import os, pathlib, signal, stat, sys, time
path = pathlib.Path(sys.argv[2])
mode, above = (stat.S_IMODE(each.stat().st_mode) for each in (path, path.parent))
interrupts = signal.getsignal(signal.SIGINT) is signal.default_int_handler
told = [str(path), f"{mode:o} {above:o}", str(interrupts), path.read_text()]
pathlib.Path(sys.argv[1]).write_text(chr(10).join(told))
time.sleep(0.05)
"""


class Lent(App[None]):
    """An app whose terminal can be lent, without one."""

    @contextmanager
    def suspend(self) -> Iterator[None]:
        yield


@pytest.fixture
def editor(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Sets EDITOR to a program that writes down what it was given; returns where."""
    script, told = tmp_path / "an editor.py", tmp_path / "told.txt"
    script.write_text(SCRIPT)
    monkeypatch.delenv("VISUAL", raising=False)
    monkeypatch.setenv("EDITOR", f"'{sys.executable}' '{script}' '{told}'")
    return told


def told(editor: Path) -> list[str]:
    """What the editor wrote down; nothing as long as it has not."""
    text = editor.read_text() if editor.exists() else ""
    return text.split("\n") if text else []


def is_there(path: str) -> bool:
    return Path(path).exists()


async def test_the_editor_gets_a_private_file_that_is_gone_afterwards(editor: Path) -> None:
    before = signal.getsignal(signal.SIGINT)
    turns, loop = 0, asyncio.get_running_loop()
    showing = asyncio.ensure_future(show_outside(Lent(), "editor", '{"é": 1}'.encode(), ".json"))
    while not showing.done():
        turns += 1
        await asyncio.sleep(0.005)
    assert (await showing, turns > 5, loop.is_running()) == ("", True, True)
    path, modes, interrupts, text = told(editor)
    assert (modes, interrupts, text) == ("600 700", "True", '{"é": 1}')
    assert path.endswith(".json")
    assert not is_there(str(Path(path).parent))
    assert signal.getsignal(signal.SIGINT) is before


async def test_the_file_is_gone_also_when_the_app_ends_meanwhile(
    editor: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    slow = tmp_path / "slow.py"
    slow.write_text(SCRIPT.replace("0.05", "60"))
    monkeypatch.setenv("EDITOR", f"'{sys.executable}' '{slow}' '{editor}'")
    showing = asyncio.ensure_future(show_outside(Lent(), "editor", b"text", ".txt"))
    for _ in range(1_000):
        await asyncio.sleep(0.01)
        if told(editor):
            break
    showing.cancel()
    with pytest.raises(asyncio.CancelledError):
        await showing
    assert not is_there(told(editor)[0])


@pytest.mark.parametrize(
    ("command", "said"), [("no-such-program-here", "there is no such program"), ("false", "false ended with status 1.")]
)
async def test_what_goes_wrong_is_said(monkeypatch: pytest.MonkeyPatch, command: str, said: str) -> None:
    monkeypatch.setenv("PAGER", command)
    assert said in await show_outside(Lent(), "pager", b"", ".txt")


async def test_a_terminal_that_cannot_be_lent_is_said(editor: Path) -> None:
    app: App[None] = App()
    async with app.run_test():
        assert await show_outside(app, "editor", b"", ".txt") == "This terminal cannot be lent to the editor."
    assert told(editor) == []


def test_the_environment_names_the_program(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VISUAL", "code --wait")
    assert command_for("editor") == ["code", "--wait"]
    monkeypatch.setenv("PAGER", "unfinished 'quote")
    monkeypatch.setenv("PATH", "")
    assert command_for("pager") == []


def test_the_usual_program_is_taken_without_one(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("PAGER", raising=False)
    less = tmp_path / "less"
    less.write_text("")
    less.chmod(stat.S_IRWXU)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert command_for("pager") == ["less"]
