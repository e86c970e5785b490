"""Facts that wait for the disk: bounded, and merged where a request ends before its arrival was written."""

from proxy_core.exchange.identity import ExchangeId
from proxy_core.exchange.record import Arrival, ExchangeRecord


class Buffer:
    """Not yet written arrivals and records, each by id, oldest first."""

    def __init__(self) -> None:
        self.arrivals: dict[ExchangeId, Arrival] = {}
        self.records: dict[ExchangeId, ExchangeRecord] = {}

    def __len__(self) -> int:
        return len(self.arrivals) + len(self.records)

    def arrive(self, arrival: Arrival) -> None:
        self.arrivals[arrival.id] = arrival

    def settle(self, record: ExchangeRecord) -> None:
        """The record says all that the arrival said, so that both are one row."""
        self.arrivals.pop(record.id, None)
        self.records[record.id] = record

    def drop_oldest(self) -> Arrival | ExchangeRecord | None:
        """Makes room. Arrivals go first: their records will say the same and more."""
        if self.arrivals:
            return self.arrivals.pop(next(iter(self.arrivals)))
        if self.records:
            return self.records.pop(next(iter(self.records)))
        return None
