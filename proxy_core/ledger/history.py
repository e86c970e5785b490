"""Sums over time that outlive the rows: by quarter of an hour, upstream, project and model.

They answer in milliseconds however many exchanges there were. Names beyond the bound of `Labels` are `other`.
"""

import json
from collections.abc import Sequence

from proxy_core.ledger.buckets import SPANS_TABLE, Span
from proxy_core.ledger.figures import SUM_COLUMNS, Scope, Sums
from proxy_core.ledger.growth import QUARTER_MINUTES
from proxy_core.ledger.readers import Readers

_SUMS = ", ".join(f"ifnull(sum({name}), 0) AS {name}" for name in SUM_COLUMNS)


class History:
    """Every method raises TimeoutError when the database does not answer in time, and ValueError for a span that does
    not begin and end on a quarter of an hour."""

    def __init__(self, readers: Readers) -> None:
        self._readers = readers

    async def sums_by(self, scope: Scope, span: Span) -> list[tuple[str, Sums]]:
        """A line for each name in a span of time, the most expensive first."""
        first, end = _quarters(span)
        query = (
            f"SELECT {scope.value}, {_SUMS} FROM total_quarters WHERE quarter >= ? AND quarter < ?"  # noqa: S608 - constants
            f" GROUP BY {scope.value} ORDER BY sum(cost_nanousd) DESC, sum(requests) DESC, {scope.value}"
        )
        async with self._readers.lend() as db:
            rows = await db.execute_fetchall(query, (first, end))
        return [(label, Sums(*sums)) for label, *sums in rows]

    async def over_time(self, spans: Sequence[Span], scope: Scope | None = None, label: str = "") -> list[Sums]:
        """A line for each span, of everything or of what has one label."""
        condition, values = ("1", ()) if scope is None else (f"{scope.value} = ?", (label,))
        query = (
            f"SELECT span, {_SUMS} FROM {SPANS_TABLE} JOIN total_quarters"  # noqa: S608 - constants
            f" ON quarter >= low AND quarter < high WHERE {condition} GROUP BY span"
        )
        async with self._readers.lend() as db:
            rows = await db.execute_fetchall(query, (json.dumps([_quarters(span) for span in spans]), *values))
        found = {number: Sums(*sums) for number, *sums in rows}
        return [found.get(number, Sums()) for number in range(len(spans))]


def _quarters(span: Span) -> tuple[int, int]:
    if span.first_minute % QUARTER_MINUTES or span.end_minute % QUARTER_MINUTES:
        raise ValueError("History is kept by quarters of an hour; ask for spans that begin and end on one.")
    return span.first_minute // QUARTER_MINUTES, span.end_minute // QUARTER_MINUTES
