"""The transport that the engine uses: fast where there is no proxy in between, httpx where there is."""

from pathlib import Path

from proxy_core.upstream.http1_transport import Http1Transport
from proxy_core.upstream.origin import Origin
from proxy_core.upstream.proxies import ProxyTable
from proxy_core.upstream.shelves import PoolLimits
from proxy_core.upstream.transport import Call, Reply, Timeouts, Transport


class SelectingTransport:
    """A Transport over all others; `proxies` defaults to what the environment says."""

    def __init__(
        self, *, proxies: ProxyTable | None = None, ca_file: Path | None = None, limits: PoolLimits | None = None
    ) -> None:
        """Raises ValueError with one sentence when the environment names a proxy that cannot be used."""
        self._proxies = ProxyTable.from_environment() if proxies is None else proxies
        self._direct = Http1Transport(ca_file=ca_file, limits=limits)
        self._through = {proxy: _through(proxy, ca_file, limits) for proxy in self._proxies.urls()}

    def transport_for(self, origin: Origin) -> Transport:
        proxy = self._proxies.proxy_for(origin)
        return self._direct if proxy is None else self._through[proxy]

    async def send(self, call: Call, timeouts: Timeouts) -> Reply:
        return await self.transport_for(call.origin).send(call, timeouts)

    async def aclose(self) -> None:
        await self._direct.aclose()
        for transport in self._through.values():
            await transport.aclose()


def _through(proxy: str, ca_file: Path | None, limits: PoolLimits | None) -> Transport:
    from proxy_core.upstream.httpx_transport import HttpxTransport  # noqa: PLC0415 - a tenth of a second of imports

    return HttpxTransport(proxy, ca_file=ca_file, limits=limits)
