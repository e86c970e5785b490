"""Rows of an outline as lines to draw, with what is searched for marked in them."""

from enum import StrEnum
from typing import NamedTuple

from tokenman_tui.feeds.outline import INDENT, MARGIN, MEASURE, Outline, Row
from tokenman_tui.feeds.reading import Reading
from tokenman_tui.feeds.spans import Line, Part, Span, clipped, justified, text_of, width_of

FOLDED = "▸ "
OPEN = "▾ "
HINT_GAP = "  "


class Ground(StrEnum):
    """What a piece of text stands on; the value is the name of its style class."""

    PLAIN = ""
    CURSOR = "ground--cursor"
    FOUND = "ground--found"
    CURRENT = "ground--current"


class Drawn(NamedTuple):
    """Text, its part, and its ground."""

    text: str
    part: Part
    ground: Ground


def drawn_row(reading: Reading, y: int, width: int) -> list[Drawn]:
    """The row at `y` as pieces that take exactly `width` cells; blank below the last one."""
    row = reading.outline.row(y)
    at_cursor = y == reading.cursor and row is not None and not reading.outline.still
    ground = Ground.CURSOR if at_cursor else Ground.PLAIN
    if row is None:
        return [Drawn(" " * width, Part.TEXT, ground)]
    line, offset = (_head if row.is_head else _text)(reading.outline, row, width)
    pieces = marked(line, _marks(reading, row, offset), ground)
    return [*pieces, Drawn(" " * (width - width_of(line)), Part.TEXT, ground)]


def _text(outline: Outline, row: Row, width: int) -> tuple[Line, int]:
    """The line, and how many characters stand before the block's own."""
    indent = outline.indent(row.block)
    text = outline.text(row.block)[row.start : row.end]
    line = clipped((Span(" " * indent), Span(text, outline.blocks[row.block].part)), width)
    return line, indent - row.start


def _head(outline: Outline, row: Row, width: int) -> tuple[Line, int]:
    block = outline.blocks[row.block]
    before = " " * (MARGIN + INDENT * block.depth)
    glyph = ""
    folded = outline.is_folded(row.block)
    if outline.foldable(row.block):
        glyph = FOLDED if folded else OPEN
    left: Line = (Span(before), Span(glyph, Part.FAINT), *block.head)
    if folded and block.hint:
        left = (*left, Span(HINT_GAP + block.hint, Part.FAINT))
    room = width - MARGIN if outline.wide else min(width - MARGIN, MEASURE)
    aside: Line = (Span("  "), *block.aside) if block.aside else ()
    line = justified(left, aside, room) if aside and width_of(aside) < room // 2 else clipped(left, room)
    return line, len(before) + len(glyph)


def _marks(reading: Reading, row: Row, offset: int) -> list[tuple[int, int, Ground]]:
    """The matches in a row, as places in its line."""
    if not reading.finding.matches:
        return []
    end = row.end if not row.is_head else len(text_of(reading.outline.blocks[row.block].head))
    found = reading.finding.within(row.block, in_text=not row.is_head, start=row.start, end=end)
    return [
        (
            max(match.start, row.start) + offset,
            min(match.end, end) + offset,
            Ground.CURRENT if match == reading.current else Ground.FOUND,
        )
        for match in found
    ]


def marked(line: Line, marks: list[tuple[int, int, Ground]], ground: Ground) -> list[Drawn]:
    """The line's spans, cut where marks begin and end."""
    pieces: list[Drawn] = []
    start = 0
    for text, part in line:
        done = 0
        for first, last, mark in marks:
            begin, end = max(first - start, done), min(last - start, len(text))
            if begin < end:
                pieces += [Drawn(text[done:begin], part, ground), Drawn(text[begin:end], part, mark)]
                done = end
        pieces.append(Drawn(text[done:], part, ground))
        start += len(text)
    return [piece for piece in pieces if piece.text]
