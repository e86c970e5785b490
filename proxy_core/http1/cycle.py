"""One request and its reply: ASGI's receive and send, and what the door offers beside them."""

import asyncio
from collections.abc import Callable
from typing import Protocol

from proxy_core.http1.asgi import ASGIApp, ASGIMessage, RawHeaders, Scope
from proxy_core.http1.connection import EXTENSION, ClientGone
from proxy_core.http1.head import Head
from proxy_core.http1.reply import BadReply, Reply

JOIN_BYTES = 65_536  # up to here one copy is cheaper than a second system call


class Wire(Protocol):
    """What a cycle needs of the connection that carries it."""

    loop: asyncio.AbstractEventLoop
    writable: bool

    def write(self, data: bytes) -> None: ...
    def ask_for_body(self, cycle: "Cycle") -> None: ...
    def body_taken(self, cycle: "Cycle") -> None: ...
    def may_keep_alive(self, cycle: "Cycle") -> bool: ...
    def reply_sent(self, cycle: "Cycle", *, keep_alive: bool) -> None: ...
    def fail(self, cycle: "Cycle", *, reset: bool) -> None: ...
    def refuse(self, status: int, reason: str) -> None: ...


class Cycle:
    """Implements Connection. The wire tells it what arrives; the application drives the rest."""

    __slots__ = (
        "_callbacks",
        "_delivered",
        "_head_to_send",
        "_news",
        "_pieces",
        "_reply",
        "_wire",
        "buffered_bytes",
        "disconnected",
        "head",
        "raw_headers",
        "received",
        "received_bytes",
        "replied",
        "target",
    )

    def __init__(self, wire: Wire, head: Head) -> None:
        self.head = head
        self.raw_headers: RawHeaders = head.raw_headers
        self.target = head.target
        self.disconnected = False
        self.received = False
        """The whole request has come."""
        self.received_bytes = 0
        self.buffered_bytes = 0
        self.replied = False
        """The whole reply was given to the transport."""
        self._wire = wire
        self._pieces: list[bytes] = []
        self._delivered = False
        self._reply: Reply | None = None
        self._head_to_send = b""
        self._news: asyncio.Event | None = None
        self._callbacks: list[Callable[[], None]] | None = None

    @property
    def head_sent(self) -> bool:
        """Some of the reply is on its way, so that no other can be sent instead."""
        return self._reply is not None and not self._head_to_send

    # Told by the wire.

    def push(self, piece: bytes) -> None:
        self.received_bytes += len(piece)
        if not self.replied:
            self._pieces.append(piece)
            self.buffered_bytes += len(piece)
            self.wake()

    def end(self) -> None:
        self.received = True
        self.wake()

    def wake(self) -> None:
        """Let whoever waits in receive or drain look again."""
        if self._news is not None:
            self._news.set()

    def disconnect(self) -> None:
        if self.replied or self.disconnected:
            return
        self.disconnected = True
        self._head_to_send = b""
        callbacks, self._callbacks = self._callbacks, None
        for callback in callbacks or ():
            self._wire.loop.call_soon(callback)
        self.wake()

    # Run by the server.

    async def run(self, app: ASGIApp, scope: Scope, on_error: Callable[[BaseException], None]) -> None:
        """Let the application answer; whatever it leaves undone is a reply that the client sees fail."""
        scope["extensions"] = {EXTENSION: self}
        try:
            await app(scope, self.receive, self.send)
            if not (self.replied or self.disconnected):
                on_error(BadReply("The application returned before its reply was complete."))
        except asyncio.CancelledError:
            self._give_up()
            raise
        except Exception as error:
            if not _only_client_gone(error):
                on_error(error)
        self._give_up()

    def _give_up(self) -> None:
        if self.replied or self.disconnected:
            return
        if self.head_sent:
            self._wire.fail(self, reset=self._reply is not None and self._reply.until_close)
            return
        self._head_to_send = b""
        self._wire.refuse(500, "The proxy failed on this request; its log tells why.")

    # Called by the application.

    async def receive(self) -> ASGIMessage:
        while not (self._pieces or self.disconnected or self.replied or (self.received and not self._delivered)):
            if not self.received:
                self._wire.ask_for_body(self)
            await self._wait()
        if self.disconnected or self.replied:
            return {"type": "http.disconnect"}
        pieces = self._pieces
        body = pieces[0] if len(pieces) == 1 else b"".join(pieces)
        self._pieces = []
        self._delivered = self.received
        if not self.received:
            self._wire.body_taken(self)
        return {"type": "http.request", "body": body, "more_body": not self.received}

    async def _wait(self) -> None:
        if self._news is None:
            self._news = asyncio.Event()
        self._news.clear()
        await self._news.wait()

    async def send(self, message: ASGIMessage) -> None:
        if self.disconnected:
            raise ClientGone("The client left before its reply was complete.")
        kind = message["type"]
        if kind == "http.response.body":
            if not message.get("more_body", False):
                self._finish(message.get("body", b""))
            elif not self.write(message.get("body", b"")):
                await self.drain()
        elif kind == "http.response.start":
            self._start(message)
        else:
            raise BadReply(f"The application sent {kind!r}, which is no part of an HTTP reply.")

    def _start(self, message: ASGIMessage) -> None:
        if self._reply is not None:
            raise BadReply("The application started its reply twice.")
        self._reply = Reply(
            self.head, message["status"], message.get("headers", ()), keep_alive=self._wire.may_keep_alive(self)
        )
        self._head_to_send = self._reply.head
        # Most replies have their first bytes of body within this tick; then both leave in one system call.
        self._wire.loop.call_soon(self._flush_head)

    def _flush_head(self) -> None:
        if self._head_to_send:
            head, self._head_to_send = self._head_to_send, b""
            self._wire.write(head)

    def write(self, body: bytes) -> bool:
        if self.disconnected:
            return False
        data = self._open_reply().piece(body)
        if data:
            self._transmit(data)
        return self._wire.writable

    def _open_reply(self) -> Reply:
        if self._reply is None or self.replied:
            raise BadReply("The application sent body outside of a reply.")
        return self._reply

    def _transmit(self, data: bytes) -> None:
        head = self._head_to_send
        if head:
            self._head_to_send = b""
            if len(data) <= JOIN_BYTES:
                data = head + data
            else:
                self._wire.write(head)
        self._wire.write(data)

    def _finish(self, body: bytes) -> None:
        reply = self._open_reply()
        data, end = reply.piece(body), reply.end()
        if data or end or self._head_to_send:
            self._transmit(data + end if end else data)
        self.replied = True
        self._pieces, self._callbacks = [], None
        self.wake()
        self._wire.reply_sent(self, keep_alive=reply.keep_alive)

    async def drain(self) -> None:
        while not self._wire.writable and not self.disconnected:
            await self._wait()
        if self.disconnected:
            raise ClientGone("The client left before its reply was complete.")

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


def _only_client_gone(error: BaseException) -> bool:
    if isinstance(error, BaseExceptionGroup):
        return all(_only_client_gone(each) for each in error.exceptions)
    return isinstance(error, ClientGone)
