"""Which HTTP proxy leads to an upstream, as the environment says."""

import ipaddress
from collections.abc import Mapping
from typing import Self
from urllib.parse import urlsplit
from urllib.request import getproxies

from proxy_core.upstream.origin import Origin


class ProxyTable:
    """HTTP_PROXY, HTTPS_PROXY, ALL_PROXY and NO_PROXY, understood as httpx does, and networks in NO_PROXY besides."""

    def __init__(self, proxies: Mapping[str, str]) -> None:
        """`proxies` has the keys `http`, `https`, `all` and `no`, as `urllib.request.getproxies` returns them."""
        self._by_scheme = {
            scheme: url if "://" in url else f"http://{url}"
            for scheme in ("http", "https", "all")
            if (url := proxies.get(scheme))
        }
        self._exempt = [entry for raw in proxies.get("no", "").split(",") if (entry := raw.strip().lower())]

    @classmethod
    def from_environment(cls) -> Self:
        return cls(getproxies())

    def urls(self) -> set[str]:
        """Every proxy that a call could go through."""
        by_scheme = self._by_scheme
        return {url for scheme in ("http", "https") if (url := by_scheme.get(scheme) or by_scheme.get("all"))}

    def proxy_for(self, origin: Origin) -> str | None:
        """The proxy's URL, which may hold credentials; None to connect directly."""
        proxy = self._by_scheme.get(origin.scheme) or self._by_scheme.get("all")
        if proxy is None or any(_exempts(entry, origin) for entry in self._exempt):
            return None
        return proxy


def _exempts(entry: str, origin: Origin) -> bool:
    if entry == "*":
        return True
    if "/" in entry and "://" not in entry:
        return _in_network(origin.host, entry)
    try:
        parts = urlsplit(entry if "://" in entry else f"all://{_bracketed(entry)}")
        host, port = parts.hostname or "", parts.port
    except ValueError:
        return False
    if not host or parts.scheme not in ("all", origin.scheme) or port not in (None, origin.port):
        return False
    if "://" in entry or host == "localhost" or _address(host):
        return origin.host == host
    return origin.host.endswith(host) if host.startswith(".") else f".{origin.host}".endswith(f".{host}")


def _bracketed(entry: str) -> str:
    return f"[{entry}]" if entry.count(":") > 1 and not entry.startswith("[") else entry


def _address(host: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        return ipaddress.ip_address(host)
    except ValueError:
        return None


def _in_network(host: str, network: str) -> bool:
    address = _address(host)
    try:
        return address is not None and address in ipaddress.ip_network(network, strict=False)
    except ValueError:
        return False
