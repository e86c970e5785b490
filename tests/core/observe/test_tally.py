"""The running figures: the same before a restart and after it, and rolling over by the clock."""

import asyncio
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta, tzinfo
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from proxy_core.exchange.outcome import Ending, Outcome
from proxy_core.exchange.record import Arrival, ExchangeRecord
from proxy_core.exchange.usage import Usage
from proxy_core.ledger.labels import Labels
from proxy_core.ledger.rows import interrupted
from proxy_core.observe.tally import FIRST_BYTES_KEPT, Tally
from proxy_core.observe.ticker import DAYS_KEPT, MINUTES_KEPT
from tests.core.ledger.opened import opened
from tests.core.ledger.samples import SECOND_NS, START_NS, arrival, record

BERLIN = ZoneInfo("Europe/Berlin")
MINUTE = timedelta(minutes=1)


@dataclass
class Clock:
    """Unix time that a test sets."""

    now: datetime

    def __call__(self) -> int:
        return int(self.now.timestamp()) * SECOND_NS + self.now.microsecond * 1000


def ended(moment: datetime, cost_nanousd: int = 1, number: int = 1) -> ExchangeRecord:
    return record(
        number,
        arrived=arrival(number, started_at_ns=int(moment.timestamp()) * SECOND_NS),
        duration_ms=0.0,
        cost_nanousd=cost_nanousd,
    )


def tally_at(now: datetime, zone: tzinfo = BERLIN) -> tuple[Tally, Clock]:
    clock = Clock(now)
    return Tally(zone=zone, now_ns=clock), clock


def test_the_last_hour_rolls_over_by_the_minute() -> None:
    noon = datetime(2026, 7, 2, 12, tzinfo=BERLIN)
    tally, clock = tally_at(noon)
    for minute in range(-70, 1):
        tally.add(ended(noon + minute * MINUTE, 1))
    assert tally.last_hour_nanousd == 60
    clock.now += timedelta(seconds=59)
    assert tally.last_hour_nanousd == 60
    clock.now += timedelta(seconds=1)
    assert tally.last_hour_nanousd == 59
    assert [moment.cost_nanousd for moment in tally.ticker.minutes()] == [1] * 59 + [0]
    clock.now += timedelta(hours=1)
    assert tally.last_hour_nanousd == 0


def test_today_and_this_month_begin_at_local_midnight() -> None:
    new_year = datetime(2027, 1, 1, tzinfo=BERLIN)
    tally, clock = tally_at(new_year - timedelta(seconds=1))
    tally.add(ended(new_year - timedelta(days=1, seconds=1), 1))
    tally.add(ended(new_year - timedelta(seconds=1), 10))
    assert (tally.today_nanousd, tally.month_nanousd) == (10, 11)
    clock.now = new_year
    assert (tally.today_nanousd, tally.month_nanousd) == (0, 0)
    tally.add(ended(new_year, 100))
    tally.add(ended(new_year - timedelta(seconds=1), 1000, 2))
    assert (tally.today_nanousd, tally.month_nanousd) == (100, 100)


def test_a_clock_that_is_set_back_finds_its_day_again() -> None:
    midnight = datetime(2026, 7, 2, tzinfo=BERLIN)
    tally, clock = tally_at(midnight - MINUTE)
    tally.add(ended(midnight - MINUTE, 5))
    clock.now = midnight + MINUTE
    tally.add(ended(midnight + MINUTE, 70))
    assert tally.today_nanousd == 70
    clock.now = midnight - MINUTE
    assert tally.today_nanousd == 5
    assert tally.last_hour_nanousd == 5


@pytest.mark.parametrize(
    ("day", "hours"),
    [(datetime(2026, 3, 29, tzinfo=BERLIN), 23), (datetime(2026, 10, 25, tzinfo=BERLIN), 25)],
)
def test_the_day_of_a_change_of_clocks_is_whole(day: datetime, hours: int) -> None:
    tally, clock = tally_at(day)
    start = day.astimezone(UTC)
    for hour in range(-1, hours + 1):
        tally.add(ended(start + timedelta(hours=hour), 1))
    clock.now = start + timedelta(hours=hours) - MINUTE
    assert tally.today_nanousd == hours


