"""Stored bodies as a test tells them."""

from dataclasses import dataclass, field

from proxy_core.bodies.packing import StoredExchange
from proxy_core.exchange.identity import ExchangeId


@dataclass
class StillBodies:
    """What was kept, by id."""

    stored: dict[ExchangeId, StoredExchange] = field(default_factory=dict)
    fails: bool = False

    async def get(self, exchange_id: ExchangeId) -> StoredExchange | None:
        if self.fails:
            raise OSError("the disk is gone")
        return self.stored.get(exchange_id)
