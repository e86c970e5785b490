"""Calendar days and other spans of time, as the ledger counts it. A day with a change of clocks has 23 or 25 hours."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from typing import Final

NANOSECONDS: Final = 1_000_000_000


@dataclass(frozen=True, slots=True)
class Day:
    """A local day: from its first minute to before the first of the next, in Unix minutes."""

    date: date
    first_minute: int
    end_minute: int


def local_days(now_ns: int, count: int, zone: tzinfo | None) -> Sequence[Day]:
    """The day of `now_ns`, the one after, and the `count` - 2 before, oldest first. `zone` None is the machine's."""
    today = datetime.fromtimestamp(now_ns // NANOSECONDS, UTC).astimezone(zone).date()
    return days_between(today - timedelta(days=count - 2), today + timedelta(days=1), zone)


def days_between(first: date, last: date, zone: tzinfo | None) -> Sequence[Day]:
    """All days from `first` to `last`, both included."""
    dates = [first + timedelta(days=offset) for offset in range((last - first).days + 2)]
    starts = [_midnight_minute(day, zone) for day in dates]
    return [Day(day, start, end) for day, start, end in zip(dates, starts, starts[1:], strict=False)]


def _midnight_minute(day: date, zone: tzinfo | None) -> int:
    """The Unix minute in which a local day begins; where clocks skip midnight, the first minute that exists."""
    midnight = datetime.combine(day, time(), zone)
    if zone is None:
        midnight = midnight.astimezone()
    return int(midnight.timestamp()) // 60
