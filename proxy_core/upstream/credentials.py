"""Who pays: the client's own credentials when it sends some, else the provider's stored key."""

from typing import Protocol

from proxy_core.exchange.headers import RawHeaders
from proxy_core.upstream.provider import Provider

CREDENTIAL_HEADERS = frozenset({b"authorization", b"x-api-key", b"api-key", b"x-goog-api-key"})


class Keyring(Protocol):
    async def key(self, provider: Provider) -> str | None:
        """The provider's stored key; None when there is none to be had."""


async def authorised(headers: RawHeaders, provider: Provider, keyring: Keyring) -> RawHeaders:
    """The headers with credentials. A client's own go through verbatim, all of them: a login helper may send two."""
    if any(name.lower() in CREDENTIAL_HEADERS for name, _ in headers):
        return headers
    key = await keyring.key(provider)
    if key is None:
        return headers
    if provider.family == "anthropic":
        return (*headers, (b"x-api-key", key.encode()))
    return (*headers, (b"authorization", b"Bearer " + key.encode()))
