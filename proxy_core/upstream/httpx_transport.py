"""HTTP/1.1 to an upstream through an HTTP or SOCKS proxy, on httpx."""

import importlib.util
from pathlib import Path

import httpx

from proxy_core.upstream.httpx_failures import failure_of
from proxy_core.upstream.httpx_reply import CallTrace, HttpxReply
from proxy_core.upstream.shelves import PoolLimits
from proxy_core.upstream.tls import load_trust
from proxy_core.upstream.transport import Call, Timeouts
from proxy_core.upstream.wire import wire_headers

_MAX_UNUSED = 16  # httpx asks every unused connection for its state at every request


class _WireUrl(httpx.URL):
    """An address whose target goes out as it is; httpx.URL alone would normalise it."""

    def __init__(self, call: Call) -> None:
        super().__init__(scheme=call.origin.scheme, host=call.origin.host, port=call.origin.port, path="/")
        self._target = call.target

    @property
    def raw_path(self) -> bytes:
        return self._target


class HttpxTransport:
    """A Transport for what the fast one lacks, proxies. It calls httpx below its client, which would add headers."""

    def __init__(self, proxy: str, *, ca_file: Path | None = None, limits: PoolLimits | None = None) -> None:
        """Raises ValueError when the proxy is not one that httpx can use."""
        self._proxy = _proxy(proxy)
        self._ca_file = ca_file
        self._limits = limits or PoolLimits()
        self._httpx: httpx.AsyncHTTPTransport | None = None

    async def send(self, call: Call, timeouts: Timeouts) -> HttpxReply:
        transport = self._httpx or await self._open()
        limits = {
            "connect": timeouts.connect_s,
            "read": timeouts.first_byte_s,
            "write": timeouts.write_s,
            "pool": timeouts.pool_s,
        }
        trace = CallTrace()
        request = httpx.Request(
            call.method.decode("ascii"),
            "http://upstream",
            headers=list(wire_headers(call)),
            content=call.body,
            extensions={"timeout": limits, "trace": trace},
        )
        request.url = _WireUrl(call)
        try:
            response = await transport.handle_async_request(request)
        except httpx.HTTPError as error:
            raise failure_of(error, call.origin, head_done=False) from error
        limits["read"] = timeouts.idle_s  # read again for the body
        return HttpxReply(response, call.origin, trace)

    async def aclose(self) -> None:
        if self._httpx is not None:
            await self._httpx.aclose()

    async def _open(self) -> httpx.AsyncHTTPTransport:
        trust = await load_trust(self._ca_file)
        if self._httpx is None:
            self._httpx = httpx.AsyncHTTPTransport(
                verify=trust,
                proxy=self._proxy,
                limits=httpx.Limits(
                    max_connections=self._limits.total,
                    max_keepalive_connections=_MAX_UNUSED,
                    keepalive_expiry=self._limits.keep_s,
                ),
            )
        return self._httpx


def _proxy(url: str) -> httpx.Proxy:
    try:
        proxy = httpx.Proxy(url)
    except (ValueError, httpx.InvalidURL):
        raise ValueError("A proxy in the environment must be a URL like http://proxy.example.com:3128.") from None
    if proxy.url.scheme.startswith("socks") and not importlib.util.find_spec("socksio"):
        raise ValueError("A SOCKS proxy in the environment needs another package: pip install socksio.")
    return proxy
