"""Deleting old rows: in steps, beside the traffic, and without any total shrinking."""

import asyncio
from pathlib import Path

import pytest

from proxy_core.exchange.record import ExchangeRecord
from proxy_core.ledger import retention
from proxy_core.ledger.buckets import Span
from proxy_core.ledger.check import problems
from proxy_core.ledger.figures import MINUTE_NS
from tests.core.ledger.opened import FILE_NAME, opened
from tests.core.ledger.samples import START_NS, record

DAY_S = 24 * 3600


def now_ns() -> int:
    return START_NS


def aged(*ages_days: float) -> list[ExchangeRecord]:
    """One exchange of each age."""
    return [record(number, at_s=-age * DAY_S) for number, age in enumerate(ages_days)]


async def test_only_what_is_older_goes_and_no_total_shrinks(tmp_path: Path) -> None:
    told = aged(29.9, 30.1, 31, 400, 0)
    async with opened(tmp_path, *told, now_ns=now_ns) as ledger:
        before = await ledger.totals()
        assert await ledger.delete_old(30) == 3
        assert await ledger.delete_old(30) == 0
        kept = {one.id for one in (await ledger.queries.page()).records}
        assert kept == {told[0].id, told[4].id}
        assert await ledger.totals() == before
        assert before.all.requests == 5
    assert await problems(tmp_path / FILE_NAME) == []


async def test_history_outlives_the_rows(tmp_path: Path) -> None:
    old = aged(40, 40, 1200)
    async with opened(tmp_path, *old, now_ns=now_ns) as ledger:
        await ledger.delete_old(30)
        first = START_NS // MINUTE_NS // 15 * 15 - 41 * 24 * 60
        (sums,) = await ledger.history.over_time([Span(first, first + 2 * 24 * 60)])
        assert sums.requests == 2
        assert (await ledger.spend.sums()).requests == 0


async def test_sums_by_minute_and_quarter_have_an_age_too(tmp_path: Path) -> None:
    old = aged(101, 1101, 50)
    async with opened(tmp_path, *old, now_ns=now_ns) as ledger:
        await ledger.delete_old(30)
        assert len(await ledger.latest_minutes(10)) == 1
        whole = [Span(0, START_NS // MINUTE_NS // 15 * 15 + 15)]
        assert [sums.requests for sums in await ledger.history.over_time(whole)] == [2]
        assert (await ledger.totals()).all.requests == 3


async def test_writing_goes_on_between_the_steps(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(retention, "_PAUSE_S", 0.001)
    old = aged(*[60.0] * 1300)
    async with opened(tmp_path, *old, now_ns=now_ns) as ledger:
        deleting = asyncio.create_task(ledger.delete_old(30))
        for number in range(2000, 2050):
            ledger.settle(record(number))
            await ledger.flush()
        assert await deleting == 1300
        assert (await ledger.queries.page()).total == 50
        assert (await ledger.totals()).all.requests == 1350


async def test_it_may_be_cancelled_at_any_moment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A transaction that is given up half-way must not stay open for the next one."""
    monkeypatch.setattr(retention, "_AT_A_TIME", 5)
    monkeypatch.setattr(retention, "_PAUSE_S", 0.0)
    async with opened(tmp_path, *aged(*[60.0] * 600), now_ns=now_ns) as ledger:
        for turns in range(60):
            deleting = asyncio.create_task(ledger.delete_old(30))
            for _ in range(turns):
                await asyncio.sleep(0)
            deleting.cancel()
            await asyncio.gather(deleting, return_exceptions=True)
            ledger.settle(record(1000 + turns))
            await ledger.flush()
            assert ledger.healthy
        assert (await ledger.totals()).all.requests == 660
        await ledger.delete_old(30)
        assert (await ledger.queries.page()).total == 60
