"""A client that writes exactly the bytes it is told to, and keeps exactly the bytes it is sent."""

import asyncio
import contextlib
import json
import socket
import struct
from collections.abc import AsyncIterator, Iterable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

RawHeaders = tuple[tuple[bytes, bytes], ...]
PATIENCE_S = 10.0
RESET = struct.pack("ii", 1, 0)


class Cut(Exception):
    """The connection was lost before the reply was whole."""


@dataclass(frozen=True, slots=True)
class Head:
    """A reply's status line and headers, byte for byte."""

    status: int
    headers: RawHeaders

    def all(self, name: str) -> list[str]:
        return [value.decode("latin-1") for key, value in self.headers if key.lower() == name.encode()]

    def first(self, name: str) -> str:
        return next(iter(self.all(name)), "")

    @property
    def id(self) -> str:
        """The exchange, as the proxy names it in every reply."""
        return self.first("x-tokenman-id")


@dataclass(frozen=True, slots=True)
class Answer(Head):
    """A whole reply. `body` is without the framing of HTTP, still compressed if it was."""

    body: bytes

    def json(self) -> Any:  # noqa: ANN401
        return json.loads(self.body)


def request(method: str, target: str, headers: Iterable[tuple[str, str]] = (), body: bytes | None = None) -> bytes:
    """A request, written down: `host` first, `content-length` last unless the headers frame the body."""
    lines = [f"{method} {target} HTTP/1.1", "host: 127.0.0.1"]
    lines += [f"{name}: {value}" for name, value in headers]
    framed = any(name.lower() in {"content-length", "transfer-encoding"} for name, _ in headers)
    if body is not None and not framed:
        lines.append(f"content-length: {len(body)}")
    return "\r\n".join((*lines, "", "")).encode("latin-1") + (body or b"")


class Wire:
    """One connection. `head` and then `piece`, or `answer` for both, once for each request, in order."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer
        self._left_bytes: int | None = 0
        self._chunked = False

    async def send(self, data: bytes) -> None:
        self._writer.write(data)
        await self._writer.drain()

    async def head(self, *, bodiless: bool = False) -> Head:
        """The next reply's head. `bodiless` for the answer to a HEAD. Raises Cut."""
        try:
            async with asyncio.timeout(PATIENCE_S):
                raw = await self._reader.readuntil(b"\r\n\r\n")
        except (asyncio.IncompleteReadError, ConnectionError) as error:
            raise Cut("before the head") from error
        status_line, *lines = raw[:-4].split(b"\r\n")
        fields = [line.split(b": ", 1) for line in lines]
        head = Head(int(status_line.split(b" ")[1]), tuple((name, value) for name, value in fields))
        self._chunked = head.first("transfer-encoding") == "chunked"
        length = head.first("content-length")
        self._left_bytes = 0 if bodiless or head.status in {100, 204, 304} else int(length) if length else None
        return head

    async def piece(self) -> bytes:
        """The next bytes of the body; empty at its proper end. Raises Cut."""
        try:
            async with asyncio.timeout(PATIENCE_S):
                return await (self._chunk() if self._chunked and self._left_bytes is None else self._read())
        except (asyncio.IncompleteReadError, ConnectionError) as error:
            raise Cut("in the middle of the body") from error

    async def _chunk(self) -> bytes:
        size = await self._reader.readuntil(b"\r\n")
        piece = await self._reader.readexactly(int(size, 16) + 2)
        if len(piece) == 2:
            self._left_bytes = 0
        return piece[:-2]

    async def _read(self) -> bytes:
        if self._left_bytes == 0:
            return b""
        piece = await self._reader.read(1 << 16 if self._left_bytes is None else min(self._left_bytes, 1 << 16))
        if self._left_bytes is not None:
            if not piece:
                raise Cut("before the announced length")
            self._left_bytes -= len(piece)
        return piece

    async def body(self) -> bytes:
        """All that is left of the body. Raises Cut."""
        return b"".join([piece async for piece in self.pieces()])

    async def pieces(self) -> AsyncIterator[bytes]:
        while piece := await self.piece():
            yield piece

    async def until(self, mark: bytes) -> bytes:
        """The body up to a piece that completes `mark`. Raises Cut."""
        got = b""
        while mark not in got:
            piece = await self.piece()
            if not piece:
                raise Cut(f"the body ended without {mark!r}")
            got += piece
        return got

    async def exactly(self, size_bytes: int) -> bytes:
        """The next bytes of the body, of which there must be just so many at hand. Raises Cut."""
        got = b""
        while len(got) < size_bytes:
            piece = await self.piece()
            if not piece:
                raise Cut("the body ended too early")
            got += piece
        return got

    async def salvage(self) -> tuple[bytes, bool]:
        """What there is of the body, and whether it ended properly."""
        got = b""
        try:
            async for piece in self.pieces():
                got += piece
        except Cut:
            return got, False
        return got, True

    async def answer(self, *, bodiless: bool = False) -> Answer:
        """A whole reply. Raises Cut."""
        head = await self.head(bodiless=bodiless)
        return Answer(head.status, head.headers, await self.body())

    async def ask(self, data: bytes, *, bodiless: bool = False) -> Answer:
        await self.send(data)
        return await self.answer(bodiless=bodiless)

    async def ended(self) -> bool:
        """Whether the proxy closes the connection without another byte."""
        try:
            async with asyncio.timeout(PATIENCE_S):
                return await self._reader.read(1) == b""
        except ConnectionError:
            return True

    def leave(self) -> None:
        """Close, as a client that is killed does."""
        self._writer.transport.abort()

    def reset(self) -> None:
        """Close with a reset rather than an end."""
        self._writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
        self._writer.transport.abort()


@contextlib.asynccontextmanager
async def wire(url: str, *, receive_buffer_bytes: int = 0) -> AsyncIterator[Wire]:
    parts = urlsplit(url)
    sock = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    if receive_buffer_bytes:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer_bytes)
    sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    sock.settimeout(0.0)
    await asyncio.get_running_loop().sock_connect(sock, (parts.hostname, parts.port))
    reader, writer = await asyncio.open_connection(sock=sock, limit=1 << 20)
    try:
        yield Wire(reader, writer)
    finally:
        writer.close()
        with contextlib.suppress(ConnectionError):
            await writer.wait_closed()


async def ask(url: str, data: bytes, *, bodiless: bool = False) -> Answer:
    """One request over a connection of its own."""
    async with wire(url) as client:
        return await client.ask(data, bodiless=bodiless)
