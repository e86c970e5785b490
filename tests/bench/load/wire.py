"""A keep-alive HTTP/1.1 client connection that costs as little as Python allows: httptools on a bare protocol."""

import asyncio
import time
from collections.abc import Callable
from typing import cast

import httptools

Piece = Callable[[bytes, int], None]
"""Told every piece of a reply's body with the monotonic nanosecond at which it was read."""


class Wire(asyncio.Protocol):
    """One exchange at a time: ``await wire.exchange(request)``, then read ``status`` and the times.

    ``started_ns``, ``first_byte_ns`` and ``done_ns`` are ``time.monotonic_ns()`` when sending began, at the first piece
    of the reply's body and at its end; 0 for what has not happened.
    """

    def __init__(self, on_piece: Piece | None = None) -> None:
        self.status = 0
        self.started_ns = 0
        self.first_byte_ns = 0
        self.done_ns = 0
        self.reply_bytes = 0
        self._on_piece = on_piece
        self._read_ns = 0
        self._waiter: asyncio.Future[None] | None = None
        self._transport: asyncio.Transport | None = None
        self._parser = httptools.HttpResponseParser(self)

    async def exchange(self, request: bytes) -> None:
        """Send one request and wait for the whole reply.

        Raises ConnectionError when the connection goes away first.
        """
        transport = self._transport
        if transport is None or transport.is_closing():
            raise ConnectionResetError("The peer had closed the connection before the request was sent.")
        self.status = self.first_byte_ns = self.done_ns = self.reply_bytes = 0
        self._waiter = asyncio.get_running_loop().create_future()
        self.started_ns = time.monotonic_ns()
        transport.write(request)
        await self._waiter

    def close(self) -> None:
        if self._transport is not None:
            self._transport.abort()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)  # uvloop's does not derive from it

    def data_received(self, data: bytes) -> None:
        self._read_ns = time.monotonic_ns()
        try:
            self._parser.feed_data(data)
        except httptools.HttpParserError as error:
            self._finish(ConnectionResetError(f"The peer sent something that is not HTTP: {error}"))
            self.close()

    def connection_lost(self, exc: Exception | None) -> None:
        self._finish(ConnectionResetError(f"The peer closed the connection before the reply was complete: {exc}"))

    def on_body(self, body: bytes) -> None:
        if not self.first_byte_ns:
            self.first_byte_ns = self._read_ns
        self.reply_bytes += len(body)
        if self._on_piece is not None:
            self._on_piece(body, self._read_ns)

    def on_message_complete(self) -> None:
        self.status = self._parser.get_status_code()
        self.done_ns = self._read_ns
        if not self._parser.should_keep_alive():
            self.close()
        self._finish(None)

    def _finish(self, error: ConnectionError | None) -> None:
        waiter, self._waiter = self._waiter, None
        if waiter is None or waiter.done():
            return
        if error is None:
            waiter.set_result(None)
        else:
            waiter.set_exception(error)


async def dial(port: int, on_piece: Piece | None = None) -> Wire:
    """A new connection to a port on this machine, within ten seconds."""
    async with asyncio.timeout(10):
        _, wire = await asyncio.get_running_loop().create_connection(lambda: Wire(on_piece), "127.0.0.1", port)
    return wire
