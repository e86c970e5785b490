"""One TCP or TLS connection to an upstream, carrying one exchange after another."""

import asyncio
import time
from collections.abc import Callable
from typing import cast

from proxy_core.upstream.failures import (
    FirstByteTimedOut,
    IdleTimedOut,
    ProtocolViolated,
    UpstreamDropped,
    UpstreamFailure,
    WriteTimedOut,
)
from proxy_core.upstream.origin import Origin
from proxy_core.upstream.reply_parser import ReplyParser
from proxy_core.upstream.request_writer import RequestWriter
from proxy_core.upstream.transport import Timeouts
from proxy_core.upstream.wakeup import Wakeup

READ_AHEAD_BYTES = 256 * 1024
"""With more than this arrived and not taken, the socket is not read from, until half of it has been taken."""

READ_BYTES = 64 * 1024
"""Taken from the socket at a time, into a buffer of the connection's own: what asyncio allocates otherwise, for every
read, costs more than all the rest (page faults), and a buffer shared by connections would not be safe on Windows."""

STALE_S = 2.0
"""A kept connection lost without a reply this soon had been closed before the request came. Later than that, the
upstream may have been at work on the request."""


class Http1Connection(asyncio.BufferedProtocol):
    """Holds at most one exchange: `start`, `head`, then its reply is in `parser`, with `more` to wait for the rest.

    Whatever ends an exchange early is in `failure`, and the socket is then closed already.
    """

    def __init__(self, origin: Origin, on_lost: "Callable[[Http1Connection], None]") -> None:
        self.origin = origin
        self.parser = ReplyParser()
        self.failure: UpstreamFailure | None = None
        self.reused = False
        self.lost = False
        self.connect_ms = 0.0
        self.ready_ns = self.first_byte_ns = 0
        self._on_lost = on_lost
        self._loop = asyncio.get_running_loop()
        self._wakeup = Wakeup[Callable[[], UpstreamFailure]](self._loop, lambda late: self._fail(late()))
        self._transport: asyncio.Transport
        self._writer: RequestWriter
        self._timeouts: Timeouts
        self._buffer = memoryview(bytearray(READ_BYTES))
        self._busy = False
        self._reading_paused = False
        self._bytes_received = 0
        self._started_at = 0.0

    @property
    def open(self) -> bool:
        return not (self.lost or self._transport.is_closing())

    @property
    def written_ns(self) -> int:
        return self._writer.written_ns

    def start(self, head: bytes, body: bytes, timeouts: Timeouts, *, bodiless: bool) -> None:
        """Begin an exchange; `bodiless` as for the parser."""
        self._timeouts = timeouts
        self.parser.begin(bodiless=bodiless)
        self._busy = True
        self._bytes_received = self.first_byte_ns = 0
        self.ready_ns = time.monotonic_ns()
        self._started_at = self._loop.time()
        if self.open:
            self._writer.start(head, body)
        else:
            self.failure = self._dropped(None)
            self.failure.sent = False

    async def head(self) -> None:
        """Return when the head of the reply is there, whether or not the request has left completely."""
        while not self.parser.head_done:
            if self.failure is not None:
                raise self.failure
            if self._writer.written_ns:
                due = self._writer.written_at + self._timeouts.first_byte_s
                await self._wakeup.until(due, self._late_first_byte)
            else:
                due = self._loop.time() + self._timeouts.write_s
                await self._wakeup.until(due, self._late_write)

    def more(self) -> "asyncio.Future[None]":
        """What to await: something will have happened to the reply, or it was silent for too long."""
        return self._wakeup.until(self._loop.time() + self._timeouts.idle_s, self._late_chunk)

    def taken(self) -> None:
        """Some of the parser's pieces were taken: go on reading when few are left."""
        if self._reading_paused and self.parser.piece_bytes <= READ_AHEAD_BYTES // 2:
            self._reading_paused = False
            self._transport.resume_reading()

    def stale(self) -> bool:
        """True when the failure says that this kept connection was dead before the request came."""
        in_time = self._loop.time() - self._started_at <= STALE_S
        return self.reused and not self._bytes_received and in_time and isinstance(self.failure, UpstreamDropped)

    def rest(self) -> bool:
        """End the exchange; True when the connection can carry another, otherwise it is closed."""
        self._busy = False
        self.reused = True
        if self.parser.ended and self.parser.reusable and self._writer.written_ns and self.open:
            self.parser.drop()
            self.taken()
            return True
        self.abort()
        return False

    def abort(self) -> None:
        """Close the socket now, without waiting for anything."""
        self._writer.stop()
        if not self.lost:
            self._transport.abort()

    def _late_write(self) -> UpstreamFailure:
        return WriteTimedOut(f"{self.origin} took no more of the request for {self._timeouts.write_s:g} s.")

    def _late_first_byte(self) -> UpstreamFailure:
        return FirstByteTimedOut(f"{self.origin} did not begin to reply within {self._timeouts.first_byte_s:g} s.")

    def _late_chunk(self) -> UpstreamFailure:
        return IdleTimedOut(f"{self.origin} fell silent for {self._timeouts.idle_s:g} s in the middle of its reply.")

    def _fail(self, failure: UpstreamFailure) -> None:
        if self.failure is None:
            self.failure = failure
        self.abort()
        self._wakeup.wake()

    def _dropped(self, error: Exception | None) -> UpstreamDropped:
        count = self._bytes_received
        when = f"after {count} bytes of its reply" if count else "before it replied"
        why = f" ({type(error).__name__})" if error else ""
        return UpstreamDropped(f"{self.origin} closed the connection {when}{why}.", count)

    # What the event loop calls.

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)
        self._writer = RequestWriter(self._transport, self._loop)
        # so that "resumed" means "all of it has left"; at a high mark of 0, TLS pauses when there is nothing to write
        self._transport.set_write_buffer_limits(high=1, low=0)

    def get_buffer(self, _: int) -> memoryview:
        return self._buffer

    def buffer_updated(self, count: int) -> None:
        parser = self.parser
        if not self._busy or parser.ended:
            self.abort()  # nobody asked for this, so nobody may take it for the next reply
            return
        if self.failure is not None:
            return
        if not self._bytes_received:
            self.first_byte_ns = time.monotonic_ns()
        self._bytes_received += count
        parser.feed(self._buffer[:count])
        if parser.fault:
            self._fail(ProtocolViolated(f"{self.origin} did not send a valid HTTP/1.1 reply: {parser.fault}."))
            return
        if parser.status >= 400 and not self._writer.written_ns:
            self._writer.stop()
        if parser.piece_bytes > READ_AHEAD_BYTES and not self._reading_paused:
            self._reading_paused = True
            self._transport.pause_reading()
        self._wakeup.wake()

    def eof_received(self) -> None:
        self._end(None)
        self._transport.abort()  # a plain close would first wait for unsent bytes to be taken

    def connection_lost(self, error: Exception | None) -> None:
        self.lost = True
        self._writer.stop()
        self._end(error)
        self._wakeup.close()
        self._on_lost(self)

    def _end(self, error: Exception | None) -> None:
        if self._busy and not self.parser.ended and self.failure is None:
            if error is not None or not self.parser.end_of_stream():
                self.failure = self._dropped(error)
            self._wakeup.wake()

    def pause_writing(self) -> None:
        self._writer.pause()

    def resume_writing(self) -> None:
        self._writer.resume()
        self._wakeup.wake()
