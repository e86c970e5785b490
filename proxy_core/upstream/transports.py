"""The connections to all providers: one transport for each certificate authority file that the configuration names."""

from pathlib import Path

from proxy_core.upstream.selecting_transport import SelectingTransport
from proxy_core.upstream.transport import Transport


class Transports:
    """Outlives reloads, so that connections stay warm. Bounded by the number of files ever named."""

    def __init__(self) -> None:
        self._by_ca_file: dict[Path | None, SelectingTransport] = {}

    def trusting(self, ca_file: Path | None) -> Transport:
        """The transport that trusts the authorities in a PEM file; None stands for the system's own."""
        transport = self._by_ca_file.get(ca_file)
        if transport is None:
            transport = self._by_ca_file[ca_file] = SelectingTransport(ca_file=ca_file)
        return transport

    async def aclose(self) -> None:
        for transport in self._by_ca_file.values():
            await transport.aclose()
