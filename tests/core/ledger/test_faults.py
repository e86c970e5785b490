"""A disk that fails: rows wait, people hear of it once, nothing is lost silently."""

import asyncio
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from proxy_core.events import Event, NoticeRaised, Severity
from proxy_core.ledger import Ledger, LedgerLimits
from tests.core.ledger.opened import FILE_NAME, opened
from tests.core.ledger.samples import arrival, record

QUICK = LedgerLimits(group_wait_s=0.001, busy_timeout_s=0.02, retry_wait_s=0.01, close_timeout_s=0.05)


@contextmanager
def somebody_elses_lock(directory: Path) -> Iterator[None]:
    """Another process in the middle of writing."""
    other = sqlite3.connect(directory / FILE_NAME, isolation_level=None)
    try:
        other.execute("BEGIN IMMEDIATE")
        yield
        other.execute("ROLLBACK")
    finally:
        other.close()


class Heard:
    """What people are told."""

    def __init__(self) -> None:
        self.notices: list[NoticeRaised] = []
        self._more = asyncio.Event()

    def __call__(self, event: Event) -> None:
        assert isinstance(event, NoticeRaised)
        self.notices.append(event)
        self._more.set()

    async def wait_for(self, count: int) -> None:
        async with asyncio.timeout(10):
            while len(self.notices) < count:
                self._more.clear()
                await self._more.wait()

    @property
    def severities(self) -> list[Severity]:
        return [notice.severity for notice in self.notices]


def is_healthy(ledger: Ledger) -> bool:
    return ledger.healthy


async def test_a_locked_database_is_waited_for_and_told_once(tmp_path: Path) -> None:
    heard = Heard()
    async with opened(tmp_path, publish=heard, limits=QUICK) as ledger:
        with somebody_elses_lock(tmp_path):
            ledger.arrive(arrival(1))
            ledger.settle(record(2))
            await heard.wait_for(1)
            assert not is_healthy(ledger)
            ledger.settle(record(1))
            await asyncio.sleep(0.2)
            assert len(heard.notices) == 1
        await ledger.flush()
        assert is_healthy(ledger)
        assert ledger.rows_lost == 0
        assert (await ledger.queries.page()).total == 2
    assert heard.severities == [Severity.ERROR, Severity.INFO]
    assert "database is locked" in heard.notices[0].sentence
    assert heard.notices[1].sentence.endswith("is being written again; nothing was lost.")


async def test_reading_goes_on_while_the_database_is_locked(tmp_path: Path) -> None:
    async with opened(tmp_path, record(1), limits=QUICK) as ledger:
        with somebody_elses_lock(tmp_path):
            assert (await ledger.queries.page()).total == 1


async def test_at_its_bound_the_buffer_drops_the_oldest_and_counts(tmp_path: Path) -> None:
    heard = Heard()
    limits = LedgerLimits(group_wait_s=0.001, busy_timeout_s=0.02, retry_wait_s=0.01, buffer_rows=10)
    async with opened(tmp_path, publish=heard, limits=limits) as ledger:
        with somebody_elses_lock(tmp_path):
            ledger.settle(record(0))
            await heard.wait_for(1)
            for number in range(1, 16):
                ledger.settle(record(number))
            assert ledger.rows_lost == 6
        await ledger.flush()
        page = await ledger.queries.page()
        assert {one.id for one in page.records} == {record(number).id for number in (0, *range(7, 16))}
        totals = await ledger.totals()
        assert totals.all.requests == 16, "what was dropped still counts"
        assert totals.all.cost_nanousd == 16 * 1_000_000
    assert heard.severities == [Severity.ERROR, Severity.ERROR, Severity.INFO]
    assert "the oldest rows are dropped" in heard.notices[1].sentence
    assert heard.notices[2].sentence.endswith("is being written again; 6 rows were lost meanwhile.")


