"""The price list itself: which provider an address belongs to, which entry means a model, which variant a tier."""

import re
from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal
from functools import lru_cache
from typing import Final

from genai_prices.data import providers
from genai_prices.types import ClauseEquals, ClauseOr, MatchLogic, ModelInfo, ModelPrice, Provider

from proxy_core.money.exact import is_exact
from proxy_core.money.places import is_local
from proxy_core.money.tariff import Tariff

REMEMBERED = 4096
"""How many answers are remembered; clients name models, so it has to end."""
STANDARD_TIERS = frozenset({"", "standard", "default", "auto", "on_demand", "standard_only"})
_CLOSED_WEIGHTS = frozenset({"anthropic", "google", "openai", "x-ai"})
_OPEN_WEIGHTS = re.compile(r"gpt-oss|gemma|grok-[12]\b")
_TIER_CONTEXTS = {
    "batch": ({"processing": "batch"}, {"service_tier": "batch"}),
    "fast": ({"service_tier": "fast"}, {"speed": "fast"}),
}
_COMPACT_DATE = re.compile(r"-(20\d{2})(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])(?=-|:|$)")


FREE: Final = Tariff(
    ModelPrice(
        input_mtok=Decimal(0), output_mtok=Decimal(0), input_audio_mtok=Decimal(0), output_audio_mtok=Decimal(0)
    ),
    claude=False,
    audio_as_text=True,
)
"""OpenRouter's models whose names end in `:free`: known to cost nothing, which is not the same as unknown."""


class Shelf:
    """One provider's entries: names that match whole in a table, the few that match by pattern in a list."""

    def __init__(self, provider: Provider) -> None:
        self._names: dict[str, ModelInfo] = {}
        self._patterns: list[ModelInfo] = []
        for entry in provider.models:
            clauses = list(_clauses(entry.match))
            names = [clause.equals for clause in clauses if isinstance(clause, ClauseEquals)]
            if entry.is_match(entry.id):
                names.append(entry.id)
            for name in names:
                self._names.setdefault(name.lower(), entry)
            if not all(isinstance(clause, ClauseEquals) for clause in clauses):
                self._patterns.append(entry)

    def find(self, model: str) -> ModelInfo | None:
        """The entry that means `model` (lower case), whole names before patterns."""
        if (entry := self._names.get(model)) is not None:
            return entry
        return next((entry for entry in self._patterns if is_exact(entry.match, model)), None)


class PriceList:
    """Looks entries up in some hundred microseconds; what it answers is worth remembering."""

    def __init__(self) -> None:
        self._providers = {provider.id: provider for provider in providers}
        self._shelves = {provider.id: Shelf(provider) for provider in providers}
        self._knows = lru_cache(REMEMBERED)(self._is_anywhere)

    def tariff(self, provider_key: str, api_base: str, model: str, tier: str, at: datetime) -> Tariff | None:
        """None for a model or tier that has no price here. `model` and `tier` are lower case."""
        for provider in self._candidates(provider_key, api_base.lower(), model):
            entry = self._entry(provider, model)
            if entry is not None:
                return FREE if model.endswith(":free") else _tariff(provider, entry, tier, at)
        return None

    def warm_up(self) -> None:
        """Has every pattern compiled, for which the first to ask would wait five milliseconds."""
        self._is_anywhere("")
        self._candidates("", "", "")

    def knows(self, model: str) -> bool:
        """Whether any provider has an entry that means `model` (lower case)."""
        return self._knows(model)

    def _is_anywhere(self, model: str) -> bool:
        return any(shelf.find(name) is not None for shelf in self._shelves.values() for name in _spellings(model))

    def _candidates(self, provider_key: str, api_base: str, model: str) -> list[Provider]:
        """The provider that the address names; else the one that the configuration's key names, else the model's maker.

        Behind a local address models with public weights may be running for free: only makers that publish none count.
        """
        by_address = next((one for one in providers if re.match(one.api_pattern, api_base)), None)
        if by_address is not None:
            return [by_address]
        makers = [one for one in providers if one.model_match is not None and one.model_match.is_match(model)]
        named = self._providers.get(provider_key)
        candidates = makers if named is None else [named, *makers]
        if is_local(api_base):
            return [one for one in candidates if one.id in _CLOSED_WEIGHTS and not _OPEN_WEIGHTS.search(model)]
        return candidates

    def _entry(self, provider: Provider, model: str) -> ModelInfo | None:
        sources = (provider.id, *(provider.fallback_model_providers or ()))
        shelves = [self._shelves[key] for key in sources if key in self._shelves]
        found = (shelf.find(name) for name in _spellings(model) for shelf in shelves)
        return next((entry for entry in found if entry is not None), None)


def _clauses(logic: MatchLogic) -> Iterator[MatchLogic]:
    if isinstance(logic, ClauseOr):
        for clause in logic.or_:
            yield from _clauses(clause)
    else:
        yield logic


def _spellings(model: str) -> tuple[str, ...]:
    """Gateways write `gpt-4o-20240806` for what the list calls `gpt-4o-2024-08-06`."""
    dashed = _COMPACT_DATE.sub(r"-\1-\2-\3", model)
    return (model,) if dashed == model else (model, dashed)


def _tariff(provider: Provider, entry: ModelInfo, tier: str, at: datetime) -> Tariff | None:
    context = _context(provider, entry, tier, at)
    if context is None:
        return None
    return Tariff(
        entry.get_prices(at, context),
        claude="claude" in entry.id,
        # Google's price page gives one price for text, image, video and audio where audio has none of its own.
        audio_as_text=provider.id == "google",
    )


def _context(provider: Provider, entry: ModelInfo, tier: str, at: datetime) -> dict[str, str] | None:
    """What selects the tier's prices; None when the list has no prices for this tier of this model."""
    if tier in STANDARD_TIERS:
        return {}
    if not any(entry is own for own in provider.models):
        return None
    for context in _TIER_CONTEXTS.get(tier, ({"service_tier": tier},)):
        for variant in entry.price_variants or ():
            if variant.when == context and (variant.constraint is None or variant.constraint.active(at)):
                return context
    return None
