"""A reply that a test writes out, and a client that notes what it is sent."""

import asyncio
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from proxy_core.exchange.headers import RawHeaders
from proxy_core.exchange.identity import new_exchange_id
from proxy_core.exchange.record import Arrival

Step = bytes | Exception | float
"""Bytes that arrive, a failure, or a silence in seconds."""


@dataclass
class ScriptedReply:
    script: Iterable[Step]
    status: int = 200
    headers: RawHeaders = ((b"content-type", b"text/event-stream"),)
    closed: int = 0

    def __post_init__(self) -> None:
        self._steps = iter(self.script)

    async def chunk(self) -> bytes:
        for step in self._steps:
            if isinstance(step, Exception):
                raise step
            if isinstance(step, bytes):
                return step
            await asyncio.sleep(step)
        return b""

    async def aclose(self) -> None:
        self.closed += 1


@dataclass
class NotingClient:
    """`body` is what reached the client; `finished` whether the reply ended properly."""

    status: int = 0
    headers: RawHeaders = ()
    pieces: list[bytes] = field(default_factory=list)
    finished: bool = False
    leaves: Callable[[], None] | None = None
    gone: bool = False

    @property
    def body(self) -> bytes:
        return b"".join(self.pieces)

    async def begin(self, status: int, headers: RawHeaders) -> None:
        self._check()
        self.status, self.headers = status, headers

    def write(self, body: bytes) -> bool:
        self.pieces.append(body)
        return not self.gone

    async def drain(self) -> None:
        self._check()

    async def finish(self) -> None:
        self._check()
        self.finished = True

    def on_leave(self, callback: Callable[[], None]) -> Callable[[], None]:
        self.leaves = callback

        def forget() -> None:
            self.leaves = None

        return forget

    def leave(self) -> None:
        """The client closes its connection."""
        self.gone = True
        if self.leaves is not None:
            self.leaves()

    def _check(self) -> None:
        if self.gone:
            raise ConnectionError("the client is gone")


def arrival(*, dialect: str = "anthropic", operation: str = "messages", streaming: bool = True) -> Arrival:
    return Arrival(
        id=new_exchange_id(),
        started_at_ns=1_700_000_000_000_000_000,
        dialect=dialect,
        operation=operation,
        method="POST",
        path="/v1/messages",
        model="claude-sonnet-4-5",
        streaming=streaming,
        client="test/1",
        project="default",
        session="",
        agent="",
        request_class="",
        request_bytes=2,
    )
