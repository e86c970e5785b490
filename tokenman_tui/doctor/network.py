"""The way to the providers: HTTP proxies, whether each is reached, and what the clock is by theirs."""

import asyncio
import time
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from urllib.parse import urlsplit

from proxy_core.config import Loaded
from proxy_core.upstream.failures import UpstreamFailure
from proxy_core.upstream.origin import Origin
from proxy_core.upstream.provider import Provider, providers
from proxy_core.upstream.proxies import ProxyTable
from proxy_core.upstream.selecting_transport import SelectingTransport
from proxy_core.upstream.transport import Call, Timeouts
from tokenman_tui.doctor.finding import Finding, note, ok, wrong

TIMEOUT_S = 8.0
SKEW_S = 60
_TIMEOUTS = Timeouts(TIMEOUT_S, TIMEOUT_S, TIMEOUT_S, TIMEOUT_S, TIMEOUT_S)


def proxies(loaded: Loaded) -> Iterator[Finding]:
    """Proxies are named without the credentials that their addresses may hold."""
    table = ProxyTable.from_environment()
    for provider in providers(loaded.config).values():
        proxy = table.proxy_for(provider.origin)
        if proxy is not None:
            yield note(f"Calls to {provider.origin} go through the proxy {_bare(proxy)}, as the environment says.")
    own = table.proxy_for(Origin("http", "127.0.0.1", loaded.config.server.proxy_port or 1))
    if own is not None:
        yield note(
            f"Clients may call TokenMan itself through the proxy {_bare(own)}: add localhost,127.0.0.1 to NO_PROXY."
        )
    elif not table.urls():
        yield ok("No HTTP proxy is set in the environment.")


def _bare(proxy: str) -> str:
    parts = urlsplit(proxy)
    return f"{parts.hostname}:{parts.port}" if parts.port else str(parts.hostname)


@dataclass(frozen=True, slots=True)
class _Reached:
    finding: Finding
    ahead_s: float | None = None
    """How far this machine's clock is ahead of the provider's."""


async def reach(loaded: Loaded) -> AsyncIterator[Finding]:
    """Asks each enabled provider once, without a key, and takes the time from its answer."""
    async with asyncio.TaskGroup() as tasks:
        asked = [tasks.create_task(_ask(provider)) for provider in providers(loaded.config).values()]
    reached = [task.result() for task in asked]
    for one in reached:
        yield one.finding
    yield _clock([one.ahead_s for one in reached if one.ahead_s is not None])


async def _ask(provider: Provider) -> _Reached:
    call = Call(provider.origin, b"GET", provider.target(b"/v1/models"), ((b"accept", b"application/json"),), b"")
    transport: SelectingTransport | None = None
    try:
        transport = SelectingTransport(ca_file=provider.ca_file)
        reply = await transport.send(call, _TIMEOUTS)
        await reply.aclose()
    except (UpstreamFailure, ValueError) as error:
        advice = f"check the network, the proxy variables and the address of {provider.key}"
        return _Reached(wrong(f"Provider {provider.key} is not reached: {str(error).rstrip('.')}; {advice}."))
    finally:
        if transport is not None:
            await transport.aclose()
    date = next((value for name, value in reply.headers if name.lower() == b"date"), b"")
    return _Reached(ok(f"Provider {provider.key} answers at {provider.origin}."), _ahead_s(date.decode("latin-1")))


def _ahead_s(date: str) -> float | None:
    try:
        return time.time() - parsedate_to_datetime(date).timestamp()
    except ValueError:
        return None


def _clock(ahead_s: list[float]) -> Finding:
    if not ahead_s:
        return note("The clock could not be compared with a provider's, because none answered.")
    least = min(ahead_s, key=abs)
    if abs(least) > SKEW_S:
        way = "ahead of" if least > 0 else "behind"
        return wrong(f"This machine's clock is {abs(least):.0f} s {way} the providers': set it, or let NTP do so.")
    return ok("The clock agrees with the providers'.")
