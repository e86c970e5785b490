"""One request and its reply: ASGI's receive and send, and what the door offers beside them."""

import asyncio
from collections.abc import Callable
from typing import Protocol

from proxy_core.http1.asgi import ASGIMessage, RawHeaders
from proxy_core.http1.connection import BodyTooLarge, ClientGone
from proxy_core.http1.head import Head
from proxy_core.http1.outgoing import Outgoing
from proxy_core.http1.reply import BadReply
from proxy_core.http1.request_body import RequestBody

INLINE_BYTES = 1024 * 1024
"""A body up to this size is put together on the loop."""
GONE = "The client left before its reply was complete."


class Wire(Protocol):
    """What a cycle needs of the connection that carries it."""

    loop: asyncio.AbstractEventLoop
    writable: bool
    """The client takes what it is sent quickly enough."""

    def write(self, data: bytes) -> None: ...
    def body_wanted(self, cycle: "Cycle") -> None: ...
    def may_keep_alive(self, cycle: "Cycle") -> bool: ...
    def reply_sent(self, cycle: "Cycle", *, keep_alive: bool) -> None: ...


class Cycle:
    """Implements Connection. The wire tells it what arrives; the application drives the rest."""

    __slots__ = (
        "_callbacks",
        "_news",
        "_outgoing",
        "_wire",
        "body",
        "disconnected",
        "head",
        "raw_headers",
        "replied",
        "target",
    )

    def __init__(self, wire: Wire, head: Head) -> None:
        self.head = head
        self.raw_headers: RawHeaders = head.raw_headers
        self.target = head.target
        self.body = RequestBody()
        self.disconnected = False
        self.replied = False
        """The whole reply was given to the transport."""
        self._wire = wire
        self._outgoing = Outgoing(wire.write)
        self._news: asyncio.Event | None = None
        self._callbacks: list[Callable[[], None]] | None = None

    @property
    def head_sent(self) -> bool:
        """Some of the reply is on its way, so that no other can be sent instead."""
        return self._outgoing.head_sent

    @property
    def awaits_continue(self) -> bool:
        """The client holds the body back until it is told to go on."""
        return self.head.expects_continue and not self.body.received_bytes

    @property
    def until_close(self) -> bool:
        """Only a reset tells the client that this reply is not whole."""
        return self._outgoing.until_close

    # Told by the wire.

    def body_received(self, piece: bytes) -> None:
        if self.replied:
            self.body.drop(piece)
        elif self.body.push(piece):
            self.wake()

    def request_received(self) -> None:
        self.body.complete = True
        self.wake()

    def wake(self) -> None:
        """Let whoever waits in receive or drain look again."""
        if self._news is not None:
            self._news.set()

    def disconnect(self) -> None:
        """No more can be sent to the client, and it waits for none of it."""
        if self.replied or self.disconnected:
            return
        self.disconnected = True
        self._outgoing.forget()
        callbacks, self._callbacks = self._callbacks, None
        for callback in callbacks or ():
            self._wire.loop.call_soon(callback)
        self.wake()

    # Called by the application: receiving.

    async def receive(self) -> ASGIMessage:
        body = self.body
        while not (body.has_news or self.disconnected or self.replied):
            await self._wait_for_body()
        if self.disconnected or self.replied:
            return {"type": "http.disconnect"}
        data = body.take()
        if not body.complete:
            self._wire.body_wanted(self)
        return {"type": "http.request", "body": data, "more_body": not body.complete}

    async def read_body(self, max_bytes: int) -> bytes:
        body = self.body
        if (self.head.length or 0) > max_bytes:
            raise BodyTooLarge(max_bytes)
        body.want_whole(max_bytes)
        while not body.complete and not self.disconnected and body.buffered_bytes <= max_bytes:
            await self._wait_for_body()
        if self.disconnected:
            raise ClientGone(GONE)
        if body.buffered_bytes > max_bytes:
            raise BodyTooLarge(max_bytes)
        if body.buffered_bytes <= INLINE_BYTES:
            return body.take()
        return await asyncio.to_thread(_joined, body.take_pieces())

    async def _wait_for_body(self) -> None:
        if not self.body.complete:
            self._wire.body_wanted(self)
        await self._wait()

    async def _wait(self) -> None:
        if self._news is None:
            self._news = asyncio.Event()
        self._news.clear()
        await self._news.wait()

    # Called by the application: sending.

    async def send(self, message: ASGIMessage) -> None:
        if self.disconnected:
            raise ClientGone(GONE)
        kind = message["type"]
        if kind == "http.response.body":
            if not message.get("more_body", False):
                self._finish(message.get("body", b""))
            elif not self.write(message.get("body", b"")):
                await self.drain()
        elif kind == "http.response.start":
            keep_alive = self._wire.may_keep_alive(self)
            self._outgoing.start(self.head, message["status"], message.get("headers", ()), keep_alive=keep_alive)
            # Most replies have their first bytes of body within this tick; then both leave in one system call.
            self._wire.loop.call_soon(self._outgoing.flush)
        else:
            raise BadReply(f"The application sent {kind!r}, which is no part of an HTTP reply.")

    def write(self, body: bytes) -> bool:
        if self.disconnected:
            return False
        self._refuse_more()
        self._outgoing.piece(body)
        return self._wire.writable

    def _finish(self, body: bytes) -> None:
        self._refuse_more()
        keep_alive = self._outgoing.finish(body)
        self.replied = True
        self._callbacks = None
        self.body.discard()
        self.wake()
        self._wire.reply_sent(self, keep_alive=keep_alive)

    def _refuse_more(self) -> None:
        if self.replied:
            raise BadReply("The application sent body after the end of its reply.")

    async def drain(self) -> None:
        while not self._wire.writable and not self.disconnected:
            await self._wait()
        if self.disconnected:
            raise ClientGone(GONE)

    # Called by the application: leaving.

    def on_disconnect(self, callback: Callable[[], None]) -> Callable[[], None]:
        if self.disconnected:
            return self._wire.loop.call_soon(callback).cancel
        if self._callbacks is None:
            self._callbacks = []
        self._callbacks.append(callback)
        return lambda: self._forget(callback)

    def _forget(self, callback: Callable[[], None]) -> None:
        if self._callbacks is not None and callback in self._callbacks:
            self._callbacks.remove(callback)


def _joined(pieces: list[bytes]) -> bytes:
    """Off the loop: 64 MB take tens of milliseconds. The join lets go of the interpreter while it copies; giving memory
    back does not, so that is done by the piece."""
    whole = b"".join(pieces)
    while pieces:
        pieces.pop()
    return whole
