"""The ledger as the rest of the engine sees it: tell it what happened, ask it what was."""

from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path
from typing import IO

import aiosqlite

from proxy_core.events import Event
from proxy_core.exchange.record import Arrival, ExchangeRecord
from proxy_core.ledger import opening, totals
from proxy_core.ledger.buckets import Day
from proxy_core.ledger.condition import Condition
from proxy_core.ledger.figures import Figures, Moment
from proxy_core.ledger.labels import Labels
from proxy_core.ledger.limits import LedgerLimits
from proxy_core.ledger.queries import Queries
from proxy_core.ledger.readers import Readers
from proxy_core.ledger.transaction import Transactions
from proxy_core.ledger.writer import Writer

FILE_NAME = "tokenman.db"


def _tell_nobody(_: Event) -> None:
    return


class Ledger:
    """One row per exchange in SQLite. `arrive` and `settle` take microseconds and never fail; a task writes later.
    `await ledger.flush()` waits until all that was told before is committed."""

    def __init__(
        self, path: Path, lock: IO[bytes], db: aiosqlite.Connection, *, readers: Readers, writer: Writer, labels: Labels
    ) -> None:
        self.path = path
        self.labels = labels
        self.queries = Queries(readers)
        self.interrupted_rows = 0
        """How many rows the last process left open; they were settled as interrupted."""
        self._lock, self._db, self._readers, self._writer = lock, db, readers, writer
        self._condition = writer.condition

    @classmethod
    async def open(
        cls,
        path: Path,
        *,
        publish: Callable[[Event], None] = _tell_nobody,
        labels: Labels | None = None,
        limits: LedgerLimits | None = None,
    ) -> "Ledger":
        """Opens or creates the database file. `publish` hears of trouble; `labels` bounds the names in totals.

        Raises LedgerUnusable with one sentence: not writable, in use by another process, or written by a newer program.
        """
        limits, labels = limits or LedgerLimits(), labels or Labels()
        lock = opening.claim(path)
        try:
            db = await opening.connect(path, limits, publish)
        except BaseException:
            lock.close()
            raise
        await totals.restore_labels(db, labels)
        transactions = Transactions(db)
        count = await opening.close_interrupted(transactions, labels)
        readers = await Readers.open(path, limits)
        writer = Writer(transactions, labels, limits, Condition(publish, path))
        ledger = cls(path, lock, db, readers=readers, writer=writer, labels=labels)
        ledger.interrupted_rows = count
        return ledger

    @property
    def healthy(self) -> bool:
        """Whether the last group could be written."""
        return self._condition.healthy

    @property
    def rows_lost(self) -> int:
        """Rows since the start that never reached the disk."""
        return self._condition.rows_lost

    def arrive(self, arrival: Arrival) -> None:
        """Notes a request before anything is forwarded; a row that is never settled is found at the next start."""
        self._writer.arrive(arrival)

    def settle(self, record: ExchangeRecord) -> None:
        """Notes how an exchange ended. Once for each exchange."""
        self._writer.settle(record)

    async def flush(self) -> None:
        """Returns when everything told before is committed. Callers share one commit."""
        await self._writer.flush()

    async def totals(self) -> Figures:
        """All-time figures, as committed: rows that retention has deleted are in them."""
        async with self._readers.lend() as db:
            return await totals.read(db)

    async def latest_minutes(self, count: int) -> dict[int, Moment]:
        """The latest `count` minutes in which something ended, by Unix minute."""
        async with self._readers.lend() as db:
            return await totals.latest_minutes(db, count)

    async def days(self, asked: Sequence[Day]) -> dict[date, Moment]:
        """Sums of local days, in which deleted rows still count."""
        async with self._readers.lend() as db:
            return await totals.days(db, asked)

    async def close(self) -> None:
        """Writes what waits, then closes. Raises nothing on a failing disk; `rows_lost` and a notice tell."""
        try:
            await self._writer.close()
        finally:
            await self._readers.close()
            await self._db.close()
            self._lock.close()
