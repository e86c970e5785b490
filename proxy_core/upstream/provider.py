"""A provider as the engine calls it: an address with credentials, out of one table of the configuration."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from proxy_core.config.providers import ProviderOptions
from proxy_core.config.root import Config
from proxy_core.upstream.origin import Origin
from proxy_core.upstream.transport import Timeouts

POOL_TIMEOUT_S = 30.0


@dataclass(frozen=True, slots=True)
class Provider:
    key: str
    family: str
    """`anthropic` or `openai`: which paths and which auth header."""
    api_base: str
    origin: Origin
    prefix: bytes
    key_ref: str
    models: tuple[str, ...]
    priority: int
    timeouts: Timeouts
    ca_file: Path | None = None

    def target(self, client_target: bytes) -> bytes:
        """The path and query below this provider's base. A base that ends in `/v1`, as many vendors print it, does not
        double the client's `/v1`."""
        if self.prefix.endswith(b"/v1") and client_target[:4] in (b"/v1/", b"/v1?", b"/v1"):
            return self.prefix + client_target[3:]
        return self.prefix + client_target


def providers(config: Config) -> Mapping[str, Provider]:
    """The enabled providers, by key. Raises ValueError, with one sentence, for an address that cannot be used."""
    return {key: _provider(key, options, config) for key, options in config.providers.items() if options.enabled}


def _provider(key: str, options: ProviderOptions, config: Config) -> Provider:
    origin, prefix = Origin.of(options.api_base)
    server = config.server
    timeouts = Timeouts(
        connect_s=server.connect_timeout,
        first_byte_s=options.timeout,
        idle_s=server.stream_timeout,
        write_s=server.send_timeout,
        pool_s=POOL_TIMEOUT_S,
    )
    return Provider(
        key=key,
        family=options.dialect,
        api_base=options.api_base,
        origin=origin,
        prefix=prefix,
        key_ref=options.key_ref,
        models=options.models,
        priority=options.priority,
        timeouts=timeouts,
        ca_file=options.ca_file,
    )
