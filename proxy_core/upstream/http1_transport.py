"""HTTP/1.1 to an upstream over kept connections: the transport of the hot path."""

from pathlib import Path

from proxy_core.upstream.dial import Dialer
from proxy_core.upstream.failures import UpstreamDropped, UpstreamFailure
from proxy_core.upstream.http1_connection import Http1Connection
from proxy_core.upstream.http1_pool import Http1Pool
from proxy_core.upstream.http1_reply import Http1Reply
from proxy_core.upstream.shelves import PoolLimits
from proxy_core.upstream.transport import Call, Timeouts
from proxy_core.upstream.wire import request_head


class Http1Transport:
    """A Transport on asyncio protocols and llhttp, without anything between them.

    A call that finds its kept connection closed by the upstream is sent once more on a fresh one: only when not a
    byte of reply had come and the loss followed right upon sending.
    """

    def __init__(self, *, ca_file: Path | None = None, limits: PoolLimits | None = None) -> None:
        self._pool = Http1Pool(limits or PoolLimits(), Dialer(ca_file))

    async def send(self, call: Call, timeouts: Timeouts) -> Http1Reply:
        head = request_head(call)
        connection = await self._pool.lease(call.origin, timeouts)
        try:
            await _exchange(connection, head, call, timeouts)
        except UpstreamDropped:
            if not connection.stale():
                self._pool.give_back(connection)
                raise
            connection = await self._send_again(connection, head, call, timeouts)
        except BaseException:
            self._pool.give_back(connection)
            raise
        return Http1Reply(connection, self._pool.give_back)

    async def aclose(self) -> None:
        await self._pool.aclose()

    async def _send_again(self, stale: Http1Connection, head: bytes, call: Call, timeouts: Timeouts) -> Http1Connection:
        try:
            connection = await self._pool.replace(stale, timeouts)
        except UpstreamFailure as failure:
            failure.sent = True  # by the first attempt
            raise
        try:
            await _exchange(connection, head, call, timeouts)
        except BaseException:
            self._pool.give_back(connection)
            raise
        return connection


async def _exchange(connection: Http1Connection, head: bytes, call: Call, timeouts: Timeouts) -> None:
    connection.start(head, call.body, timeouts, bodiless=call.method == b"HEAD")
    await connection.head()
