"""The result of one look."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum


class Level(StrEnum):
    OK = "ok"
    NOTE = "note"
    WRONG = "wrong"


@dataclass(frozen=True, slots=True)
class Finding:
    """`sentence` says what is so and, unless all is well, what to do. `fix` is there when it is safe; it may raise
    `OSError`."""

    level: Level
    sentence: str
    fix: Callable[[], object] | None = None


def ok(sentence: str) -> Finding:
    return Finding(Level.OK, sentence)


def note(sentence: str) -> Finding:
    return Finding(Level.NOTE, sentence)


def wrong(sentence: str, fix: Callable[[], object] | None = None) -> Finding:
    return Finding(Level.WRONG, sentence, fix)
