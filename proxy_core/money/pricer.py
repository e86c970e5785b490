"""Which price holds for an exchange: by provider, model, service tier and time, from genai-prices' offline list."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING

from proxy_core.exchange.record import Bill
from proxy_core.exchange.usage import Usage

if TYPE_CHECKING:
    from proxy_core.money.price_list import PriceList
    from proxy_core.money.tariff import Tariff


class Pricer:
    """Bills in microseconds once `load` has run. Never touches the network."""

    def __init__(self) -> None:
        self._tariff: Callable[[str, str, str, str, datetime], Tariff | None] = self._load_first
        self._list: PriceList | None = None

    def load(self) -> None:
        """Reads the price list: 0.15 s of CPU and 8 MB, so call it in a thread at the start. Who asks earlier waits."""
        if self._list is not None:
            return
        from proxy_core.money.price_list import REMEMBERED, PriceList  # noqa: PLC0415 - the price list is large; importing it is the load

        prices = PriceList()
        prices.warm_up()
        self._list = prices
        self._tariff = lru_cache(REMEMBERED)(self._list.tariff)

    def bill(self, provider_key: str, api_base: str, model: str, usage: Usage, at: datetime) -> Bill | None:
        """What `usage` costs. `model` is the name that the reply or the request gives; `at` is the time of the request.

        None when the model is not really known, when its service tier has no price, or when something was used that
        has none: unknown is not zero.
        """
        tariff = self._tariff(provider_key, api_base, model.lower(), usage.service_tier.lower(), _hold(at))
        return None if tariff is None else tariff.bill(usage)

    def knows(self, model: str) -> bool:
        """Whether any provider's price list has this model; the bound on labels that clients could otherwise invent."""
        self.load()
        return self._list is not None and self._list.knows(model.lower())

    def _load_first(self, provider_key: str, api_base: str, model: str, tier: str, at: datetime) -> "Tariff | None":
        self.load()
        return self._tariff(provider_key, api_base, model, tier, at)


def _hold(at: datetime) -> datetime:
    """Prices change at midnight UTC or, off-peak, at half hours: a quarter of an hour shares one answer."""
    moment = at.astimezone(UTC)
    return moment - timedelta(minutes=moment.minute % 15, seconds=moment.second, microseconds=moment.microsecond)
