"""What ASGI tells an application about a request."""

import asyncio

from proxy_core.http1.asgi import Scope
from proxy_core.http1.connection import EXTENSION
from proxy_core.http1.cycle import Cycle

ASGI = {"version": "3.0", "spec_version": "2.4"}


def connection_scope(transport: asyncio.BaseTransport) -> Scope:
    """What the requests of one connection have in common."""
    return {
        "type": "http",
        "asgi": ASGI,
        "scheme": "https" if transport.get_extra_info("sslcontext") else "http",
        "root_path": "",
        "client": _address(transport.get_extra_info("peername")),
        "server": _address(transport.get_extra_info("sockname")),
    }


def request_scope(shared: Scope, cycle: Cycle) -> Scope:
    """Header names in lower case, as ASGI asks; the connection has them as they came."""
    head = cycle.head
    return {
        **shared,
        "http_version": head.version,
        "method": head.method,
        "path": head.path,
        "raw_path": head.raw_path,
        "query_string": head.query,
        "headers": head.headers,
        "extensions": {EXTENSION: cycle},
    }


def _address(name: object) -> tuple[str, int] | None:
    return (str(name[0]), int(name[1])) if isinstance(name, tuple) else None
