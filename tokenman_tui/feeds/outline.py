"""Blocks as rows of the screen: which are in sight is found without wrapping the others. Works in short steps."""

from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import accumulate

from tokenman_tui.feeds.blocks import Foldable
from tokenman_tui.feeds.plain_text import plain_pieces
from tokenman_tui.feeds.wrapping import Span, rows_from

STRETCH_ROWS = 64
"""Rows that are found again from one remembered place."""
REMEMBERED_STRETCHES = 128
MEASURE = 112
"""The longest line that is good to read."""
INDENT = 2
MARGIN = 1
Blocks = Iterator[Foldable | None]
"""Blocks as they are found; None where a step's work is done without one."""


@dataclass(frozen=True, slots=True)
class Row:
    """One row: the head of a block, or the characters from `start` to `end` of its text."""

    block: int
    is_head: bool
    start: int = 0
    end: int = 0


class Outline:
    """Grows from `source`. `work` yields after each short step; between two steps every row is where it says."""

    def __init__(self, source: Blocks, *, wide: bool = False, still: bool = False) -> None:
        """`wide` texts take all the width there is; `still` ones need no cursor."""
        self.blocks: list[Foldable] = []
        self.width = 80
        self._source = source
        self.wide = wide
        self.still = still
        self._folded: list[bool] = []
        self._parents: list[int] = []
        self._texts: dict[int, str] = {}
        self._starts: dict[int, list[int]] = {}
        self._text_rows: dict[int, int] = {}
        self._rows: list[int] = []
        self._ends: list[int] = []
        self._sound = 0
        """How many of `_ends` are right."""
        self._unmeasured: set[int] = set()
        self._stretches: dict[tuple[int, int], list[Span]] = {}
        self.complete = False

    def __len__(self) -> int:
        self._add_up()
        return self._ends[-1] if self._ends else 0

    def work(self) -> Iterator[None]:
        """Reads the source to its end and measures what is not folded."""
        for block in self._source:
            if block is not None:
                self._append(block)
                yield from self._measure_all()
            yield
        self.complete = True
        yield from self._measure_all()

    def resize(self, width: int) -> None:
        """Rows are other ones from now on; `work` measures them anew."""
        self.width = width
        self._starts.clear()
        self._text_rows.clear()
        self._stretches.clear()
        for block in range(len(self.blocks)):
            self._count(block)

    def row(self, y: int) -> Row | None:
        """None below the last row."""
        self._add_up()
        block = bisect_right(self._ends, y)
        if y < 0 or block >= len(self._ends):
            return None
        row = y - (self._ends[block] - self._rows[block])
        if self.blocks[block].headed:
            if not row:
                return Row(block, is_head=True)
            row -= 1
        stretch = self._stretch(block, row // STRETCH_ROWS)
        start, end = stretch[row % STRETCH_ROWS]
        return Row(block, is_head=False, start=start, end=end)

    def y_of(self, block: int, offset: int | None = None) -> int:
        """The row of a block's head, or of a character of its text; of hidden ones, the row of what hides them."""
        self._add_up()
        if self.hidden(block):
            return self.y_of(self._parents[block])
        top = self._ends[block] - self._rows[block]
        if offset is None or self.is_folded(block) or block not in self._starts:
            return top
        starts = self._starts[block]
        index = max(0, bisect_right(starts, offset) - 1)
        rows = [start for start, _ in self._stretch(block, index)]
        return top + self.blocks[block].headed + index * STRETCH_ROWS + max(0, bisect_right(rows, offset) - 1)

    def text(self, block: int) -> str:
        """The text of a block, plain."""
        if block in self._texts:
            return self._texts[block]
        return "".join(plain_pieces(self.blocks[block].text))

    def indent(self, block: int) -> int:
        """Cells to the left of the text of a block."""
        found = self.blocks[block]
        return MARGIN + INDENT * (found.depth + found.headed)

    def measured(self, block: int) -> bool:
        """Whether the rows of a block are known."""
        return self.hidden(block) or self.is_folded(block) or block in self._text_rows

    def is_folded(self, block: int) -> bool:
        return self._folded[block]

    def foldable(self, block: int) -> bool:
        """Whether there is something under its head."""
        found = self.blocks[block]
        return found.headed and (found.folded or bool(found.text) or self._has_children(block))

    def hidden(self, block: int) -> bool:
        """Whether a block that holds this one is folded."""
        parent = self._parents[block]
        while parent >= 0:
            if self._folded[parent]:
                return True
            parent = self._parents[parent]
        return False

    def fold_target(self, block: int) -> int | None:
        """What folds when a row of this block is asked to: itself, or what holds it."""
        while block >= 0 and not self.foldable(block):
            block = self._parents[block]
        return None if block < 0 else block

    def fold(self, block: int, *, folded: bool) -> None:
        self._folded[block] = folded
        last = block + 1
        while last < len(self.blocks) and self.blocks[last].depth > self.blocks[block].depth:
            last += 1
        for each in range(block, last):
            self._count(each)

    def reveal(self, block: int) -> None:
        """Unfolds whatever hides the text of a block."""
        while block >= 0:
            if self._folded[block]:
                self.fold(block, folded=False)
            block = self._parents[block]

    def fold_all(self) -> None:
        """Folds everything; where everything is folded, unfolds it."""
        able = [block for block in range(len(self.blocks)) if self.foldable(block)]
        folded = any(not self._folded[block] for block in able)
        for block in able:
            self._folded[block] = folded
        for block in range(len(self.blocks)):
            self._count(block)

    def heads(self) -> list[int]:
        """Blocks whose head is in sight, in order."""
        return [block for block, rows in enumerate(self._rows) if rows and self.blocks[block].headed]

    def _append(self, block: Foldable) -> None:
        index = len(self.blocks)
        parent = index - 1
        while parent >= 0 and (self.blocks[parent].depth >= block.depth or not self.blocks[parent].headed):
            parent = self._parents[parent]
        self.blocks.append(block)
        self._folded.append(block.folded)
        self._parents.append(parent)
        self._rows.append(0)
        self._count(index)

    def _has_children(self, block: int) -> bool:
        return block + 1 < len(self.blocks) and self._parents[block + 1] == block

    def _count(self, block: int) -> None:
        """How many rows of a block are in sight, as far as it has been measured."""
        self._sound = min(self._sound, block)
        self._unmeasured.discard(block)
        self._rows[block] = 0
        if self.hidden(block):
            return
        self._rows[block] = int(self.blocks[block].headed)
        if not self._folded[block]:
            if block in self._text_rows:
                self._rows[block] += self._text_rows[block]
            else:
                self._unmeasured.add(block)

    def _add_up(self) -> None:
        if self._sound == len(self._rows):
            return
        kept = self._ends[: self._sound]
        initial = kept[-1] if kept else 0
        self._ends = kept + list(accumulate(self._rows[self._sound :], initial=initial))[1:]
        self._sound = len(self._rows)

    def _measure_all(self) -> Iterator[None]:
        while self._unmeasured:
            block = min(self._unmeasured) if len(self._unmeasured) < STRETCH_ROWS else next(iter(self._unmeasured))
            yield from self._measure(block)

    def _measure(self, block: int) -> Iterator[None]:
        if block not in self._texts:
            pieces = []
            for piece in plain_pieces(self.blocks[block].text):
                pieces.append(piece)
                yield
            self._texts[block] = "".join(pieces)
        text, width = self._texts[block], self.width
        starts, start, rows = [], 0, 0
        while text and start <= len(text):
            starts.append(start)
            found, start = rows_from(text, start, self._text_width(block), STRETCH_ROWS)
            rows += len(found)
            yield
            if width != self.width:
                return
        self._starts[block], self._text_rows[block] = starts, rows
        self._count(block)

    def _text_width(self, block: int) -> int:
        width = self.width if self.wide else min(self.width, MEASURE)
        return max(1, width - self.indent(block) - MARGIN)

    def _stretch(self, block: int, index: int) -> list[Span]:
        key = (block, index)
        if key not in self._stretches:
            while len(self._stretches) >= REMEMBERED_STRETCHES:
                del self._stretches[next(iter(self._stretches))]
            start = self._starts[block][index]
            self._stretches[key] = rows_from(self._texts[block], start, self._text_width(block), STRETCH_ROWS)[0]
        return self._stretches[key]
