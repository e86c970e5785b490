"""An upstream that does exactly what a test tells it to."""

import asyncio
import contextlib
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass

from proxy_core.upstream.origin import Origin
from proxy_core.upstream.transport import Call, RawHeaders, Reply, Timeouts

TIMEOUTS = Timeouts(connect_s=10, first_byte_s=10, idle_s=10, write_s=10, pool_s=10)

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"


@dataclass
class Received:
    """One request as it came in."""

    head: bytes
    body: bytes = b""


class Peer:
    """The upstream's end of one connection."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, number: int) -> None:
        self.reader = reader
        self.writer = writer
        self.number = number

    async def request(self) -> Received | None:
        """The next request, or None when the client has closed."""
        try:
            head = await self.reader.readuntil(b"\r\n\r\n")
        except (asyncio.IncompleteReadError, ConnectionError):
            return None
        return Received(head, await self.reader.readexactly(_length(head)))

    async def say(self, *pieces: bytes) -> None:
        """Write the pieces, each in a segment of its own as far as the client's loop is concerned."""
        for piece in pieces:
            self.writer.write(piece)
            await self.writer.drain()
            await asyncio.sleep(0)

    async def gone(self) -> bytes:
        """Wait until the client has closed; what it sent before that."""
        try:
            return await self.reader.read()
        except ConnectionError:
            return b""

    def reset(self) -> None:
        """Drop the connection as a crashed machine does."""
        transport = self.writer.transport
        sock = transport.get_extra_info("socket")
        sock.setsockopt(1, 13, b"\x01\x00\x00\x00\x00\x00\x00\x00")  # SO_LINGER of zero seconds: RST
        transport.abort()


Script = Callable[[Peer], Awaitable[None]]


class Upstream:
    def __init__(self) -> None:
        self.origin = Origin("http", "127.0.0.1", 0)
        self.connections = 0
        self.open = 0
        self._quiet = asyncio.Event()
        self._quiet.set()
        self.stop_listening: Callable[[], None] = lambda: None

    async def quiet(self) -> None:
        """Return when no connection is open any more."""
        async with asyncio.timeout(10):
            await self._quiet.wait()

    def count(self, change: int) -> None:
        self.connections += change > 0
        self.open += change
        if self.open:
            self._quiet.clear()
        else:
            self._quiet.set()

    def call(self, body: bytes = b"", method: bytes = b"POST", headers: RawHeaders = ()) -> Call:
        return Call(self.origin, method, b"/v1/x", headers, body)


@contextlib.asynccontextmanager
async def upstream(
    script: Script, *, tls: ssl.SSLContext | None = None, limit: int = 1 << 26
) -> AsyncIterator[Upstream]:
    """Serve every connection with `script`, which returns to close it; what is left at the end is cut off."""
    handlers: set[asyncio.Task[None]] = set()
    state = Upstream()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        handlers.add(task)
        state.count(+1)
        try:
            await script(Peer(reader, writer, state.connections))
        except (asyncio.CancelledError, OSError):  # the test is over, or the client has left
            writer.transport.abort()
        finally:
            writer.close()
            with contextlib.suppress(OSError):  # ssl.SSLError is one
                await writer.wait_closed()
            state.count(-1)
            handlers.discard(task)

    server = await asyncio.start_server(serve, "127.0.0.1", 0, limit=limit, ssl=tls)
    state.origin = Origin("https" if tls else "http", "127.0.0.1", server.sockets[0].getsockname()[1])
    state.stop_listening = server.close
    try:
        yield state
    finally:
        server.close()
        for task in list(handlers):
            task.cancel()
        await asyncio.gather(*handlers, return_exceptions=True)
        await server.wait_closed()


def answering(*replies: bytes) -> Script:
    """Answer every request of every connection with the same pieces."""

    async def script(peer: Peer) -> None:
        while await peer.request() is not None:
            await peer.say(*replies)

    return script


async def read_all(reply: Reply) -> bytes:
    pieces = []
    while piece := await reply.chunk():
        pieces.append(piece)
    return b"".join(pieces)


def _length(head: bytes) -> int:
    for line in head.lower().split(b"\r\n"):
        if line.startswith(b"content-length:"):
            return int(line.split(b":")[1])
    return 0
