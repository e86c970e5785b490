"""The one interface through which the engine calls an upstream: a Call goes in, a Reply comes out.

Everything is bytes. A transport sends what a Call holds, follows nothing, decodes nothing, and raises only what
`failures` lists (and ValueError for a Call that cannot be written down as HTTP/1.1).
"""

from dataclasses import dataclass
from typing import Protocol

from proxy_core.upstream.origin import Origin

RawHeaders = tuple[tuple[bytes, bytes], ...]
"""Header fields in order, duplicates kept, names with the letter case they were written in."""


@dataclass(frozen=True, slots=True)
class Timeouts:
    """How long each part of a call may take; there is no limit on the whole.

    write_s is the longest time without the upstream taking more of the request. first_byte_s runs from the moment the
    request is written to a complete reply head. idle_s is the longest silence within a reply, counted only while
    somebody waits for it. pool_s is the longest wait for a free connection.
    """

    connect_s: float
    first_byte_s: float
    idle_s: float
    write_s: float
    pool_s: float


@dataclass(frozen=True, slots=True)
class Call:
    """Exactly what goes on the wire; hop-by-hop headers have been removed by the caller.

    The transport adds `host` when absent, and `content-length` when absent and the body or the method needs one.
    """

    origin: Origin
    method: bytes
    target: bytes
    headers: RawHeaders
    body: bytes


class Reply(Protocol):
    """A reply whose head has arrived and whose body is still arriving; always close it.

    Informational replies and trailers are dropped. Times are `time.monotonic_ns()`; `connect_ms` is 0.0 on a reused
    connection, and `written_ns` is 0 when the reply began before the request was fully written.
    """

    @property
    def status(self) -> int: ...
    @property
    def reason(self) -> bytes: ...
    @property
    def headers(self) -> RawHeaders: ...
    @property
    def reused(self) -> bool: ...
    @property
    def connect_ms(self) -> float: ...
    @property
    def ready_ns(self) -> int: ...
    @property
    def written_ns(self) -> int: ...
    @property
    def first_byte_ns(self) -> int: ...

    async def chunk(self) -> bytes:
        """The bytes that have arrived since the last call, waiting for at least one; b"" exactly at a proper end.

        Raises UpstreamFailure once everything that did arrive has been returned. Cancelling it drops the connection.
        """
        ...

    async def aclose(self) -> None:
        """Give the connection back, or drop it when the reply was not read to its end. Idempotent; never raises."""
        ...


class Transport(Protocol):
    async def send(self, call: Call, timeouts: Timeouts) -> Reply:
        """Send one call and return when the head of its reply has arrived; raises UpstreamFailure."""
        ...

    async def aclose(self) -> None:
        """Drop every connection. Calls still running fail."""
        ...
