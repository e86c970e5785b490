"""What a reader leafs through: blocks with a head and a text, which fold, and may hold other blocks."""

from dataclasses import dataclass
from typing import Protocol

from tokenman_tui.feeds.inert import inert
from tokenman_tui.feeds.spans import BLANK, Line, Part, Span

HINT_CHARACTERS = 160
LONG_CHARACTERS = 1_200
LONG_LINES = 14


class Foldable(Protocol):
    """A block. Its children are the blocks after it that are deeper."""

    @property
    def depth(self) -> int: ...
    @property
    def folded(self) -> bool:
        """How it is at first."""

    @property
    def part(self) -> Part:
        """The part its text plays."""

    @property
    def headed(self) -> bool:
        """Whether it has a head; one without is the text of the block above."""

    @property
    def head(self) -> Line:
        """Safe to draw, at most one line."""

    @property
    def aside(self) -> Line:
        """What stands at the right end of the head."""

    @property
    def hint(self) -> str:
        """What a folded head tells of the text; safe to draw."""

    @property
    def text(self) -> str:
        """As it was supplied: whoever draws it makes it inert."""


@dataclass(frozen=True, slots=True)
class Block:
    """A block whose parts are known."""

    depth: int = 0
    head: Line = BLANK
    text: str = ""
    part: Part = Part.TEXT
    folded: bool = False
    aside: Line = BLANK
    hint: str = ""

    @property
    def headed(self) -> bool:
        return bool(self.head)


def is_long(text: str) -> bool:
    """Whether a text pushes what comes after it out of sight."""
    return len(text) > LONG_CHARACTERS or text.count("\n") > LONG_LINES


def hint_of(text: str) -> str:
    """The first line that says something."""
    for line in text[: 4 * HINT_CHARACTERS].splitlines():
        if line.strip():
            return inert(line.strip(), HINT_CHARACTERS)
    return ""


def named(name: str, part: Part = Part.STRONG, note: str = "") -> Line:
    """A head of a name and what is said about it; both may come from a client."""
    said = (Span("  "), Span(inert(note), Part.FAINT)) if note else ()
    return (Span(inert(name) or "·", part), *said)


def sentences(*lines: str) -> list[Block]:
    """What a tab says when there is nothing to show: the first line as a title, the others apart from it."""
    first, *others = lines
    title = [Block(text=" "), Block(head=(Span(first, Part.TITLE),))]
    return [*title, *(Block(text=f"\n{line}", part=Part.MUTED) for line in others)]
