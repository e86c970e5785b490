"""What the ledger is told is what it tells."""

import stat
from pathlib import Path

from proxy_core.exchange.identity import ExchangeId
from proxy_core.ledger import Ledger
from tests.core.ledger.samples import arrival, record


async def test_a_settled_exchange_reads_back_as_it_was(tmp_path: Path) -> None:
    ledger = await Ledger.open(tmp_path / "tokenman.db")
    told = record()
    ledger.arrive(told.arrival)
    ledger.settle(told)
    await ledger.flush()
    assert await ledger.queries.get(told.id) == told
    assert (await ledger.queries.page()).records == [told]
    await ledger.close()


async def test_an_arrival_that_was_already_written_is_completed_by_its_record(tmp_path: Path) -> None:
    ledger = await Ledger.open(tmp_path / "tokenman.db")
    told = record()
    ledger.arrive(told.arrival)
    await ledger.flush()
    assert await ledger.queries.get(told.id) is None
    ledger.settle(told)
    await ledger.flush()
    assert await ledger.queries.get(told.id) == told
    assert (await ledger.queries.page()).total == 1
    await ledger.close()


async def test_closing_writes_what_waits(tmp_path: Path) -> None:
    ledger = await Ledger.open(tmp_path / "tokenman.db")
    for number in range(1200):
        ledger.settle(record(number))
    await ledger.close()
    again = await Ledger.open(tmp_path / "tokenman.db")
    assert (await again.queries.page()).total == 1200
    assert (await again.totals()).all.requests == 1200
    await again.close()


async def test_only_its_owner_can_read_the_file(tmp_path: Path) -> None:
    ledger = await Ledger.open(tmp_path / "data" / "tokenman.db")
    ledger.arrive(arrival())
    await ledger.flush()
    for part in (tmp_path / "data").iterdir():
        assert stat.S_IMODE(part.stat().st_mode) == 0o600
    assert stat.S_IMODE((tmp_path / "data").stat().st_mode) == 0o700
    await ledger.close()


async def test_an_unknown_id_is_nothing(tmp_path: Path) -> None:
    ledger = await Ledger.open(tmp_path / "tokenman.db")
    assert await ledger.queries.get(ExchangeId("no such")) is None
    await ledger.close()
