"""Spans of time as the ledger counts it. A local day with a change of clocks has 23 or 25 hours."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from typing import Final

from proxy_core.ledger.figures import MINUTE_NS

SPANS_MAX: Final = 2000
SPANS_TABLE: Final = (
    "(SELECT key AS span, json_extract(value, '$[0]') AS low, json_extract(value, '$[1]') AS high FROM json_each(?))"
)
"""A table of spans, to be joined: its one parameter is a JSON list of pairs, from inclusive to exclusive."""


@dataclass(frozen=True, slots=True)
class Span:
    """From the start of its first Unix minute to before the start of its end minute."""

    first_minute: int
    end_minute: int


@dataclass(frozen=True, slots=True)
class Day(Span):
    """A local day."""

    date: date


def local_days(now_ns: int, count: int, zone: tzinfo | None) -> Sequence[Day]:
    """The day of `now_ns`, the one after, and the `count` - 2 before, oldest first. `zone` None is the machine's."""
    today = datetime.fromtimestamp(now_ns // MINUTE_NS * 60, UTC).astimezone(zone).date()
    return days(today - timedelta(days=count - 2), today + timedelta(days=1), zone)


def days(first: date, last: date, zone: tzinfo | None) -> Sequence[Day]:
    """All days from `first` to `last`, both included. Raises ValueError for more than 2,000."""
    count = _checked((last - first).days + 1)
    dates = [first + timedelta(days=offset) for offset in range(count + 1)]
    starts = [_midnight_minute(day, zone) for day in dates]
    return [Day(start, end, day) for day, start, end in zip(dates, starts, starts[1:], strict=False)]


def minutes(first_minute: int, end_minute: int, step: int = 1) -> Sequence[Span]:
    """Spans of `step` minutes from one Unix minute to before another. Raises ValueError for more than 2,000."""
    _checked(-((first_minute - end_minute) // step))
    return [Span(start, start + step) for start in range(first_minute, end_minute, step)]


def _checked(count: int) -> int:
    if count > SPANS_MAX:
        raise ValueError(f"{count} spans of time are too many for one question; ask for at most {SPANS_MAX}.")
    return max(count, 0)


def _midnight_minute(day: date, zone: tzinfo | None) -> int:
    """The Unix minute in which a local day begins; where clocks skip midnight, the first minute that exists."""
    midnight = datetime.combine(day, time(), zone)
    if zone is None:
        midnight = midnight.astimezone()
    return int(midnight.timestamp()) // 60
