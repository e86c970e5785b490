"""All that a configuration decides, built once from it and never changed: an exchange keeps the one it began with.

What must outlive a reload (counters, connections, the ledger) is not in here.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from proxy_core.config.root import Config
from proxy_core.relay import RelaySettings
from proxy_core.stage import Stage
from proxy_core.stages import stages
from proxy_core.upstream.provider import Provider, providers
from proxy_core.upstream.router import Router


@dataclass(frozen=True, eq=False)
class Runtime:
    config: Config
    providers: Mapping[str, Provider]
    router: Router
    stages: tuple[Stage, ...]
    relay: RelaySettings


def prepare(config: Config) -> Runtime:
    """The half of a reload that may fail: raises ValueError, with one sentence, and changes nothing."""
    enabled = providers(config)
    return Runtime(
        config=config,
        providers=enabled,
        router=Router(enabled, config.routing.default_provider),
        stages=stages(config),
        relay=RelaySettings(
            ping_interval_s=config.server.ping_interval,
            max_read_bytes=config.server.max_response_size,
        ),
    )
