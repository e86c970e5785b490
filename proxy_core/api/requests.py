"""`/api/requests`: exchanges, paged and filtered, and everything about one of them."""

import asyncio
import contextlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from proxy_core.api.exchange_items import Item, live_detail, live_item, settled_detail, settled_item
from proxy_core.api.parameters import BadParameter, choice, flag, gathered, moment, nanousd, status, text, whole
from proxy_core.exchange.identity import ExchangeId
from proxy_core.exchange.outcome import Ending
from proxy_core.exchange.record import ExchangeRecord
from proxy_core.ledger.filter import Filter
from proxy_core.ledger.queries import PAGE_ROWS_MAX, Position, Sort
from proxy_core.live import LiveExchange
from proxy_core.state import EngineState

SORTS: Mapping[str, Sort] = {sort.name.lower(): sort for sort in Sort}
ENDINGS: Mapping[str, Ending] = {ending.value: ending for ending in Ending}
_PAGES_MAX = 1_000_000
_CATCH_UP_S = 1.0
_ITEMS_AT_A_STRETCH = 100

PARAMETERS = frozenset(
    {"page", "limit", "after", "sort", "order", "live"}
    | {"project", "model", "upstream", "provider", "client", "session", "status", "ending"}
    | {"since", "until", "min_cost", "q"}
)


@dataclass(frozen=True, slots=True)
class Wish:
    """What a list is asked for."""

    filter: Filter
    sort: Sort
    descending: bool
    page: int
    limit: int
    after: Position | None
    live: bool


def read_wish(pairs: Iterable[tuple[str, str]]) -> Wish:
    """Raises BadParameter."""
    given = gathered(pairs, PARAMETERS)
    return Wish(
        filter=_filter(given),
        sort=choice(given, "sort", SORTS) or Sort.TIME,
        descending=_descending(given),
        page=whole(given, "page", default=1, low=1, high=_PAGES_MAX),
        limit=whole(given, "limit", default=50, low=1, high=PAGE_ROWS_MAX),
        after=_position(given),
        live=flag(given, "live"),
    )


async def listing(state: EngineState, pairs: Iterable[tuple[str, str]]) -> Item:
    """With `live=1` the exchanges under way come first on the first page, on top of its `limit`: so later pages stay
    where they are while exchanges end. `total` counts settled ones."""
    wish = read_wish(pairs)
    first = wish.page == 1 and wish.after is None
    under_way = [live_item(live) for live in _under_way(state, wish.filter)] if wish.live and first else []
    await _catch_up(state)
    page = await state.ledger.queries.page(
        wish.filter,
        sort=wish.sort,
        descending=wish.descending,
        after=wish.after,
        page=wish.page,
        limit=wish.limit,
    )
    return {
        "page": wish.page,
        "limit": wish.limit,
        "total": page.total,
        "live": len(under_way),
        "next": None if page.next is None else str(page.next),
        "requests": [*under_way, *await _settled(page.records)],
    }


async def _settled(records: Sequence[ExchangeRecord]) -> list[Item]:
    """A hundred take two milliseconds, and others wait."""
    items: list[Item] = []
    for start in range(0, len(records), _ITEMS_AT_A_STRETCH):
        items += map(settled_item, records[start : start + _ITEMS_AT_A_STRETCH])
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
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(_CATCH_UP_S):
            await state.ledger.flush()


def _filter(given: Mapping[str, str]) -> Filter:
    if "upstream" in given and "provider" in given:
        raise BadParameter("Parameters 'upstream' and 'provider' mean the same: give one of them.")
    return Filter(
        since=moment(given, "since"),
        until=moment(given, "until"),
        project=text(given, "project"),
        model=text(given, "model"),
        upstream=text(given, "provider" if "provider" in given else "upstream"),
        client=text(given, "client"),
        session=text(given, "session"),
        status=status(given, "status"),
        ending=choice(given, "ending", ENDINGS),
        cost_min_nanousd=nanousd(given, "min_cost"),
        text=text(given, "q") or "",
    )


def _descending(given: Mapping[str, str]) -> bool:
    order = given.get("order", "desc")
    if order not in {"asc", "desc"}:
        raise BadParameter("Parameter 'order' must be asc or desc.")
    return order == "desc"


def _position(given: Mapping[str, str]) -> Position | None:
    if "after" not in given:
        return None
    if "page" in given:
        raise BadParameter("Parameters 'after' and 'page' exclude each other: give one of them.")
    try:
        position = Position.parse(given["after"][:100])
    except ValueError:
        position = None
    if position is None or max(abs(position.value), position.row) >= 1 << 63:
        raise BadParameter("Parameter 'after' must be the 'next' of the page before.")
    return position


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
        and any(wanted.text.lower() in told.lower() for told in (*models, arrival.path))
    )
