"""Where an upstream lives."""

import re
from dataclasses import dataclass, field
from typing import Self
from urllib.parse import SplitResult, quote, urlsplit

_DEFAULT_PORTS = {"http": 80, "https": 443}
_HOST = re.compile(r"[A-Za-z0-9._-]+|[0-9A-Fa-f:.]+")
_PATH_SAFE = "/%:@!$&'()*+,;=~-._"


@dataclass(frozen=True, slots=True)
class Origin:
    """Scheme, host and port of an upstream: the key of the connection pool. An IPv6 host has no brackets."""

    scheme: str
    host: str
    port: int
    host_header: bytes = field(init=False, repr=False, compare=False)
    """`host[:port]` as a Host header says it: default port left out, IPv6 bracketed."""

    def __post_init__(self) -> None:
        name = f"[{self.host}]" if ":" in self.host else self.host
        if self.port != _DEFAULT_PORTS.get(self.scheme):
            name = f"{name}:{self.port}"
        object.__setattr__(self, "host_header", name.encode("ascii"))

    def __str__(self) -> str:
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"

    @classmethod
    def of(cls, url: str) -> "tuple[Self, bytes]":
        """The origin and the path prefix, without a trailing slash, of an `api_base`.

        Raises ValueError with one sentence that never repeats credentials or a query string.
        """
        parts = _split(url)
        scheme = parts.scheme.lower()
        port = _port(parts) or _DEFAULT_PORTS[scheme]
        prefix = quote(parts.path, safe=_PATH_SAFE).rstrip("/")
        return cls(scheme, _ascii_host(parts.hostname or ""), port), prefix.encode("ascii")


def _split(url: str) -> SplitResult:
    if any(character <= " " or character == "\x7f" for character in url):
        raise ValueError("An api_base must not contain spaces or control characters.")
    try:
        parts = urlsplit(url)
    except ValueError:
        raise ValueError("An api_base must be a URL like https://api.example.com/v1, and this one is not.") from None
    if parts.scheme.lower() not in _DEFAULT_PORTS:
        raise ValueError("An api_base must start with http:// or https://.")
    if "@" in parts.netloc:
        raise ValueError("An api_base must not contain credentials; store the key with the provider instead.")
    if "?" in url or "#" in url:
        raise ValueError("An api_base must not have a query string or a fragment.")
    if not parts.hostname:
        raise ValueError("An api_base must name a host, like https://api.example.com/v1.")
    return parts


def _port(parts: SplitResult) -> int | None:
    try:
        port = parts.port
    except ValueError:
        port = 0
    if port == 0:
        raise ValueError("The port in an api_base must be a number from 1 to 65535.")
    return port


def _ascii_host(host: str) -> str:
    try:
        name = host if host.isascii() else host.encode("idna").decode("ascii")
    except UnicodeError:
        name = ""
    if not _HOST.fullmatch(name):
        raise ValueError("The host in an api_base is not a valid host name or address.")
    return name.lower()
