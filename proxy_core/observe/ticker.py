"""Spend by the clock: the last hour, today, this month. An exchange is booked in the minute of its end."""

import time
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, date, datetime, tzinfo
from typing import Final, TypeVar

from proxy_core.ledger.figures import MINUTE_NS, Booking, Sums, add_to

HOUR_MINUTES: Final = 60
BURN_MINUTES: Final = 10
MINUTES_KEPT: Final = 256
DAYS_KEPT: Final = 64
_HOUR_NS: Final = 3600 * 1_000_000_000
K = TypeVar("K", int, date)


class Ticker:
    """Keeps the latest minutes and days in which something ended. A figure is read off against the clock when it is
    asked for, so that it rolls over by itself, and a clock that is set back finds its old figures again."""

    def __init__(self, zone: tzinfo | None = None, now_ns: Callable[[], int] = time.time_ns) -> None:
        """`zone` says whose calendar "today" means; None is the machine's own. `now_ns` gives Unix time."""
        self.zone = zone
        self.now_ns = now_ns
        self._minutes: dict[int, Sums] = {}
        self._days: dict[date, Sums] = {}
        self._known_day = (-1, date.min)

    def add(self, booking: Booking) -> None:
        _add_latest(self._minutes, booking.minute, booking.sums, MINUTES_KEPT)
        _add_latest(self._days, self._day_of(booking.minute), booking.sums, DAYS_KEPT)

    def restore(self, minutes: Mapping[int, Sums], days: Mapping[date, Sums]) -> None:
        self._minutes, self._days = dict(minutes), dict(days)

    def today(self) -> Sums:
        """Since local midnight."""
        return self._days.get(self._day_of(self._now()), Sums())

    def month(self) -> Sums:
        """Since the first of the local month."""
        today = self._day_of(self._now())
        return _sum(line for day, line in self._days.items() if (day.year, day.month) == (today.year, today.month))

    def hour(self) -> Sums:
        """The current minute and the 59 before it."""
        return _sum(self.minutes())

    def minutes(self) -> list[Sums]:
        """The last hour by minute, oldest first; the last one is still running."""
        current = self._now()
        return [self._minutes.get(minute, Sums()) for minute in range(current - HOUR_MINUTES + 1, current + 1)]

    def burn_nanousd_per_h(self) -> int:
        """The pace over the current minute and the nine before it."""
        spent = sum(line.cost_nanousd for line in self.minutes()[-BURN_MINUTES:])
        span_ns = (BURN_MINUTES - 1) * MINUTE_NS + max(self.now_ns() % MINUTE_NS, 1)
        return spent * _HOUR_NS // span_ns

    def _now(self) -> int:
        return self.now_ns() // MINUTE_NS

    def _day_of(self, minute: int) -> date:
        """The local day of a Unix minute; the last answer is kept, since the next question is mostly the same."""
        if self._known_day[0] != minute:
            self._known_day = (minute, datetime.fromtimestamp(minute * 60, UTC).astimezone(self.zone).date())
        return self._known_day[1]


def _add_latest(lines: dict[K, Sums], key: K, sums: Sums, kept: int) -> None:
    """Adds to the line of `key`; only the latest `kept` keys have one."""
    add_to(lines, key, sums)
    if len(lines) > kept:
        del lines[min(lines)]


def _sum(lines: Iterable[Sums]) -> Sums:
    total = Sums()
    for line in lines:
        total.add(line)
    return total
