"""Feeding one request to a socket no faster than the socket takes it."""

import asyncio
import time

JOIN_BYTES = 64 * 1024
"""Head and body go out as one write up to here: copying this much costs less than a second write."""

WRITE_BYTES = 256 * 1024
"""How much of the rest is handed over at a time: what the socket does not take is copied, and copying megabytes would
hold up the loop. write_s sees progress in steps of this size."""


class RequestWriter:
    """Writes head and body; `written_ns` (and `written_at`, the loop's clock) tell when the last byte had left.

    It runs on the transport's pause and resume calls rather than in a task, so that a reply can be read meanwhile.
    """

    __slots__ = ("_cut", "_loop", "_paused", "_transport", "_unsent", "written_at", "written_ns")

    def __init__(self, transport: asyncio.Transport, loop: asyncio.AbstractEventLoop) -> None:
        # so that "resumed" means "all of it has left"; at a high mark of 0, TLS pauses when there is nothing to write
        transport.set_write_buffer_limits(high=1, low=0)
        self._transport = transport
        self._loop = loop
        self._paused = self._cut = False
        self._unsent: memoryview | None = None
        self.written_ns = 0
        self.written_at = 0.0

    def start(self, head: bytes, body: bytes) -> None:
        self.written_ns = 0
        if len(body) <= JOIN_BYTES:
            self._transport.write(head + body if body else head)
        else:
            self._transport.write(head + body[:JOIN_BYTES])
            self._unsent = memoryview(body)[JOIN_BYTES:]
        self._go_on()

    def pause(self) -> None:
        self._paused = True

    def resume(self) -> None:
        self._paused = False
        if not self.written_ns:
            self._go_on()

    def stop(self) -> None:
        """Hand over nothing more. A request that is not whole by then stays so: `written_ns` remains 0."""
        self._cut = self._unsent is not None
        self._unsent = None

    def _go_on(self) -> None:
        while self._unsent is not None and not self._paused:
            piece = self._unsent[:WRITE_BYTES]
            self._unsent = self._unsent[WRITE_BYTES:] if len(self._unsent) > WRITE_BYTES else None
            self._transport.write(piece)
        if not self._paused and not self._cut:
            self.written_ns = time.monotonic_ns()
            self.written_at = self._loop.time()
