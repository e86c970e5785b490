"""What a group of records adds to the totals."""

from dataclasses import dataclass, field
from typing import Final

from proxy_core.exchange.record import ExchangeRecord
from proxy_core.ledger.figures import MINUTE_NS, Figures, Moment, Sums, ended_at_ns
from proxy_core.ledger.labels import Labels

QUARTER_MINUTES: Final = 15
"""Every time zone's days begin on a quarter of an hour, so sums by quarter add up to anybody's days."""

QuarterKey = tuple[int, str, str, str]
"""Quarters of an hour since 1970, upstream, project, model as requested."""


@dataclass(slots=True)
class Growth:
    figures: Figures = field(default_factory=Figures)
    minutes: dict[int, Moment] = field(default_factory=dict)
    """By Unix minute of the end."""
    quarters: dict[QuarterKey, Sums] = field(default_factory=dict)

    def add(self, record: ExchangeRecord, labels: Labels) -> None:
        self.figures.add(record, labels)
        minute = ended_at_ns(record) // MINUTE_NS
        self.minutes.setdefault(minute, Moment()).add(record)
        names = (labels.upstream(record.upstream), labels.project(record.arrival.project))
        key = (minute // QUARTER_MINUTES, *names, labels.model(record.arrival.model))
        self.quarters.setdefault(key, Sums()).add(record)

    def merge(self, other: "Growth") -> None:
        self.figures.merge(other.figures)
        for minute, moment in other.minutes.items():
            self.minutes.setdefault(minute, Moment()).merge(moment)
        for key, sums in other.quarters.items():
            self.quarters.setdefault(key, Sums()).merge(sums)
