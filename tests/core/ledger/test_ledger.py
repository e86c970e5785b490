"""What the ledger is told is what it tells."""

import asyncio
import stat
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from proxy_core.exchange.identity import ExchangeId
from proxy_core.exchange.outcome import Ending, Outcome
from proxy_core.exchange.record import Bill, ExchangeRecord, PriceLine
from proxy_core.exchange.usage import Usage
from proxy_core.ledger import Ledger, LedgerUnusable
from tests.core.ledger.opened import FILE_NAME, opened
from tests.core.ledger.samples import USAGE, arrival, record


async def test_a_settled_exchange_reads_back_as_it_was(tmp_path: Path) -> None:
    told = record()
    async with opened(tmp_path) as ledger:
        ledger.arrive(told.arrival)
        ledger.settle(told)
        await ledger.flush()
        assert await ledger.queries.get(told.id) == told
        assert (await ledger.queries.page()).records == [told]


async def test_an_arrival_that_was_already_written_is_completed_by_its_record(tmp_path: Path) -> None:
    told = record()
    async with opened(tmp_path) as ledger:
        ledger.arrive(told.arrival)
        await ledger.flush()
        assert await ledger.queries.get(told.id) is None
        ledger.settle(told)
        await ledger.flush()
        assert await ledger.queries.get(told.id) == told
        assert (await ledger.queries.page()).total == 1
    async with opened(tmp_path) as ledger:
        assert ledger.interrupted_rows == 0


async def test_closing_writes_what_waits(tmp_path: Path) -> None:
    async with opened(tmp_path) as ledger:
        for number in range(1200):
            ledger.settle(record(number))
    async with opened(tmp_path) as ledger:
        assert (await ledger.queries.page()).total == 1200
        assert (await ledger.totals()).all.requests == 1200


async def test_flushing_waits_for_no_later_row(tmp_path: Path) -> None:
    """Under load the buffer is never empty; a flush ends all the same."""
    async with opened(tmp_path) as ledger:
        numbers = iter(range(100_000))

        async def keep_telling() -> None:
            while True:
                ledger.settle(record(next(numbers)))
                await asyncio.sleep(0)

        telling = asyncio.create_task(keep_telling())
        async with asyncio.timeout(10):
            await asyncio.gather(*(ledger.flush() for _ in range(20)))
        telling.cancel()
        with pytest.raises(asyncio.CancelledError):
            await telling


async def test_unknown_usage_and_price_stay_unknown(tmp_path: Path) -> None:
    told = record(usage=None, cost_nanousd=None, first_byte_ms=None)
    async with opened(tmp_path, told) as ledger:
        found = await ledger.queries.get(told.id)
        assert found == told
        assert found is not None
        assert (found.usage, found.bill, found.first_byte_ms) == (None, None, None)


async def test_text_that_no_utf8_can_hold_is_kept_as_far_as_it_can_be(tmp_path: Path) -> None:
    told = record(arrived=arrival(model="gpt\ud800\x00[bold]", path="/v1/\udcff"))
    async with opened(tmp_path, told) as ledger:
        found = await ledger.queries.get(told.id)
        assert found is not None
        assert found.arrival.model == "gpt?\x00[bold]"
        assert ledger.rows_lost == 0


async def test_only_its_owner_can_read_the_files(tmp_path: Path) -> None:
    async with opened(tmp_path / "data", record()):
        for part in (tmp_path / "data").iterdir():
            assert stat.S_IMODE(part.stat().st_mode) == 0o600
        assert stat.S_IMODE((tmp_path / "data").stat().st_mode) == 0o700


async def test_an_unknown_id_is_nothing(tmp_path: Path) -> None:
    async with opened(tmp_path) as ledger:
        assert await ledger.queries.get(ExchangeId("no such")) is None


async def test_two_ledgers_do_not_share_a_file(tmp_path: Path) -> None:
    async with opened(tmp_path):
        with pytest.raises(LedgerUnusable, match="Another TokenMan is using the ledger"):
            await Ledger.open(tmp_path / FILE_NAME)
    async with opened(tmp_path) as ledger:
        assert ledger.healthy


counts = st.integers(0, 2**40)
texts = st.text(st.characters(codec="utf-8"), max_size=30)
usages = st.builds(
    Usage,
    *[counts] * 9,
    service_tier=texts,
    estimated=st.booleans(),
)
lines = st.builds(
    PriceLine,
    texts,
    counts,
    st.decimals(0, 10_000, places=6).map(Decimal),
    counts,
)
records = st.builds(
    lambda number, **facts: replace(record(number), **facts),
    st.integers(0, 2**60),
    outcome=st.builds(Outcome, st.sampled_from(Ending), texts),
    status=st.integers(0, 999),
    usage=st.none() | usages,
    bill=st.none() | st.builds(Bill, st.lists(lines, max_size=4).map(tuple)),
    reply_bytes=counts,
    first_byte_ms=st.none() | st.integers(0, 10**15).map(lambda ns: ns / 1e6),
    duration_ms=st.integers(0, 10**15).map(lambda ns: ns / 1e6),
)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(records, max_size=20, unique_by=lambda told: told.id))
async def test_any_record_reads_back_as_it_was(
    tmp_path_factory: pytest.TempPathFactory, told: list[ExchangeRecord]
) -> None:
    async with opened(tmp_path_factory.mktemp("ledger"), *told) as ledger:
        for one in told:
            assert await ledger.queries.get(one.id) == one
        assert ledger.rows_lost == 0


async def test_a_usage_keeps_every_count_apart(tmp_path: Path) -> None:
    usage = Usage(1, 2, 3, 4, 5, 6, 7, 8, 9, "batch", estimated=True)
    async with opened(tmp_path, record(usage=usage), record(2, usage=USAGE)) as ledger:
        found = await ledger.queries.get(record().id)
        assert found is not None
        assert found.usage == usage
