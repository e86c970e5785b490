"""The bytes of request and reply as text: as they are, or with the line breaks and indents that JSON allows."""

from collections.abc import Iterator
from itertools import chain

from proxy_core.sse import read_event
from tokenman_tui.feeds import figures
from tokenman_tui.feeds.blocks import Block
from tokenman_tui.feeds.kept import Kept
from tokenman_tui.feeds.loose_json import as_written, formatted
from tokenman_tui.feeds.outline import Blocks
from tokenman_tui.feeds.spans import Part, Span
from tokenman_tui.feeds.sse_reply import PIECE_BYTES, raw_events

MAX_SHOWN_BYTES = 64 * 1024 * 1024


def raw_blocks(kept: Kept, *, pretty: bool) -> Blocks:
    """Both bodies, each under a head."""
    note = kept.undecoded or ("its end was not stored" if kept.truncated else "")
    yield from _body("request", kept.request_body, _json(kept.request_body, pretty=pretty))
    reply = _stream(kept.reply_body) if pretty and kept.is_stream else _json(kept.reply_body, pretty=pretty)
    yield from _body("reply", kept.reply_body, reply, note)


def _body(name: str, body: bytes, pieces: Iterator[str], note: str = "") -> Blocks:
    """The pieces are gathered before the head appears: a block does not change."""
    gathered = []
    for piece in pieces:
        gathered.append(piece)
        yield None
    size = f"{figures.octets(len(body))}, {len(body):,} bytes" if len(body) >= 1000 else f"{len(body)} bytes"
    said = (Span(f"  {note}", Part.WARN),) if note else ()
    yield Block(head=(Span(name, Part.NAME), *said), text="".join(gathered), aside=(Span(size, Part.FAINT),))


def _json(body: bytes, *, pretty: bool) -> Iterator[str]:
    if pretty:
        return formatted(body[:MAX_SHOWN_BYTES])
    return iter([as_written(body[:MAX_SHOWN_BYTES])])


def _stream(body: bytes) -> Iterator[str]:
    """Events whose data is laid out; the lines before it stay."""
    pieces = [body[start : start + PIECE_BYTES] for start in range(0, len(body), PIECE_BYTES)]
    return chain.from_iterable(_event(raw) for raw in raw_events(pieces))


def _event(raw: bytes) -> Iterator[str]:
    fields = read_event(raw)
    if not fields.data:
        yield as_written(raw)
        return
    if fields.name:
        yield f"event: {fields.name}\n"
    yield "data: "
    yield from formatted(fields.data)
    yield "\n\n"
