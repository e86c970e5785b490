"""`/api/requests`: exchanges, paged and filtered, and everything about one of them."""

import asyncio
import contextlib
import time
from collections.abc import Callable, Iterable, Sequence
from typing import TypeVar

from proxy_core.api.exchange_items import Item, live_detail, live_item, settled_detail, settled_item
from proxy_core.api.wishes import read_wish
from proxy_core.asking import look
from proxy_core.exchange.identity import ExchangeId
from proxy_core.expression import matcher
from proxy_core.ledger.filter import Filter
from proxy_core.live import LiveExchange
from proxy_core.state import EngineState

T = TypeVar("T")
_CATCH_UP_S = 1.0
_ITEMS_AT_A_STRETCH = 100


async def listing(state: EngineState, pairs: Iterable[tuple[str, str]]) -> Item:
    """With `live=1` the exchanges under way come first on the first page, on top of its `limit`: so later pages stay
    where they are while exchanges end. `total` counts settled ones."""
    wish = read_wish(pairs)
    first = wish.page == 1 and wish.after is None
    under_way = _under_way(state, wish.filter) if wish.live and first else []
    await _catch_up(state)
    page = await state.ledger.queries.page(
        wish.filter,
        sort=wish.sort,
        descending=wish.descending,
        after=wish.after,
        page=wish.page,
        limit=wish.limit,
    )
    ended_meanwhile = {record.id for record in page.records}
    under_way = [live for live in under_way if live.arrival.id not in ended_meanwhile]
    return {
        "page": wish.page,
        "limit": wish.limit,
        "total": page.total,
        "live": len(under_way),
        "next": None if page.next is None else str(page.next),
        "requests": [*await _shaped(live_item, under_way), *await _shaped(settled_item, page.records)],
    }


async def _shaped(shape: Callable[[T], Item], exchanges: Sequence[T]) -> list[Item]:
    """A hundred take two milliseconds, and others wait."""
    items: list[Item] = []
    for start in range(0, len(exchanges), _ITEMS_AT_A_STRETCH):
        items += map(shape, exchanges[start : start + _ITEMS_AT_A_STRETCH])
        await asyncio.sleep(0)
    return items


async def one(state: EngineState, exchange_id: str) -> Item | None:
    """None when there is no such exchange."""
    known = ExchangeId(exchange_id)
    live = state.live.get(known)
    if live is not None:
        return live_detail(live)
    await _catch_up(state)
    record = await state.ledger.queries.get(known)
    return None if record is None else settled_detail(record)


async def _catch_up(state: EngineState) -> None:
    """What has just ended is a commit away from its row. While the disk fails, the rows that are there must do."""
    if not state.ledger.healthy:
        return
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(_CATCH_UP_S):
            await state.ledger.flush()


def _under_way(state: EngineState, wanted: Filter) -> list[LiveExchange]:
    """Newest first. How an exchange ends and what it costs is not known yet, so that filters on those take none."""
    if wanted.ending is not None or wanted.cost_min_nanousd is not None:
        return []
    return [live for live in reversed(tuple(state.live.all())) if _fits(live, wanted)]


def _fits(live: LiveExchange, wanted: Filter) -> bool:
    arrival = live.arrival
    started_s = arrival.started_at_ns / 1e9
    models = (arrival.model, live.served_model)
    return (
        wanted.project in {None, arrival.project}
        and wanted.upstream in {None, live.upstream}
        and wanted.client in {None, arrival.client}
        and wanted.session in {None, arrival.session}
        and (wanted.model is None or wanted.model in models)
        and (wanted.status is None or wanted.status in {live.status, live.status // 100})
        and (wanted.since is None or started_s >= wanted.since.timestamp())
        and (wanted.until is None or started_s < wanted.until.timestamp())
        and (wanted.expression is None or matcher(wanted.expression)(look(live, time.time_ns())))
        and any(wanted.text.lower() in told.lower() for told in (*models, arrival.path))
    )
