from pathlib import Path
from typing import Any

import pytest

from proxy_core.exchange.outcome import Ending
from proxy_core.exchange.record import ExchangeRecord
from tests.core.api import samples
from tests.core.api.stand import Stand, stand


async def listed(api: Stand, query: str) -> Any:  # noqa: ANN401 - whatever JSON there is
    reply = await api.client.get(f"/api/requests?{query}")
    assert reply.status_code == 200, reply.text
    return reply.json()


async def ids(api: Stand, query: str) -> list[str]:
    return [item["id"] for item in (await listed(api, query))["requests"]]


def settle_five(api: Stand) -> list[ExchangeRecord]:
    """One plain exchange and four that differ from it in something."""
    return [
        api.settle(samples.record()),
        api.settle(samples.record(samples.arrival(project="shop"), cost_nanousd=900_000_000, duration_ms=9.0)),
        api.settle(samples.record(samples.arrival(model="gpt-5", client="codex/0.40"), upstream="openai")),
        api.settle(samples.record(ending=Ending.UPSTREAM_ERROR, status=529, cost_nanousd=0)),
        api.settle(samples.record(samples.arrival(session="s-2"), ending=Ending.REFUSED, status=429, upstream="")),
    ]


@pytest.mark.parametrize(
    ("query", "positions"),
    [
        ("", [4, 3, 2, 1, 0]),
        ("order=asc", [0, 1, 2, 3, 4]),
        ("project=shop", [1]),
        ("model=gpt-5", [2]),
        ("provider=openai", [2]),
        ("upstream=openai", [2]),
        ("client=codex/0.40", [2]),
        ("session=s-2", [4]),
        ("status=529", [3]),
        ("status=4xx", [4]),
        ("status=5", [3]),
        ("ending=refused", [4]),
        ("min_cost=0.5", [1]),
        ("q=GPT", [2]),
        ("q=wrong", [4, 3]),
        ("sort=duration&limit=2&order=asc", [1, 0]),
        ("sort=cost&limit=1", [1]),
        ("project=shop&model=gpt-5", []),
        ("since=2262-01-01T00:00:00Z", None),
    ],
)
async def test_filters(tmp_path: Path, query: str, positions: list[int] | None) -> None:
    async with stand(tmp_path) as api:
        records = settle_five(api)
        if positions is None:
            assert (await api.client.get(f"/api/requests?{query}")).status_code == 400
            return
        assert await ids(api, query) == [records[position].id for position in positions]


async def test_since_is_inclusive_and_until_is_not(tmp_path: Path) -> None:
    start_s = 1_760_000_000
    async with stand(tmp_path) as api:
        records = [
            api.settle(samples.record(samples.arrival(started_at_ns=(start_s + second) * 1_000_000_000)))
            for second in range(4)
        ]
        found = await ids(api, f"since={start_s + 1}&until={start_s + 3}&order=asc")
    assert found == [records[1].id, records[2].id]


async def test_pages_cover_the_list_without_gaps(tmp_path: Path) -> None:
    async with stand(tmp_path) as api:
        records = settle_five(api)
        pages = [await listed(api, f"limit=2&page={page}") for page in (1, 2, 3, 4)]
    assert [len(page["requests"]) for page in pages] == [2, 2, 1, 0]
    assert {page["total"] for page in pages} == {5}
    assert [page["page"] for page in pages] == [1, 2, 3, 4]
    found = [item["id"] for page in pages for item in page["requests"]]
    assert found == [record.id for record in reversed(records)]


async def test_next_goes_on_where_a_page_ended_though_new_exchanges_settle(tmp_path: Path) -> None:
    async with stand(tmp_path) as api:
        records = settle_five(api)
        first = await listed(api, "limit=3")
        api.settle(samples.record())
        second = await listed(api, f"limit=3&after={first['next']}")
    assert [item["id"] for item in second["requests"]] == [records[1].id, records[0].id]
    assert second["next"] is None


async def test_live_exchanges_come_first_when_asked_for(tmp_path: Path) -> None:
    async with stand(tmp_path) as api:
        settled = settle_five(api)
        older, newer = api.open(samples.arrival()), api.open(samples.arrival(project="shop"))
        without = await listed(api, "limit=2")
        first = await listed(api, "limit=2&live=1")
        second = await listed(api, "limit=2&live=1&page=2")
    assert [item["id"] for item in without["requests"]] == [settled[4].id, settled[3].id]
    assert [item["id"] for item in first["requests"]] == [
        newer.arrival.id,
        older.arrival.id,
        settled[4].id,
        settled[3].id,
    ]
    assert (first["live"], first["total"], without["live"], second["live"]) == (2, 5, 0, 0)
    assert [item["id"] for item in second["requests"]] == [settled[2].id, settled[1].id]


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ("project=default", 1),
        ("project=shop", 0),
        ("model=claude-sonnet-4-5", 1),
        ("model=served", 1),
        ("model=other", 0),
        ("provider=anthropic", 1),
        ("provider=openai", 0),
        ("client=claude-cli/2.1.329", 1),
        ("session=s-2", 0),
        ("status=200", 1),
        ("status=2xx", 1),
        ("status=4xx", 0),
        ("ending=completed", 0),
        ("min_cost=0", 0),
        ("q=SONNET", 1),
        ("q=messages", 1),
        ("q=nothing", 0),
        ("since=2020-01-01", 1),
        ("until=2020-01-01", 0),
    ],
)
async def test_filters_hold_for_live_exchanges_too(tmp_path: Path, query: str, count: int) -> None:
    async with stand(tmp_path) as api:
        live = api.open(samples.arrival())
        live.upstream, live.status, live.served_model = "anthropic", 200, "served"
        assert (await listed(api, f"live=1&{query}"))["live"] == count


async def test_an_exchange_that_ends_while_the_list_is_read_is_shown_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with stand(tmp_path) as api:
        live = api.open(samples.arrival())
        flush = api.state.ledger.flush

        async def end_it_then_flush() -> None:
            api.settle(samples.record(live.arrival))
            await flush()

        monkeypatch.setattr(api.state.ledger, "flush", end_it_then_flush)
        page = await listed(api, "live=1")
    assert [(item["id"], item["state"]) for item in page["requests"]] == [(live.arrival.id, "settled")]
    assert page["live"] == 0


async def test_an_exchange_is_listed_as_soon_as_it_has_settled(tmp_path: Path) -> None:
    async with stand(tmp_path) as api:
        for count in range(1, 6):
            record = api.settle(samples.record())
            page = await listed(api, "limit=1")
            assert (page["total"], page["requests"][0]["id"]) == (count, record.id)


async def test_a_bad_parameter_is_an_answer_and_not_a_fault(tmp_path: Path) -> None:
    async with stand(tmp_path) as api:
        reply = await api.client.get("/api/requests?limit=0")
    assert reply.status_code == 400
    assert reply.json() == {"error": "Parameter 'limit' must be a whole number from 1 to 500."}


async def test_a_filter_expression(tmp_path: Path) -> None:
    async with stand(tmp_path) as api:
        records = settle_five(api)
        assert await ids(api, "filter=cost%20%3E%200.5") == [records[1].id]
        assert await ids(api, "filter=status%204xx%20or%20gpt") == [records[4].id, records[2].id]
        refused = await api.client.get("/api/requests?filter=cst%20%3E%203")
    assert refused.status_code == 400
    assert refused.json() == {
        "error": "Parameter 'filter' is no filter: there is no field 'cst'; did you mean cost? (at 1)."
    }
