"""Reading connections: a few, lent out, and never for longer than their time."""

import asyncio
from pathlib import Path

import pytest

from proxy_core.ledger import Ledger, LedgerLimits
from tests.core.ledger.opened import opened
from tests.core.ledger.samples import record

ENDLESS = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n"


async def run_endless(ledger: Ledger) -> None:
    async with ledger._readers.lend() as db:
        await db.execute_fetchall(ENDLESS)


async def test_a_query_that_takes_too_long_is_ended_and_its_connection_serves_again(tmp_path: Path) -> None:
    async with opened(tmp_path, record(), limits=LedgerLimits(readers=1, query_timeout_s=0.2)) as ledger:
        with pytest.raises(TimeoutError):
            await run_endless(ledger)
        assert (await ledger.queries.page()).total == 1


async def test_a_reader_that_goes_away_frees_its_connection(tmp_path: Path) -> None:
    async with opened(tmp_path, record(), limits=LedgerLimits(readers=1)) as ledger:
        reading = asyncio.create_task(run_endless(ledger))
        await asyncio.sleep(0.05)
        reading.cancel()
        with pytest.raises(asyncio.CancelledError):
            await reading
        assert (await ledger.queries.page()).total == 1


async def test_who_finds_no_free_connection_waits_no_longer_than_its_time(tmp_path: Path) -> None:
    async with opened(tmp_path, record(), limits=LedgerLimits(readers=1, query_timeout_s=0.2)) as ledger:
        lent = ledger._readers._free.get_nowait()
        with pytest.raises(TimeoutError):
            await ledger.queries.page()
        ledger._readers._free.put_nowait(lent)
        assert (await ledger.queries.page()).total == 1


async def test_many_readers_share_a_few_connections(tmp_path: Path) -> None:
    async with opened(tmp_path, record(), limits=LedgerLimits(readers=2)) as ledger:
        pages = await asyncio.gather(*(ledger.queries.page() for _ in range(50)))
        assert [page.total for page in pages] == [1] * 50


async def test_a_reading_connection_cannot_write(tmp_path: Path) -> None:
    async with opened(tmp_path, record()) as ledger, ledger._readers.lend() as db:
        with pytest.raises(Exception, match="attempt to write a readonly database"):
            await db.execute("DELETE FROM exchanges")