def test_the_burn_rate_is_of_the_last_ten_minutes() -> None:
    noon = datetime(2026, 7, 2, 12, tzinfo=BERLIN)
    tally, clock = tally_at(noon + timedelta(seconds=59, microseconds=999_999))
    tally.add(ended(noon - 10 * MINUTE, 10**9))
    for minute in range(10):
        tally.add(ended(noon - minute * MINUTE, 10**9))
    assert tally.burn_nanousd_per_h == pytest.approx(60 * 10**9, rel=1e-6)
    clock.now = noon + timedelta(seconds=30)
    assert tally.burn_nanousd_per_h == 10 * 10**9 * 3600 // 570
    clock.now = noon + 20 * MINUTE
    assert tally.burn_nanousd_per_h == 0


def test_what_it_remembers_is_bounded() -> None:
    start = datetime(2026, 1, 1, tzinfo=UTC)
    tally, clock = tally_at(start, UTC)
    for step in range(MINUTES_KEPT + 100):
        tally.add(ended(start + step * timedelta(days=1), 1, step))
    assert len(tally.ticker._minutes) == MINUTES_KEPT
    assert len(tally.ticker._days) == DAYS_KEPT
    tally.add(ended(start, 1))
    assert min(tally.ticker._minutes) > int(start.timestamp()) // 60
    clock.now = start + timedelta(days=MINUTES_KEPT + 99)
    assert tally.today_nanousd == 1


def test_first_bytes_are_of_the_latest_that_had_one() -> None:
    tally = Tally()
    assert tally.first_byte_ms(0.5) is None
    tally.add(record(first_byte_ms=None))
    assert tally.first_byte_ms(0.5) is None
    for number in range(FIRST_BYTES_KEPT * 2):
        tally.add(record(number, at_s=number, first_byte_ms=float(number)))
    assert tally.first_byte_ms(0.0) == FIRST_BYTES_KEPT
    assert tally.first_byte_ms(0.5) == FIRST_BYTES_KEPT * 1.5
    assert tally.first_byte_ms(1.0) == FIRST_BYTES_KEPT * 2 - 1


def test_unpriced_exchanges_are_counted_and_cost_nothing() -> None:
    tally, _ = tally_at(datetime.fromtimestamp(START_NS / SECOND_NS, UTC))
    tally.add(record(cost_nanousd=None))
    assert (tally.requests, tally.unpriced, tally.today_nanousd) == (1, 1, 0)


@dataclass(frozen=True)
class Restart:
    """The process ends and starts again; `killed` without a chance to settle what is under way."""


Step = ExchangeRecord | Arrival | Restart | timedelta
TIMES = st.integers(-3 * 24 * 3600, 600)
FACTS = {
    "model": st.sampled_from(["gpt-4o", "claude-opus-5-5", "qwen3:8b", ""]),
    "project": st.sampled_from(["default", "a", "other", ""]),
    "streaming": st.booleans(),
}
USAGES = st.none() | st.builds(
    Usage,
    input_tokens=st.integers(0, 10**6),
    cache_read_tokens=st.integers(0, 10**6),
    cache_write_1h_tokens=st.integers(0, 10**6),
    output_tokens=st.integers(0, 10**6),
    output_audio_tokens=st.integers(0, 10),
)
ARRIVALS = st.builds(lambda at_s, **facts: arrival(0, at_s=at_s, **facts), TIMES, **FACTS)
RECORDS = st.builds(
    lambda arrived, ending, cost, **facts: record(
        0, arrived=arrived, ending=ending, cost_nanousd=cost, outcome=Outcome(ending), **facts
    ),
    ARRIVALS,
    st.sampled_from([ending for ending in Ending if ending is not Ending.INTERRUPTED]),
    st.none() | st.integers(0, 10**12),
    usage=USAGES,
    upstream=st.sampled_from(["anthropic", "openai", ""]),
    status=st.sampled_from([0, 200, 429, 529]),
    sent_sha256=st.sampled_from(["", "ab" * 32, "cd" * 32]),
    first_byte_ms=st.none() | st.integers(0, 10**10).map(lambda ns: ns / 1e6),
    duration_ms=st.integers(0, 2 * 10**11).map(lambda ns: ns / 1e6),
)
STEPS = st.lists(
    RECORDS | RECORDS | ARRIVALS | st.just(Restart()) | st.integers(0, 40_000).map(lambda s: timedelta(seconds=s)),
    max_size=40,
)


