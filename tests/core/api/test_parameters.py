import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from proxy_core.api import parameters
from proxy_core.api.parameters import BadParameter
from proxy_core.api.wishes import PARAMETERS, read_wish
from proxy_core.ledger.filter import unix_ns
from proxy_core.ledger.queries import Sort

Reader = Callable[[Mapping[str, str], str], object]


@pytest.mark.parametrize(
    ("read", "text", "value"),
    [
        (parameters.moment, "2025-01-31T08:00:00Z", datetime(2025, 1, 31, 8, tzinfo=UTC)),
        (parameters.moment, "2025-01-31T08:00:00", datetime(2025, 1, 31, 8, tzinfo=UTC)),
        (parameters.moment, "2025-01-31T08:00:00+02:00", datetime(2025, 1, 31, 6, tzinfo=UTC)),
        (parameters.moment, "2025-01-31T08:00:00 02:00", datetime(2025, 1, 31, 6, tzinfo=UTC)),
        (parameters.moment, "2025-01-31", datetime(2025, 1, 31, tzinfo=UTC)),
        (parameters.moment, "1738310400", datetime(2025, 1, 31, 8, tzinfo=UTC)),
        (parameters.nanousd, "0.25", 250_000_000),
        (parameters.nanousd, "0.0000000001", 1),
        (parameters.nanousd, "0", 0),
        (parameters.status, "429", 429),
        (parameters.status, "4xx", 4),
        (parameters.status, "5", 5),
    ],
)
def test_what_is_understood(read: Reader, text: str, value: object) -> None:
    assert read({"x": text}, "x") == value
    assert read({}, "x") is None


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("page=0", "'page' must be a whole number from 1"),
        ("page=1_0", "'page'"),
        ("limit=501", "'limit' must be a whole number from 1 to 500"),
        ("limit=", "'limit'"),
        ("status=999", "'status' must be an HTTP status such as 429, or a class such as 4xx"),
        ("status=429xx", "'status'"),
        ("ending=nice", "'ending' must be one of completed, upstream_error"),
        ("sort=price", "'sort' must be one of time, cost, duration, tokens"),
        ("order=up", "'order' must be asc or desc"),
        ("since=yesterday", "'since' must be a time such as"),
        ("until=9999-12-31", "'until'"),
        ("since=1900-01-01", "'since'"),
        ("min_cost=-1", "'min_cost' must be an amount in dollars"),
        ("min_cost=NaN", "'min_cost'"),
        ("min_cost=Infinity", "'min_cost'"),
        ("live=yes", "'live' must be 0 or 1"),
        ("after=somewhere", "'after' must be the 'next' of the page before"),
        ("after=9999999999999999999.1", "'after' must be the 'next' of the page before"),
        ("after=1.9999999999999999999", "'after' must be the 'next' of the page before"),
        ("after=1.2&page=2", "'after' and 'page'"),
        ("upstream=a&provider=a", "'upstream' and 'provider'"),
        ("page=1&page=2", "'page' is given twice"),
        ("modell=x", "Unknown parameter 'modell': allowed here are after, client"),
        ("q=" + "a" * 201, "'q' must have at most 200 characters"),
    ],
)
def test_what_is_refused_names_the_parameter_and_what_is_allowed(query: str, names: str) -> None:
    pairs = [(name, value) for name, _, value in (part.partition("=") for part in query.split("&"))]
    with pytest.raises(BadParameter, match=re.escape(names)):
        read_wish(pairs)


def test_nothing_asked_means_the_newest_fifty() -> None:
    wish = read_wish([])
    assert (wish.page, wish.limit, wish.sort, wish.descending, wish.live) == (1, 50, Sort.TIME, True, False)


@given(st.lists(st.tuples(st.sampled_from(sorted(PARAMETERS)), st.text(max_size=30)), max_size=4))
def test_any_query_is_understood_or_refused_with_a_sentence(pairs: list[tuple[str, str]]) -> None:
    try:
        wish = read_wish(pairs)
    except BadParameter as refused:
        assert str(refused).endswith(".")  # noqa: PT017 - either way is right
        return
    for moment in (wish.filter.since, wish.filter.until):
        assert moment is None or 0 <= unix_ns(moment) < 1 << 63


@given(st.integers(min_value=0, max_value=10**18))
def test_amounts_are_exact(nanousd: int) -> None:
    text = f"{nanousd // 10**9}.{nanousd % 10**9:09d}"
    assert parameters.nanousd({"min_cost": text}, "min_cost") == nanousd