async def test_arrivals_are_dropped_before_records(tmp_path: Path) -> None:
    """An arrival's record will say the same and more."""
    heard = Heard()
    limits = LedgerLimits(group_wait_s=0.001, busy_timeout_s=0.02, retry_wait_s=0.01, buffer_rows=4)
    async with opened(tmp_path, publish=heard, limits=limits) as ledger:
        with somebody_elses_lock(tmp_path):
            ledger.settle(record(0))
            await heard.wait_for(1)
            ledger.settle(record(1))
            ledger.arrive(arrival(2))
            ledger.arrive(arrival(3))
            ledger.settle(record(4))
            ledger.settle(record(2))
        await ledger.flush()
        found = {one.id for one in (await ledger.queries.page()).records}
        assert found == {record(number).id for number in (0, 1, 2, 4)}
        assert (await ledger.totals()).all.requests == 4


async def test_closing_does_not_wait_for_ever(tmp_path: Path) -> None:
    heard = Heard()
    ledger = await Ledger.open(tmp_path / FILE_NAME, publish=heard, limits=QUICK)
    with somebody_elses_lock(tmp_path):
        ledger.settle(record(1))
        async with asyncio.timeout(5):
            await ledger.close()
    assert ledger.rows_lost == 1
    assert heard.severities == [Severity.ERROR, Severity.ERROR]


async def test_a_full_disk_is_waited_for(tmp_path: Path) -> None:
    heard = Heard()
    async with opened(tmp_path, publish=heard, limits=QUICK) as ledger:
        transactions = ledger._writer._transactions
        async with transactions.begin() as db:
            pages = next(iter(await db.execute_fetchall("PRAGMA page_count")))[0]
        await db.execute_fetchall(f"PRAGMA max_page_count = {pages}")
        for number in range(500):
            ledger.settle(record(number))
        await heard.wait_for(1)
        assert "database or disk is full" in heard.notices[0].sentence
        await db.execute_fetchall("PRAGMA max_page_count = 1000000")
        await ledger.flush()
        assert (await ledger.queries.page()).total == 500
        assert (await ledger.totals()).all.requests == 500
        assert ledger.rows_lost == 0


async def test_a_row_that_no_disk_would_take_is_told_and_left_out(tmp_path: Path) -> None:
    heard = Heard()
    async with opened(tmp_path, publish=heard, limits=QUICK) as ledger:
        for number in range(20):
            ledger.settle(record(number, reply_bytes=1 << 70) if number == 7 else record(number))
        await ledger.flush()
        assert (await ledger.queries.page()).total == 19
        assert (await ledger.totals()).all.requests == 19
        assert (ledger.rows_lost, ledger.healthy) == (1, True)
    (notice,) = heard.notices
    assert notice.exchange_id == record(7).id
    assert "refused a row (OverflowError)" in notice.sentence


async def test_absurd_counts_do_not_stop_the_totals(tmp_path: Path) -> None:
    async with opened(tmp_path, limits=QUICK) as ledger:
        for number in range(4):
            ledger.settle(record(number, reply_bytes=(1 << 63) - 1))
            await ledger.flush()
        assert (await ledger.totals()).all.reply_bytes == 9_000_000_000_000_000_000
        assert (await ledger.totals()).all.requests == 4


async def test_a_commit_of_unknown_outcome_is_not_booked_twice(tmp_path: Path) -> None:
    """The disk took the commit and then failed to say so."""
    heard = Heard()
    async with opened(tmp_path, publish=heard, limits=QUICK) as ledger:
        transactions = ledger._writer._transactions
        async with transactions.begin() as db:
            pass
        execute = db.execute
        failures = iter([True])

        async def deaf(sql: str) -> object:
            done = await execute(sql)
            if sql == "COMMIT" and next(failures, False):
                raise sqlite3.OperationalError("disk I/O error")
            return done

        db.execute = deaf  # type: ignore[assignment, method-assign]
        ledger.settle(record(1))
        ledger.settle(record(2))
        await ledger.flush()
        assert (await ledger.queries.page()).total == 2
        assert (await ledger.totals()).all.requests == 2
    assert heard.severities == [Severity.ERROR, Severity.INFO]