def labels() -> Labels:
    return Labels(is_known_model=lambda name: name.startswith(("gpt", "claude")))


def view(tally: Tally) -> list[object]:
    """Everything that anybody can see of it."""
    ticker = tally.ticker
    quantiles = [tally.first_byte_ms(quantile) for quantile in (0.0, 0.5, 0.95, 1.0)]
    spent = [tally.last_hour_nanousd, tally.today_nanousd, tally.month_nanousd, tally.burn_nanousd_per_h]
    return [tally.figures, ticker.minutes(), ticker.today(), ticker.month(), quantiles, spent]


def numbered(steps: list[Step]) -> list[Step]:
    """The same steps, each exchange with an id of its own."""
    return [_numbered(step, number) for number, step in enumerate(steps)]


def _numbered(step: Step, number: int) -> Step:
    if isinstance(step, ExchangeRecord):
        return replace(step, arrival=replace(step.arrival, id=arrival(number).id))
    return replace(step, id=arrival(number).id) if isinstance(step, Arrival) else step


@settings(max_examples=60, deadline=None)
@given(STEPS)
async def test_restarts_change_no_figure(tmp_path_factory: pytest.TempPathFactory, steps: list[Step]) -> None:
    """Against a tally that lives through everything. What a restart finds under way has been interrupted."""
    directory = tmp_path_factory.mktemp("tally")
    clock = Clock(datetime.fromtimestamp(START_NS // SECOND_NS, UTC))
    steady = Tally(labels(), BERLIN, clock)
    under_way: list[Arrival] = []
    position = 0
    steps = numbered(steps)
    while position <= len(steps):
        async with opened(directory, labels=labels()) as ledger:
            for one in under_way:
                steady.add(interrupted(one))
            under_way = []
            tally = await Tally.restore(ledger, zone=BERLIN, now_ns=clock)
            assert view(tally) == view(steady)
            while position < len(steps) and not isinstance(step := steps[position], Restart):
                if isinstance(step, ExchangeRecord):
                    ledger.arrive(step.arrival)
                    ledger.settle(step)
                    tally.add(step)
                    steady.add(step)
                elif isinstance(step, Arrival):
                    ledger.arrive(step)
                    under_way.append(step)
                elif isinstance(step, timedelta):
                    clock.now += step
                    await asyncio.sleep(0)
                position += 1
            assert view(tally) == view(steady)
            position += 1


async def test_figures_survive_the_deletion_of_their_rows(tmp_path: Path) -> None:
    clock = Clock(datetime.fromtimestamp(START_NS // SECOND_NS, UTC))
    told = [record(number, at_s=-number * 3600) for number in range(100)]
    async with opened(tmp_path, *told, now_ns=clock) as ledger:
        before = await Tally.restore(ledger, zone=BERLIN, now_ns=clock)
        assert await ledger.delete_old(1) > 50
        after = await Tally.restore(ledger, zone=BERLIN, now_ns=clock)
        assert (after.requests, after.month_nanousd) == (100, before.month_nanousd)
        assert view(after)[:4] == view(before)[:4]
