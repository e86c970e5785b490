"""Testing one provider's stored key the way requests go: through the same transports, proxies and certificates."""

from proxy_core.config.keys import KeyUnavailable, resolve_all
from proxy_core.config.root import Config
from proxy_core.upstream.key_check import KeyVerdict, check_key
from proxy_core.upstream.provider import Provider, providers
from proxy_core.upstream.selecting_transport import SelectingTransport
from tokenman_tui.commands.failure import Failed


async def test_key(config: Config, key: str) -> KeyVerdict:
    """Raises `Failed` when there is no key, or no way to the provider can be built."""
    found = (await resolve_all({key: config.providers[key].key_ref}))[key]
    if isinstance(found, KeyUnavailable):
        raise Failed(str(found))
    try:
        provider = _provider(config, key)
        transport = SelectingTransport(ca_file=provider.ca_file)
    except ValueError as error:
        raise Failed(str(error)) from None
    try:
        return await check_key(provider, found, transport)
    finally:
        await transport.aclose()


def _provider(config: Config, key: str) -> Provider:
    """A disabled provider's key can be tested before it is enabled."""
    enabled = config.providers[key].model_copy(update={"enabled": True})
    return providers(config.model_copy(update={"providers": {key: enabled}}))[key]
