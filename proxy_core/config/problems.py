"""What is wrong with a configuration, in words for the person who wrote it."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path

_BARE = re.compile(r"[A-Za-z0-9_-]+")
_SHOWN = 50


def dotted(path: Iterable[str | int]) -> str:
    """The path as TOML writes it, a list's entry as [0]. A part with a dot is quoted: `a.b` and `"a.b"` stay apart."""
    return "".join(f"[{part}]" if isinstance(part, int) else f".{_quoted(part)}" for part in path).removeprefix(".")


def _quoted(part: str) -> str:
    return part if _BARE.fullmatch(part) else f'"{"".join(map(_escaped, part))}"'


def _escaped(char: str) -> str:
    if char in {'"', "\\"}:
        return f"\\{char}"
    return char if char.isprintable() else f"\\U{ord(char):08X}"


def nearest(name: str, known: Iterable[str]) -> str:
    """`"; did you mean x?"` for the known name closest to `name`, or nothing when none is close."""
    close = get_close_matches(name, list(known), n=1)
    return f"; did you mean {close[0]}?" if close else ""


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong. `text` is a sentence without its full stop; it never holds a value that was text.

    `source` is the environment variable or command-line option at fault; `file`, `line` and `column` (from 1, in
    characters) are set when the file is. `key` is the dotted path of the option, where there is one.
    """

    text: str
    key: str = ""
    source: str = ""
    file: Path | None = None
    line: int | None = None
    column: int | None = None

    def __str__(self) -> str:
        place = [str(part) for part in (self.file or self.source, self.line, self.column) if part]
        return ": ".join(part for part in (":".join(place), self.text) if part)


class ConfigError(Exception):
    """A configuration that cannot be used, with everything that is wrong with it. `str()` is what a person reads."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__(problems)
        self.problems = tuple(problems)

    def __str__(self) -> str:
        lines = [str(problem) for problem in self.problems[:_SHOWN]]
        if len(lines) == 1:
            return f"The configuration cannot be used: {lines[0]}"
        more = len(self.problems) - len(lines)
        lines += [f"and {more} more"] if more else []
        return "\n  ".join([f"The configuration cannot be used, for {len(self.problems)} reasons:", *lines])
