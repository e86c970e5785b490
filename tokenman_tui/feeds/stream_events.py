"""The events of a streamed reply with their times, one line each; unfolded, all that an event says."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from proxy_core.sse import EventTooLarge, SseSplitter, read_event
from tokenman_tui.feeds import figures
from tokenman_tui.feeds.blocks import Block, sentences
from tokenman_tui.feeds.inert import fit, inert
from tokenman_tui.feeds.kept import Kept
from tokenman_tui.feeds.loose_json import as_object, as_text, as_written, decoded, formatted
from tokenman_tui.feeds.outline import Blocks
from tokenman_tui.feeds.outline_lines import OPEN
from tokenman_tui.feeds.spans import BLANK, Line, Part, Span

MAX_EVENTS = 50_000
LONG_GAP_MS = 1_000.0
AT_CELLS = 10
GAP_CELLS = 8
NAME_CELLS = 26
SIZE_CELLS = 7
DATA_CHARACTERS = 240
DATA_BYTES = 4 * DATA_CHARACTERS
_TYPE = re.compile(r'^\{"type": ?"[a-z_.]+",? ?')
"""What the name of the event says already."""


@dataclass(frozen=True, slots=True)
class StreamEvent:
    """One event as a block. Its line is made when it is looked at: a long stream has tens of thousands."""

    raw: bytes
    at_ms: float
    gap_ms: float
    depth: int = 0
    folded: bool = True
    part: Part = Part.TEXT
    headed: bool = True
    aside: Line = BLANK
    hint: str = ""

    @property
    def head(self) -> Line:
        fields = read_event(self.raw)
        name = fields.name or _kind(fields.data) or ("comment" if self.raw.startswith(b":") else "data")
        data = fields.data or self.raw
        told = _TYPE.sub("", as_written(data[:DATA_BYTES]).strip(), count=1)
        return _line(self, name, "" if told == "}" else inert(told, DATA_CHARACTERS))

    @property
    def text(self) -> str:
        data = read_event(self.raw).data
        return "".join(formatted(data)) if data else as_written(self.raw)


@dataclass(frozen=True, slots=True)
class Piece:
    """A piece of a reply that is no stream, as it arrived."""

    raw: bytes
    at_ms: float
    gap_ms: float

    def block(self) -> Block:
        return Block(head=_line(self, "piece", inert(as_written(self.raw[:DATA_BYTES]), DATA_CHARACTERS)))


HEADING = Block(
    head=(
        Span(
            " " * len(OPEN)
            + "at".rjust(AT_CELLS)
            + "gap".rjust(GAP_CELLS + 2)
            + "  "
            + fit("event", NAME_CELLS)
            + "size".rjust(SIZE_CELLS)
            + "  data",
            Part.MUTED,
        ),
    )
)


def _line(event: StreamEvent | Piece, name: str, data: str) -> Line:
    slow = Part.WARN if event.gap_ms >= LONG_GAP_MS else Part.FAINT
    return (
        Span(f"{event.at_ms / 1000:.3f}s".rjust(AT_CELLS), Part.MUTED),
        Span(f"+{figures.duration(event.gap_ms)}".rjust(GAP_CELLS + 2), slow),
        Span("  " + fit(inert(name), NAME_CELLS), _tone(name)),
        Span(figures.octets(len(event.raw)).rjust(SIZE_CELLS), Part.MUTED),
        Span("  " + data, Part.FAINT),
    )


def _tone(name: str) -> Part:
    if "error" in name or "failed" in name:
        return Part.BAD
    return Part.TEXT if "delta" in name else Part.STRONG


def _kind(data: bytes) -> str:
    """What an event without a name calls itself; the chunks of a chat have no name at all."""
    if len(data) > DATA_BYTES:
        return ""
    try:
        found = as_object(decoded(data))
    except ValueError:
        return ""
    return as_text(found.get("type")) or as_text(found.get("object"))


def event_blocks(kept: Kept) -> Blocks:
    """Every event of the reply; of one that is no stream, the pieces it came in."""
    if not kept.reply_body:
        yield from sentences("The reply has no body, so nothing came in events.")
        return
    yield HEADING
    yield from (_events(kept) if kept.is_stream else _pieces(kept))


def _events(kept: Kept) -> Blocks:
    previous_ms = 0.0
    for number, (at_ms, raw) in enumerate(timed(kept)):
        if number == MAX_EVENTS:
            yield Block(head=(Span(f"The first {MAX_EVENTS:,} events; the others are in the raw view.", Part.WARN),))
            return
        yield StreamEvent(raw, at_ms, at_ms - previous_ms)
        previous_ms = at_ms


def timed(kept: Kept) -> Iterator[tuple[float, bytes]]:
    """Events, each with the time of the piece that completed it; what is left at the end has that of the last one."""
    splitter = SseSplitter()
    at_ms = 0.0
    try:
        for at_ms, chunk in chunks(kept):
            for raw in splitter.feed(chunk):
                yield at_ms, raw
    except EventTooLarge:
        return
    if splitter.tail().strip():
        yield at_ms, splitter.tail()


def chunks(kept: Kept) -> Iterator[tuple[float, bytes]]:
    start = 0
    for at_ms, end in kept.pieces:
        yield at_ms, kept.reply_body[start:end]
        start = end


def _pieces(kept: Kept) -> Blocks:
    previous_ms = 0.0
    for at_ms, chunk in chunks(kept):
        yield Piece(chunk, at_ms, at_ms - previous_ms).block()
        previous_ms = at_ms
