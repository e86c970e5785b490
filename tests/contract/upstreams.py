"""Upstreams that a test writes out byte by byte, and the engine in front of them."""

import contextlib
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from tests.core.upstream.scripted import Peer, Received, Script, upstream
from tests.support.running import Running, running


@dataclass(frozen=True, slots=True)
class Fields:
    """A request as it reached the upstream: every line of its head, in order."""

    line: bytes
    headers: tuple[tuple[bytes, bytes], ...]
    body: bytes

    @classmethod
    def of(cls, received: Received) -> "Fields":
        line, *lines = received.head.removesuffix(b"\r\n\r\n").split(b"\r\n")
        return cls(line, tuple(_pair(line) for line in lines), received.body)

    @property
    def target(self) -> bytes:
        return self.line.split(b" ")[1]

    def all(self, name: bytes) -> list[bytes]:
        """Every value of a header, in order."""
        return [value for key, value in self.headers if key.lower() == name]

    @property
    def names(self) -> list[bytes]:
        return [name for name, _ in self.headers]


def _pair(line: bytes) -> tuple[bytes, bytes]:
    name, _, value = line.partition(b": ")
    return name, value


def reply(body: bytes = b"{}", *lines: bytes, status: bytes = b"200 OK", kind: bytes = b"application/json") -> bytes:
    """A whole reply with further header lines."""
    head = (b"HTTP/1.1 " + status, b"content-type: " + kind, *lines, b"content-length: %d" % len(body), b"", b"")
    return b"\r\n".join(head) + body


def stream_head(*lines: bytes, kind: bytes = b"text/event-stream; charset=utf-8") -> bytes:
    """The head of a reply whose body comes in chunks."""
    return b"\r\n".join((b"HTTP/1.1 200 OK", b"content-type: " + kind, b"transfer-encoding: chunked", *lines, b"", b""))


def noting(received: list[Fields], answer: bytes) -> Script:
    """Answers every request alike and keeps what came."""

    async def script(peer: Peer) -> None:
        while (came := await peer.request()) is not None:
            received.append(Fields.of(came))
            await peer.say(answer)

    return script


def saying(answer: bytes) -> Script:
    """Answers one request with these bytes, whatever they are, and closes the connection."""

    async def script(peer: Peer) -> None:
        if await peer.request() is not None:
            await peer.say(answer)

    return script


Changes = Mapping[str, Mapping[str, object]]


@contextlib.asynccontextmanager
async def in_front_of(
    script: Script, home: Path, *, base: str = "", changes: Changes = MappingProxyType({})
) -> AsyncIterator[Running]:
    """The engine, both of whose providers are `script` under the path `base`. `changes` as for `running`."""
    async with (
        upstream(script) as raw,
        running(home, mock=None, upstream_url=f"http://127.0.0.1:{raw.origin.port}{base}", **changes) as proxy,
    ):
        yield proxy
