"""Server-sent events, incrementally and without I/O.

Lines end with LF or CRLF only: text may hold U+2028, U+0085 and other characters at which `str.splitlines` breaks.
Source: https://html.spec.whatwg.org/multipage/server-sent-events.html
"""

import re
from dataclasses import dataclass

MAX_EVENT_BYTES = 16 * 1024 * 1024
_BLANK_LINE = re.compile(rb"\r?\n\r?\n")
_LONGEST_MARK = 4


class EventTooLarge(ValueError):
    """An event is longer than the bound, so the rest of the stream cannot be read; it can still be relayed."""


class SseSplitter:
    """Cuts a byte stream into events. Everything it returned, joined, plus `tail()` is what it was fed."""

    def __init__(self, max_event_bytes: int = MAX_EVENT_BYTES) -> None:
        self._max_event_bytes = max_event_bytes
        self._pieces: list[bytes] = []
        self._held_bytes = 0
        self._end_of_held = b""

    def feed(self, chunk: bytes) -> list[bytes]:
        """The events that this chunk completes, each with the blank line that ends it. Raises EventTooLarge."""
        if self._held_bytes:
            if _BLANK_LINE.search(self._end_of_held + chunk) is None:
                self._hold(chunk)
                return []
            chunk = b"".join((*self._pieces, chunk))
            self._pieces.clear()
            self._held_bytes = 0
        events = _split(chunk)
        tail = events.pop()
        if tail:
            self._end_of_held = b""
            self._hold(tail)
        return events

    def tail(self) -> bytes:
        """The bytes of an event that has not ended yet."""
        return b"".join(self._pieces)

    @property
    def at_boundary(self) -> bool:
        """Whether the stream so far ends between two events, so that one more may be put in here."""
        return not self._held_bytes

    def _hold(self, piece: bytes) -> None:
        self._pieces.append(piece)
        self._held_bytes += len(piece)
        self._end_of_held = (self._end_of_held + piece)[-_LONGEST_MARK + 1 :]
        if self._held_bytes > self._max_event_bytes:
            raise EventTooLarge(f"an event of the stream is longer than {self._max_event_bytes} bytes")


def _split(stream: bytes) -> list[bytes]:
    """The events, and last what follows them."""
    if b"\r" not in stream:
        parts = stream.split(b"\n\n")
        tail = parts.pop()
        return [*[part + b"\n\n" for part in parts], tail]
    events = []
    start = 0
    for mark in _BLANK_LINE.finditer(stream):
        events.append(stream[start : mark.end()])
        start = mark.end()
    return [*events, stream[start:]]


@dataclass(frozen=True, slots=True)
class SseFields:
    """The fields of one event; a comment has neither."""

    name: str
    data: bytes


def read_event(raw: bytes) -> SseFields:
    """Reads one event as `SseSplitter` returned it."""
    name = ""
    data: list[bytes] = []
    for line in raw.split(b"\n"):
        field, _, value = line.rstrip(b"\r").partition(b":")
        if field == b"data":
            data.append(value.removeprefix(b" "))
        elif field == b"event":
            name = value.removeprefix(b" ").decode("utf-8", "replace")
    return SseFields(name, b"\n".join(data))


def write_event(data: bytes, name: str = "") -> bytes:
    """One event in the form that all vendors use. `data` holds no line feed."""
    head = b"event: " + name.encode() + b"\n" if name else b""
    return head + b"data: " + data + b"\n\n"
