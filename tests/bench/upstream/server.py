"""The fake provider's side of a connection."""

import asyncio
import re
from typing import cast

import httptools

from tests.bench.upstream.replies import OTHERWISE, REPLIES, STREAMS, reply
from tests.bench.upstream.ticker import Stream, Ticker

_STREAM = re.compile(rb'"stream"\s*:\s*true')
_EVENTS = re.compile(rb'"max_tokens"\s*:\s*(\d+)')
SMALL_BYTES = 8_000


class Provider:
    """What the connections share, and what the harness asks for: how many are open, how much came in."""

    def __init__(self) -> None:
        self.ticker = Ticker()
        self.connections: set[Connection] = set()
        self.requests = 0
        self.body_bytes = 0

    def facts(self) -> dict[str, int]:
        return {"connections": len(self.connections), "requests": self.requests, "body_bytes": self.body_bytes}

    def drop_idle(self) -> None:
        for connection in tuple(self.connections):
            connection.drop_if_idle()


class Connection(asyncio.Protocol):
    """Answers one request after another. Only bodies up to ``SMALL_BYTES`` are looked into: streams ask with those."""

    def __init__(self, provider: Provider) -> None:
        self._provider = provider
        self._parser = httptools.HttpRequestParser(self)
        self._busy = False
        self._begin()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)  # uvloop's does not derive from it
        self._provider.connections.add(self)

    def connection_lost(self, exc: Exception | None) -> None:
        self._provider.connections.discard(self)

    def data_received(self, data: bytes) -> None:
        self._busy = True
        try:
            self._parser.feed_data(data)
        except httptools.HttpParserError:
            self._transport.abort()

    def on_url(self, url: bytes) -> None:
        self._begin()
        self._path = url.partition(b"?")[0]

    def on_header(self, name: bytes, value: bytes) -> None:
        if name.lower() == b"x-bench-hold-ms":
            self._hold_ms = int(value)

    def on_body(self, body: bytes) -> None:
        self._body_bytes += len(body)
        if self._body_bytes <= SMALL_BYTES:
            self._small.append(body)

    def on_message_complete(self) -> None:
        if self._path.startswith(b"/bench/"):
            self._command()
            return
        self._provider.requests += 1
        self._provider.body_bytes += self._body_bytes
        if self._hold_ms:
            asyncio.get_running_loop().call_later(self._hold_ms / 1e3, self._answer)
        else:
            self._answer()

    def drop_if_idle(self) -> None:
        if not self._busy:
            self._transport.close()

    def _begin(self) -> None:
        self._path, self._hold_ms, self._body_bytes = b"/", 0, 0
        self._small: list[bytes] = []

    def _answer(self) -> None:
        body = b"".join(self._small)
        shape = STREAMS.get(self._path) if _STREAM.search(body) else None
        if shape is None:
            self._transport.write(REPLIES.get(self._path, OTHERWISE))
            self._finished()
            return
        events = _EVENTS.search(body)
        left = int(events[1]) if events else 100
        self._provider.ticker.join(Stream(self._transport, shape, left, self._finished))

    def _command(self) -> None:
        if self._path == b"/bench/drop-idle":
            self._provider.drop_idle()
        self._transport.write(reply(self._provider.facts()))
        self._finished()

    def _finished(self) -> None:
        self._busy = False
