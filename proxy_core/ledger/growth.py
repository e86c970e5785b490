"""What a group of records adds to the totals."""

from dataclasses import dataclass, field
from typing import Final

from proxy_core.ledger.figures import Booking, Figures, Sums, add_to

QUARTER_MINUTES: Final = 15
"""Every time zone's days begin on a quarter of an hour, so sums by quarter add up to anybody's days."""

QuarterKey = tuple[int, str, str, str]
"""Quarters of an hour since 1970, upstream, project, model as requested."""


@dataclass(slots=True)
class Growth:
    figures: Figures = field(default_factory=Figures)
    minutes: dict[int, Sums] = field(default_factory=dict)
    """By Unix minute of the end."""
    quarters: dict[QuarterKey, Sums] = field(default_factory=dict)

    def add(self, booking: Booking) -> None:
        self.figures.add(booking)
        add_to(self.minutes, booking.minute, booking.sums)
        quarter = booking.minute // QUARTER_MINUTES
        add_to(self.quarters, (quarter, booking.upstream, booking.project, booking.model), booking.sums)

    def merge(self, other: "Growth") -> None:
        self.figures.merge(other.figures)
        for minute, sums in other.minutes.items():
            add_to(self.minutes, minute, sums)
        for key, sums in other.quarters.items():
            add_to(self.quarters, key, sums)
