"""Starting the same program again."""

import sys
import sysconfig
from pathlib import Path

import pytest

import tokenman_tui
from tokenman_tui import program

ROOT = str(Path(tokenman_tui.__file__).parent.parent)


def test_the_working_directory_is_not_searched() -> None:
    assert program.command() == [sys.executable, "-P", "-m", "tokenman_tui"]


@pytest.mark.parametrize("already", ["", "/own"])
def test_sources_are_found_again(already: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sysconfig, "get_paths", lambda: {"purelib": "/elsewhere"})
    monkeypatch.setenv("PYTHONPATH", already)
    assert program.variables() == {"PYTHONPATH": f"{ROOT}:/own" if already else ROOT}


def test_an_installed_program_needs_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sysconfig, "get_paths", lambda: {"purelib": ROOT})
    assert program.variables() == {}
