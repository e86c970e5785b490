"""Kept connections, lent to one call at a time."""

import asyncio
import contextlib

from proxy_core.upstream.dial import Dialer
from proxy_core.upstream.failures import ConnectFailed, PoolTimedOut
from proxy_core.upstream.http1_connection import Http1Connection
from proxy_core.upstream.origin import Origin
from proxy_core.upstream.shelves import PoolLimits, Shelves
from proxy_core.upstream.transport import Timeouts
from proxy_core.upstream.turns import Grant, Turns

_GOODBYE_S = 1.0


class Http1Pool:
    """Lends the most recently used connection, or opens one; at the limits, calls wait and are served in turn.

    Every lease is answered by exactly one `give_back`, or by a `replace`, which begins a new lease.
    """

    def __init__(self, limits: PoolLimits, dialer: Dialer) -> None:
        self._limits = limits
        self._dialer = dialer
        self._shelves = Shelves(limits)
        self._turns = Turns()
        self._open: set[Http1Connection] = set()
        self._sweep: asyncio.TimerHandle | None = None
        self._closed = False
        self._all_lost: asyncio.Future[None] | None = None

    async def lease(self, origin: Origin, timeouts: Timeouts) -> Http1Connection:
        """A connection that nobody else uses; raises ConnectFailed, ConnectTimedOut or PoolTimedOut."""
        if self._closed:
            raise ConnectFailed(f"{origin} was not called because the proxy is shutting down.")
        grant: Grant = None
        if origin in self._turns:
            grant = await self._wait(origin, timeouts.pool_s)
        else:
            grant = self._shelves.take(origin, self._now())
            if grant is None and not self._shelves.reserve(origin):
                grant = await self._wait(origin, timeouts.pool_s)
        return grant or await self._dial(origin, timeouts)

    def give_back(self, connection: Http1Connection) -> None:
        """End a lease. The connection is kept when its exchange came to a clean end, otherwise closed."""
        if self._closed or not connection.rest():
            connection.abort()
            self._shelves.vacate(connection.origin)
        else:
            self._shelves.put(connection, self._now())
            if self._sweep is None:
                self._sweep = asyncio.get_running_loop().call_later(self._limits.keep_s, self._expire)
        self._serve()

    async def replace(self, connection: Http1Connection, timeouts: Timeouts) -> Http1Connection:
        """A newly opened connection in the place of one that turned out to be dead."""
        connection.abort()
        return await self._dial(connection.origin, timeouts)

    async def aclose(self) -> None:
        """Close everything, also what is lent: those exchanges fail."""
        self._closed = True
        if self._sweep is not None:
            self._sweep.cancel()
        self._turns.refuse_all(ConnectFailed("The upstream was not called because the proxy is shutting down."))
        for connection in list(self._open):
            connection.abort()
        if self._open:
            self._all_lost = asyncio.get_running_loop().create_future()
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(_GOODBYE_S):
                    await self._all_lost

    async def _dial(self, origin: Origin, timeouts: Timeouts) -> Http1Connection:
        try:
            connection = await self._dialer.dial(origin, timeouts.connect_s, self._lost)
        except BaseException:
            self._vacate(origin)
            raise
        if not connection.lost:
            self._open.add(connection)
        if self._closed:
            connection.abort()
        return connection

    async def _wait(self, origin: Origin, pool_s: float) -> Grant:
        if self._turns.waiting >= self._limits.waiting:
            raise PoolTimedOut(f"{origin} has no free connection and {self._limits.waiting} calls wait already.")
        ticket, turn = self._turns.join(origin)
        try:
            async with asyncio.timeout(pool_s):
                return await turn
        except BaseException as error:
            self._turns.leave(origin, ticket)
            self._hand_back(origin, turn)
            if isinstance(error, TimeoutError):
                raise PoolTimedOut(f"{origin} had no free connection for {pool_s:g} s.") from None
            raise

    def _hand_back(self, origin: Origin, turn: "asyncio.Future[Grant]") -> None:
        """What was granted to a call just as it gave up must not be lost."""
        if turn.cancelled() or not turn.done() or turn.exception() is not None:
            return
        grant = turn.result()
        if grant is None:
            self._vacate(origin)
        else:
            self.give_back(grant)

    def _vacate(self, origin: Origin) -> None:
        self._shelves.vacate(origin)
        self._serve()

    def _serve(self) -> None:
        while self._turns.waiting and self._serve_one():
            pass

    def _serve_one(self) -> bool:
        """Let the longest waiting call that can go on do so; False when none can."""
        now = self._now()
        for origin in self._turns.in_order():
            grant = self._shelves.take(origin, now)
            if grant is None and not self._shelves.reserve(origin):
                continue
            if self._turns.serve(origin, grant):
                return True
            if grant is None:
                self._shelves.vacate(origin)
            else:
                self._shelves.put(grant, now)
        return False

    def _now(self) -> float:
        return asyncio.get_running_loop().time()

    def _expire(self) -> None:
        loop = asyncio.get_running_loop()
        due = self._shelves.expire(loop.time())
        self._sweep = None if due is None else loop.call_at(due, self._expire)

    def _lost(self, connection: Http1Connection) -> None:
        self._open.discard(connection)
        if self._shelves.lost(connection):
            self._serve()
        if self._all_lost is not None and not self._all_lost.done() and not self._open:
            self._all_lost.set_result(None)
