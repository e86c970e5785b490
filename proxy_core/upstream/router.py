"""Which provider a request goes to. A request only ever goes to a provider that speaks its dialect."""

from collections.abc import Mapping

from proxy_core.errors import RefusalKind, Refused
from proxy_core.exchange.request import Request
from proxy_core.upstream.provider import Provider

FAMILIES: Mapping[str, str] = {
    "anthropic": "anthropic",
    "openai_chat": "openai",
    "openai_responses": "openai",
}
"""Which family of providers speaks a dialect natively."""


class Router:
    """By exact model name first, then the default provider, then the lowest priority number."""

    def __init__(self, providers: Mapping[str, Provider], default_provider: str) -> None:
        self._by_family: dict[str, tuple[Provider, ...]] = {}
        for family in {*FAMILIES.values()}:
            speaking = (provider for provider in providers.values() if provider.family == family)
            self._by_family[family] = tuple(sorted(speaking, key=lambda p: (p.key != default_provider, p.priority)))

    def choose(self, request: Request) -> Provider:
        """Raises Refused when no enabled provider speaks the request's dialect."""
        family = FAMILIES[request.dialect]
        speaking = self._by_family[family]
        if not speaking:
            raise Refused(
                RefusalKind.UPSTREAM_UNREACHABLE,
                f"No enabled provider speaks {family}: add or enable one under [providers] in tokenman.toml.",
            )
        listing = (provider for provider in speaking if request.model in provider.models)
        return min(listing, key=lambda provider: provider.priority, default=speaking[0])
