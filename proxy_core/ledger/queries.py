"""Questions to the ledger. All run on the reading connections' threads and see what is committed."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum

from proxy_core.exchange.identity import ExchangeId
from proxy_core.exchange.record import ExchangeRecord
from proxy_core.ledger.figures import Sums
from proxy_core.ledger.filter import Filter, Values
from proxy_core.ledger.readers import Readers
from proxy_core.ledger.rows import SELECT, record_of

PAGE_ROWS_MAX = 500


class Sort(Enum):
    """What a list is ordered by; the value is the indexed expression. Unknown sorts below everything known."""

    TIME = "started_at_ns"
    COST = "ifnull(cost_nanousd, -1)"
    DURATION = "ifnull(duration_ns, -1)"
    TOKENS = "ifnull(total_tokens, -1)"


class Dimension(Enum):
    """What sums are grouped by; the value is the column."""

    PROJECT = "project"
    UPSTREAM = "upstream"
    MODEL = "model"
    CLIENT = "client"
    SESSION = "session"


@dataclass(frozen=True, slots=True)
class Position:
    """Where the next page starts: after this exchange in this order."""

    value: int
    id: ExchangeId

    def __str__(self) -> str:
        return f"{self.value}.{self.id}"

    @classmethod
    def parse(cls, text: str) -> "Position":
        """Raises ValueError for what no page has given."""
        value, _, exchange_id = text.partition(".")
        if not exchange_id.isalnum():
            raise ValueError(f"{text!r} is no position in a list; take it from the page before.")
        return cls(int(value), ExchangeId(exchange_id))


@dataclass(frozen=True, slots=True)
class Page:
    """A part of a list, the size of the whole list, and where to go on; `next` is None on the last page."""

    records: Sequence[ExchangeRecord]
    total: int
    next: Position | None


class Queries:
    """Every method raises TimeoutError when the database does not answer in time."""

    def __init__(self, readers: Readers) -> None:
        self._readers = readers

    async def get(self, exchange_id: ExchangeId) -> ExchangeRecord | None:
        """None when there is no such exchange, or when it has not ended."""
        async with self._readers.lend() as db:
            rows = await db.execute_fetchall(f"{SELECT} WHERE id = ? AND settled = 1", (exchange_id,))
        return next((record_of(row) for row in rows), None)

    async def page(
        self,
        wanted: Filter = Filter(),  # noqa: B008 - frozen
        *,
        sort: Sort = Sort.TIME,
        descending: bool = True,
        after: Position | None = None,
        page: int = 1,
        limit: int = 50,
    ) -> Page:
        """Settled exchanges. `after` goes on where a page ended, at the same cost everywhere; `page` counts and skips.

        Raises ValueError for a limit outside 1 to 500 or a page below 1.
        """
        if not 1 <= limit <= PAGE_ROWS_MAX or page < 1:
            raise ValueError(f"A page has 1 to {PAGE_ROWS_MAX} rows and pages count from 1; ask for such a one.")
        condition, values = wanted.where("started_at_ns")
        ordered, order_values = _ordered(condition, values, sort, after, descending=descending)
        async with self._readers.lend() as db:
            counted = await db.execute_fetchall(f"SELECT count(*) FROM exchanges WHERE {condition}", values)  # noqa: S608 - bound values
            rows = list(
                await db.execute_fetchall(f"{ordered} LIMIT ? OFFSET ?", (*order_values, limit + 1, (page - 1) * limit))
            )
        more = len(rows) > limit
        rows = rows[:limit]
        last = Position(rows[-1]["position"], rows[-1]["id"]) if more else None
        return Page([record_of(row) for row in rows], next(iter(counted))[0], last)

    async def sums_by(
        self,
        dimension: Dimension,
        wanted: Filter = Filter(),  # noqa: B008 - frozen
        *,
        limit: int = 200,
    ) -> list[tuple[str, Sums]]:
        """Sums for each name, the most expensive first. `since` and `until` mean the end: it is booked then."""
        condition, values = wanted.where("ended_at_ns")
        column = dimension.value
        query = (
            f"SELECT {column} AS label, {SUMS} FROM exchanges WHERE {condition}"  # noqa: S608 - bound values
            f" GROUP BY {column} ORDER BY cost_nanousd DESC, requests DESC, label LIMIT ?"
        )
        async with self._readers.lend() as db:
            rows = await db.execute_fetchall(query, (*values, limit))
        return [(label, Sums(*sums)) for label, *sums in rows]

    async def sums(self, wanted: Filter = Filter()) -> Sums:  # noqa: B008 - frozen
        """One line of sums over everything that the filter takes; rows that retention has deleted are not in it."""
        condition, values = wanted.where("ended_at_ns")
        async with self._readers.lend() as db:
            rows = await db.execute_fetchall(f"SELECT {SUMS} FROM exchanges WHERE {condition}", values)  # noqa: S608 - bound values
        return Sums(*next(iter(rows)))

    async def latest_first_bytes(self, count: int) -> list[tuple[int, ExchangeId, int]]:
        """End, id and nanoseconds to the first byte of the exchanges that ended last and had one."""
        query = (
            "SELECT ended_at_ns, id, first_byte_ns FROM exchanges WHERE settled = 1 AND first_byte_ns IS NOT NULL"
            " ORDER BY ended_at_ns DESC, id DESC LIMIT ?"
        )
        async with self._readers.lend() as db:
            rows = await db.execute_fetchall(query, (count,))
        return [(end_ns, ExchangeId(exchange_id), first_byte_ns) for end_ns, exchange_id, first_byte_ns in rows]


SUMS = """
    count(*) AS requests,
    ifnull(sum(failed), 0) AS errors,
    ifnull(sum(unpriced), 0) AS unpriced,
    count(body_changed) - ifnull(sum(body_changed), 0) AS identical,
    ifnull(sum(body_changed), 0) AS changed,
    ifnull(sum(input_tokens + input_audio_tokens), 0) AS fresh_tokens,
    ifnull(sum(cache_read_tokens), 0) AS cache_read_tokens,
    ifnull(sum(cache_write_5m_tokens + cache_write_1h_tokens), 0) AS cache_write_tokens,
    ifnull(sum(output_tokens + output_audio_tokens), 0) AS output_tokens,
    ifnull(sum(reasoning_tokens), 0) AS reasoning_tokens,
    ifnull(sum(cost_nanousd), 0) AS cost_nanousd,
    ifnull(sum(request_bytes), 0) AS request_bytes,
    ifnull(sum(reply_bytes), 0) AS reply_bytes
"""
"""The columns of `Sums` in its order, over rows of `exchanges`."""


def _ordered(
    condition: str, values: Values, sort: Sort, after: Position | None, *, descending: bool
) -> tuple[str, Values]:
    direction, beyond = ("DESC", "<") if descending else ("ASC", ">")
    if after is not None:
        condition = f"{condition} AND ({sort.value}, id) {beyond} (?, ?)"
        values = [*values, after.value, after.id]
    select = SELECT.replace(" FROM ", f", {sort.value} AS position FROM ", 1)
    return f"{select} WHERE {condition} ORDER BY {sort.value} {direction}, id {direction}", values
