"""Text into marks: words, quoted text, operators, brackets, each with its place."""

import re
from dataclasses import dataclass
from enum import Enum


class ExpressionError(ValueError):
    """The text cannot be read. `at` is the place of the trouble, counted in characters from 0."""

    def __init__(self, sentence: str, at: int) -> None:
        super().__init__(sentence)
        self.at = at


class Mark(Enum):
    WORD = "word"
    QUOTED = "quoted"
    OPERATOR = "operator"
    OPEN = "("
    CLOSE = ")"
    END = "end"


@dataclass(frozen=True, slots=True)
class Lexeme:
    mark: Mark
    text: str
    at: int
    """Where it starts."""
    until: int
    """Where it ends."""


_LEXEME = re.compile(
    r"\s*(?:(?P<operator>!~|!=|>=|<=|==|=|>|<|~)|(?P<open>\()|(?P<close>\))|"
    r"""(?P<quoted>"[^"]*"|'[^']*')|(?P<word>[^\s()"'=<>~!]+))"""
)
_MARKS = {
    "operator": Mark.OPERATOR,
    "open": Mark.OPEN,
    "close": Mark.CLOSE,
    "quoted": Mark.QUOTED,
    "word": Mark.WORD,
}


def lexemes(text: str) -> list[Lexeme]:
    """Ends with a mark END. Raises ExpressionError."""
    found = []
    at = 0
    while match := _LEXEME.match(text, at):
        name = match.lastgroup or ""
        start, at = match.span(name)
        content = match[name]
        if name == "quoted":
            content = content[1:-1]
        found.append(Lexeme(_MARKS[name], "=" if content == "==" and name == "operator" else content, start, at))
    rest = text[at:].strip()
    if rest:
        place = text.index(rest, at)
        what = "a quote is not closed" if rest[0] in "\"'" else f"{rest[0]!r} means nothing here"
        raise ExpressionError(f"{what} (at {place + 1})", place)
    return [*found, Lexeme(Mark.END, "", len(text), len(text))]
