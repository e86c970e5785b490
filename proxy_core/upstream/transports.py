"""The connections to all providers: one transport for each certificate authority file that the configuration names."""

from pathlib import Path

from proxy_core.upstream.selecting_transport import SelectingTransport
from proxy_core.upstream.shelves import PoolLimits
from proxy_core.upstream.transport import Transport

LIMITS = PoolLimits(per_origin=4096, total=4096)
"""Far above `limits.max_concurrent_exchanges`, which is the bound that people set: streams hold a connection for
minutes, and nobody should wait for one behind a number that no option shows."""


class Transports:
    """Outlives reloads, so that connections stay warm. Bounded by the number of files ever named."""

    def __init__(self) -> None:
        self._by_ca_file: dict[Path | None, SelectingTransport] = {}

    def trusting(self, ca_file: Path | None) -> Transport:
        """The transport that trusts the authorities in a PEM file; None stands for the system's own."""
        transport = self._by_ca_file.get(ca_file)
        if transport is None:
            transport = self._by_ca_file[ca_file] = SelectingTransport(ca_file=ca_file, limits=LIMITS)
        return transport

    async def aclose(self) -> None:
        for transport in self._by_ca_file.values():
            await transport.aclose()
