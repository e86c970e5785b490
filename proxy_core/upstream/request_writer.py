"""Feeding one request to a socket no faster than the socket takes it."""

import asyncio
import time

JOIN_BYTES = 64 * 1024
"""Head and body go out as one write up to here: copying this much costs less than a second write."""

WRITE_BYTES = 256 * 1024
"""How much of the rest is handed over at a time: what the socket does not take is copied, and copying megabytes would
hold up the loop. write_s sees progress in steps of this size."""

WRITES_AT_A_STRETCH = 2
"""An upstream may take a large body as fast as it is written; the loop's others have their turn in between."""


class RequestWriter:
    """Writes head and body; `written_ns` (and `written_at`, the loop's clock) tell when the last byte had left.

    It runs on the transport's pause and resume calls rather than in a task, so that a reply can be read meanwhile.
    """

    __slots__ = ("_cut", "_loop", "_paused", "_transport", "_unsent", "_writing", "written_at", "written_ns")

    def __init__(self, transport: asyncio.Transport, loop: asyncio.AbstractEventLoop) -> None:
        self._transport = transport
        self._loop = loop
        self._paused = self._cut = self._writing = False
        self._unsent: memoryview | None = None
        self.written_ns = 0
        self.written_at = 0.0

    def start(self, head: bytes, body: bytes) -> None:
        self.written_ns = 0
        if len(body) <= JOIN_BYTES:
            self._go_on(head + body if body else head)
        else:
            self._unsent = memoryview(body)[JOIN_BYTES:]
            self._go_on(head + body[:JOIN_BYTES])

    def pause(self) -> None:
        self._paused = True

    def resume(self) -> None:
        self._paused = False
        if not self.written_ns and not self._writing:
            self._go_on(self._next())

    def stop(self) -> None:
        """Hand over nothing more. A request that is not whole by then stays so: `written_ns` remains 0."""
        self._cut = self._cut or self._unsent is not None
        self._unsent = None

    def _go_on(self, piece: bytes | memoryview | None) -> None:
        self._writing = True  # TLS may pause and resume from within a write
        writes_left = WRITES_AT_A_STRETCH
        while piece is not None:
            self._transport.write(piece)
            writes_left -= 1
            piece = self._next() if writes_left and not self._paused else None
        self._writing = False
        if self._paused or self._cut:
            return
        if self._unsent is not None:
            self._loop.call_soon(self._take_turn)
        else:
            self.written_ns = time.monotonic_ns()
            self.written_at = self._loop.time()

    def _take_turn(self) -> None:
        if not (self._paused or self.written_ns):
            self._go_on(self._next())

    def _next(self) -> memoryview | None:
        unsent = self._unsent
        if unsent is None:
            return None
        self._unsent = unsent[WRITE_BYTES:] if len(unsent) > WRITE_BYTES else None
        return unsent[:WRITE_BYTES]
