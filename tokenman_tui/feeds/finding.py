"""Finds text in an outline, folded or not, in short steps."""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from typing import NamedTuple

from tokenman_tui.feeds.outline import Outline
from tokenman_tui.feeds.spans import text_of

WINDOW_CHARACTERS = 64 * 1024
MOST = 10_000
"""Who finds more looks for something else."""


class Match(NamedTuple):
    """Where it was found: in the head of a block, or in its text. They sort as they are read."""

    block: int
    in_text: bool
    start: int
    end: int


class Finding:
    """What was looked for, and where it has been found so far. Capitals in the query make capitals matter."""

    def __init__(self, query: str) -> None:
        self.query = query
        self.matches: list[Match] = []
        self.complete = not query
        flags = re.IGNORECASE if query == query.lower() else 0
        self._pattern = re.compile(re.escape(query), flags)

    def work(self, outline: Outline) -> Iterator[None]:
        """Looks through the blocks there are; yields after each short step."""
        for block in range(len(outline.blocks)) if self.query else ():
            self._look(block, in_text=False, text=text_of(outline.blocks[block].head))
            yield
            yield from self._through(block, outline.text(block))
            if len(self.matches) >= MOST:
                break
        self.complete = True

    def _through(self, block: int, text: str) -> Iterator[None]:
        """Windows overlap by the length of the query, so that nothing is missed between two."""
        start = 0
        while start < len(text):
            found = self._pattern.search(text, start, start + WINDOW_CHARACTERS + len(self.query) - 1)
            if found is None:
                start += WINDOW_CHARACTERS
                yield
                continue
            self.matches.append(Match(block, in_text=True, start=found.start(), end=found.end()))
            start = found.end()
            if len(self.matches) >= MOST:
                return
            if not len(self.matches) % 64:
                yield

    def _look(self, block: int, *, in_text: bool, text: str) -> None:
        for found in self._pattern.finditer(text):
            self.matches.append(Match(block, in_text, *found.span()))

    def within(self, block: int, *, in_text: bool, start: int, end: int) -> list[Match]:
        """Matches that touch these characters."""
        first = bisect_left(self.matches, (block, in_text, start, start))
        while first and self._touches(self.matches[first - 1], block, in_text=in_text, start=start):
            first -= 1
        last = bisect_right(self.matches, (block, in_text, end, 0))
        return self.matches[first:last]

    @staticmethod
    def _touches(match: Match, block: int, *, in_text: bool, start: int) -> bool:
        return match.block == block and match.in_text is in_text and match.end > start

    def index(self, match: Match) -> int:
        return bisect_left(self.matches, match)

    def nearest(self, block: int, *, in_text: bool, offset: int, step: int) -> int | None:
        """The index of the first match after (`step` 1) or before (-1) a place, round the end; None without any."""
        if not self.matches:
            return None
        place = (block, in_text, offset)
        keys = [match[:3] for match in self.matches]
        index = bisect_left(keys, place) - 1 if step < 0 else bisect_left(keys, place)
        return index % len(self.matches)
