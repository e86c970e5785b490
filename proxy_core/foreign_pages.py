"""Keeps pages of other sites from spending a stored key through a browser of this machine.

Such a page can make the browser send a request here, but only one without credentials: to add some it would first have
to be allowed to by the provider, and then it brings its own. It cannot hide its Origin, nor that a name of its own,
made to resolve to this machine, is in the Host header.
"""

from ipaddress import ip_address
from urllib.parse import urlsplit

from proxy_core.exchange.headers import RawHeaders, first
from proxy_core.upstream.credentials import CREDENTIAL_HEADERS

_PRIVATE_SUFFIXES = (".localhost", ".local", ".lan", ".internal", ".home.arpa")
_PREFLIGHT = "OPTIONS"
_ELSEWHERE = frozenset({"cross-site", "same-site"})
_SHOWN_CHARS = 80
_ADVICE = "send a key with the request, or use a program on this machine."


def objection(method: str, headers: RawHeaders, bind_address: str) -> str | None:
    """Why a request must not get a stored key, in one sentence; None when it may, or has credentials of its own."""
    if method == _PREFLIGHT or any(name.lower() in CREDENTIAL_HEADERS for name, _ in headers):
        return None
    host = first(headers, b"host").lower()
    if host and not _is_ours(_name(host), bind_address):
        return f"Without a key of its own, a request to Host {host[:_SHOWN_CHARS]!r} is not served: {_ADVICE}"
    origin = first(headers, b"origin").lower()
    if origin and origin not in (f"http://{host}", f"https://{host}"):
        return f"Without a key of its own, a page of {origin[:_SHOWN_CHARS]!r} is not served: {_ADVICE}"
    # A picture or a script sends no Origin, but browsers say where it is embedded.
    if first(headers, b"sec-fetch-site") in _ELSEWHERE:
        return f"Without a key of its own, a page of another site is not served: {_ADVICE}"
    return None


def _name(host: str) -> str:
    """The name in a Host header, without port and brackets; empty for what is none."""
    try:
        return urlsplit(f"//{host}").hostname or ""
    except ValueError:
        return ""


def _is_ours(name: str, bind_address: str) -> bool:
    """A foreign page's name has a public domain: not an address, nor a name of one machine or one network."""
    if name == bind_address.lower():
        return True
    return bool(name) and (_is_address(name) or "." not in name or name.endswith(_PRIVATE_SUFFIXES))


def _is_address(name: str) -> bool:
    try:
        ip_address(name)
    except ValueError:
        return False
    return True
