"""A client that sees every byte: one request on one connection, read as it comes."""

import asyncio
import json
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from urllib.parse import urlsplit


@dataclass
class RawReply:
    """A reply's head, and its body with the chunking taken off. `whole` is whether it ended as HTTP demands."""

    status: int
    headers: dict[str, str]
    body: bytes
    whole: bool

    def events(self) -> list[bytes]:
        """The SSE events of the body."""
        return [event for event in self.body.replace(b"\r\n", b"\n").split(b"\n\n") if event]


@asynccontextmanager
async def opened(
    base_url: str, path: str, body: object, headers: Sequence[tuple[str, str]] = (), method: str = "POST"
) -> AsyncIterator[asyncio.StreamReader]:
    """The reader of a connection on which the request was sent; it is closed afterwards."""
    at = urlsplit(base_url)
    reader, writer = await asyncio.open_connection(at.hostname, at.port)
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    usual = {"host": at.netloc, "content-length": str(len(data))}
    sent = [(name, value) for name, value in usual.items() if name not in dict(headers)]
    lines = [f"{method} {path} HTTP/1.1", *(f"{name}: {value}" for name, value in [*sent, *headers])]
    writer.write("\r\n".join([*lines, "", ""]).encode() + data)
    try:
        yield reader
    finally:
        writer.close()
        await writer.wait_closed()


async def fetch(base_url: str, path: str, body: object, headers: Sequence[tuple[str, str]] = ()) -> RawReply:
    """Send one request and read until the body or the connection ends."""
    async with opened(base_url, path, body, headers) as reader:
        async with asyncio.timeout(20):
            head = await reader.readuntil(b"\r\n\r\n")
            status, found = _head(head)
            data, whole = await _body(reader, found)
    return RawReply(status, found, data, whole)


def _head(head: bytes) -> tuple[int, dict[str, str]]:
    first, *lines = head.decode("latin-1").strip().split("\r\n")
    pairs = (line.partition(":") for line in lines)
    return int(first.split()[1]), {name.lower(): value.strip() for name, _, value in pairs}


async def _body(reader: asyncio.StreamReader, headers: dict[str, str]) -> tuple[bytes, bool]:
    if "content-length" in headers:
        try:
            return await reader.readexactly(int(headers["content-length"])), True
        except asyncio.IncompleteReadError as error:
            return error.partial, False
    parts: list[bytes] = []
    try:
        while (size := int(await reader.readuntil(b"\r\n"), 16)) > 0:
            parts.append((await reader.readexactly(size + 2))[:-2])
    except asyncio.IncompleteReadError:
        return b"".join(parts), False
    await reader.readexactly(2)
    return b"".join(parts), True
