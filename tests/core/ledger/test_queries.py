"""Lists of exchanges: filtered, sorted, page by page."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from proxy_core.exchange.outcome import Ending, Outcome
from proxy_core.exchange.record import ExchangeRecord
from proxy_core.exchange.usage import Usage
from proxy_core.ledger.filter import Filter
from proxy_core.ledger.queries import Page, Position, Queries, Sort
from tests.core.ledger.opened import opened
from tests.core.ledger.samples import SECOND_NS, START_NS, arrival, record

START = datetime.fromtimestamp(START_NS // SECOND_NS, UTC)
DAY = [
    record(0, at_s=0),
    record(
        1, at_s=10, upstream="openai", served_model="gpt-4o-2024-08-06", arrived=arrival(1, at_s=10, model="gpt-4o")
    ),
    record(2, at_s=20, status=429, ending=Ending.UPSTREAM_ERROR, cost_nanousd=None, usage=None),
    record(3, at_s=30, status=499, ending=Ending.CLIENT_LEFT, outcome=Outcome(Ending.CLIENT_LEFT, "50%_left\\early")),
    record(4, at_s=40, cost_nanousd=5_000_000_000, arrived=arrival(4, at_s=40, project="Ünïcode", session="s2")),
    record(5, at_s=50, arrived=arrival(5, at_s=50, client="codex/1.0", path="/v1/responses")),
]


def numbers(page: Page) -> list[int]:
    return [int(one.id, 16) for one in page.records]


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        (Filter(), [5, 4, 3, 2, 1, 0]),
        (Filter(since=START + timedelta(seconds=30)), [5, 4, 3]),
        (Filter(until=START + timedelta(seconds=30)), [2, 1, 0]),
        (Filter(since=START + timedelta(seconds=20), until=START + timedelta(seconds=40)), [3, 2]),
        (Filter(project="Ünïcode"), [4]),
        (Filter(project="ünïcode"), []),
        (Filter(model="gpt-4o"), [1]),
        (Filter(model="gpt-4o-2024-08-06"), [1]),
        (Filter(model="gpt"), []),
        (Filter(upstream="openai"), [1]),
        (Filter(client="codex/1.0"), [5]),
        (Filter(session="s2"), [4]),
        (Filter(status=4), [3, 2]),
        (Filter(status=429), [2]),
        (Filter(status=5), []),
        (Filter(ending=Ending.CLIENT_LEFT), [3]),
        (Filter(cost_min_nanousd=0), [5, 4, 3, 1, 0]),
        (Filter(cost_min_nanousd=1_000_001), [4]),
        (Filter(text="GPT-4"), [1]),
        (Filter(text="respon"), [5]),
        (Filter(text="50%_left\\"), [3]),
        (Filter(text="5%"), []),
        (Filter(text="_"), [3]),
        (Filter(text="did not go"), [2]),
        (Filter(text="x' OR 1=1 --"), []),
        (Filter(upstream="anthropic", status=2, project="default"), [5, 0]),
    ],
)
async def test_a_filter_takes_what_it_says(tmp_path: Path, wanted: Filter, found: list[int]) -> None:
    async with opened(tmp_path, *DAY) as ledger:
        page = await ledger.queries.page(wanted)
        assert numbers(page) == found
        assert page.total == len(found)
        assert page.next is None


async def test_a_time_without_a_zone_is_refused(tmp_path: Path) -> None:
    async with opened(tmp_path) as ledger:
        with pytest.raises(ValueError, match="needs a zone"):
            await ledger.queries.page(Filter(since=datetime(2026, 1, 1)))


@pytest.mark.parametrize(
    ("sort", "descending", "found"),
    [
        (Sort.TIME, True, [4, 3, 2, 1, 0]),
        (Sort.TIME, False, [0, 1, 2, 3, 4]),
        (Sort.COST, True, [3, 1, 0, 2, 4]),
        (Sort.COST, False, [4, 2, 0, 1, 3]),
        (Sort.DURATION, True, [0, 4, 3, 2, 1]),
        (Sort.TOKENS, True, [1, 4, 3, 0, 2]),
    ],
)
async def test_unknown_amounts_sort_last_and_equals_by_row(
    tmp_path: Path,
    sort: Sort,
    descending: bool,
    found: list[int],
) -> None:
    told = [
        record(0, at_s=0, cost_nanousd=20, duration_ms=9000.0),
        record(1, at_s=1, cost_nanousd=20, usage=Usage(output_tokens=90_000)),
        record(2, at_s=2, cost_nanousd=0, usage=None),
        record(3, at_s=3, cost_nanousd=10**15),
        record(4, at_s=4, cost_nanousd=None),
    ]
    async with opened(tmp_path, *told) as ledger:
        assert numbers(await ledger.queries.page(sort=sort, descending=descending)) == found


async def through_all(queries: Queries, sort: Sort, limit: int, *, descending: bool) -> list[int]:
    seen: list[int] = []
    after: Position | None = None
    while True:
        page = await queries.page(sort=sort, descending=descending, after=after, limit=limit)
        assert page.total == 60
        seen += numbers(page)
        if page.next is None:
            return seen
        after = Position.parse(str(page.next))


@pytest.mark.parametrize("sort", Sort)
@pytest.mark.parametrize("limit", [1, 7, 60, 61])
async def test_page_by_page_is_the_whole_list(tmp_path: Path, sort: Sort, limit: int) -> None:
    """With equal and unknown values, at every page size, in both directions."""

    def told(number: int) -> ExchangeRecord:
        cost = None if number % 5 == 0 else number % 3
        return record(number, at_s=number // 4, cost_nanousd=cost, duration_ms=float(number % 2))

    async with opened(tmp_path, *map(told, range(60))) as ledger:
        whole = numbers(await ledger.queries.page(sort=sort, limit=500))
        assert await through_all(ledger.queries, sort, limit, descending=True) == whole
        assert await through_all(ledger.queries, sort, limit, descending=False) == whole[::-1]
        if limit == 7:
            by_page = [await ledger.queries.page(sort=sort, page=page, limit=7) for page in range(1, 10)]
            assert [number for page in by_page for number in numbers(page)] == whole


async def test_rows_that_arrive_meanwhile_do_not_shift_the_next_page(tmp_path: Path) -> None:
    async with opened(tmp_path, *(record(number, at_s=number) for number in range(10))) as ledger:
        first = await ledger.queries.page(limit=4)
        ledger.settle(record(99, at_s=99))
        await ledger.flush()
        second = await ledger.queries.page(limit=4, after=first.next)
        assert numbers(first) + numbers(second) == [9, 8, 7, 6, 5, 4, 3, 2]


@pytest.mark.parametrize("text", ["", "1", "1.x", "x.1", "1.2.3", "9" * 40 + ".1", "٣.1", " 1.1"])
def test_a_position_that_no_page_gave_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="no position in a list"):
        Position.parse(text)


@pytest.mark.parametrize("asked", [{"limit": 0}, {"limit": 501}, {"page": 0}])
async def test_a_page_has_bounds(tmp_path: Path, asked: dict[str, int]) -> None:
    async with opened(tmp_path) as ledger:
        with pytest.raises(ValueError, match="A page has 1 to 500 rows"):
            await ledger.queries.page(limit=asked.get("limit", 50), page=asked.get("page", 1))
