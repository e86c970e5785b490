"""A reply: its head, and its body as it arrives."""

from dataclasses import dataclass
from typing import Protocol

from proxy_core.exchange.headers import RawHeaders


class Reply(Protocol):
    """What a provider, or the proxy itself, answers."""

    @property
    def status(self) -> int: ...

    @property
    def headers(self) -> RawHeaders:
        """As they came, hop-by-hop headers included."""

    async def chunk(self) -> bytes:
        """The next bytes as they arrive; empty exactly at a proper end. Raises an `UpstreamFailure`."""

    async def aclose(self) -> None:
        """Releases the reply, and cancels what of it is still under way. Never raises, may be called twice."""


@dataclass(slots=True)
class ReadyReply:
    """A reply whose body is known already."""

    status: int
    headers: RawHeaders
    body: bytes = b""

    async def chunk(self) -> bytes:
        body, self.body = self.body, b""
        return body

    async def aclose(self) -> None:
        self.body = b""


@dataclass(frozen=True, slots=True)
class ReplyEvent:
    """What taps see: one server-sent event with the blank line that ends it, or the whole body of a reply that is no
    stream. An event that no tap replaced leaves byte for byte."""

    raw: bytes
