"""A few reading connections, each with its thread, lent out one query at a time."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

import aiosqlite

from proxy_core.ledger.limits import LedgerLimits
from proxy_core.ledger.schema import prepare_reader


class Readers:
    """Waiting for a connection and for its query both end at `query_timeout_s` with a TimeoutError."""

    def __init__(self, connections: list[aiosqlite.Connection], limits: LedgerLimits) -> None:
        self._all = connections
        self._free: asyncio.Queue[aiosqlite.Connection] = asyncio.Queue(len(connections))
        self._limits = limits
        for db in connections:
            self._free.put_nowait(db)

    @classmethod
    async def open(cls, path: Path, limits: LedgerLimits) -> "Readers":
        connections = []
        async with AsyncExitStack() as undo:
            for _ in range(limits.readers):
                db = await aiosqlite.connect(path, isolation_level=None)
                undo.push_async_callback(db.close)
                await prepare_reader(db, limits.busy_timeout_s)
                db.row_factory = aiosqlite.Row
                connections.append(db)
            undo.pop_all()
        return cls(connections, limits)

    @asynccontextmanager
    async def lend(self) -> AsyncIterator[aiosqlite.Connection]:
        async with asyncio.timeout(self._limits.query_timeout_s):
            db = await self._free.get()
            try:
                yield db
            except BaseException:
                await db.interrupt()
                raise
            finally:
                self._free.put_nowait(db)

    async def close(self) -> None:
        for db in self._all:
            await db.close()
