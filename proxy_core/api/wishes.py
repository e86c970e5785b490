"""What a list of exchanges is asked for, read from its query."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from proxy_core.api.parameters import (
    BadParameter,
    choice,
    expression,
    flag,
    gathered,
    moment,
    nanousd,
    status,
    text,
    whole,
)
from proxy_core.exchange.outcome import Ending
from proxy_core.ledger.filter import Filter
from proxy_core.ledger.queries import PAGE_ROWS_MAX, Position, Sort

SORTS: Mapping[str, Sort] = {sort.name.lower(): sort for sort in Sort}
ENDINGS: Mapping[str, Ending] = {ending.value: ending for ending in Ending}
_PAGES_MAX = 1_000_000

PARAMETERS = frozenset(
    {"page", "limit", "after", "sort", "order", "live"}
    | {"project", "model", "upstream", "provider", "client", "session", "status", "ending"}
    | {"since", "until", "min_cost", "q", "filter"}
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
        expression=expression(given, "filter"),
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
