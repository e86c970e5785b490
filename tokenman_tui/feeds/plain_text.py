"""Whole texts of others, made harmless to draw line by line."""

from collections.abc import Iterator

from tokenman_tui.feeds.inert import inert

PIECE_CHARACTERS = 8 * 1024
"""A piece of letters from everywhere takes about a millisecond."""
TAB_CELLS = 4


def plain(text: str) -> str:
    """Inert text with its line breaks; tabs become blanks. For a piece of a text: time grows with its length."""
    text = text.replace("\r\n", "\n").expandtabs(TAB_CELLS)
    if text.isascii() and text.replace("\n", "").isprintable():
        return text
    return "\n".join(inert(line, max(1, len(line))) for line in text.split("\n"))


def plain_pieces(text: str) -> Iterator[str]:
    """The whole text in pieces of bounded work; where one can, a piece ends with a line."""
    start, end = 0, len(text.rstrip("\r\n"))
    while start < end:
        stop = min(end, start + PIECE_CHARACTERS)
        if stop < end:
            newline = text.rfind("\n", start, stop)
            stop = newline + 1 if newline > start else stop
        yield plain(text[start:stop])
        start = stop
