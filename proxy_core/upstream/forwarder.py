"""The end of the pipeline: a request becomes a call to a provider."""

from dataclasses import replace

from proxy_core.exchange.headers import RawHeaders
from proxy_core.exchange.reply import Reply
from proxy_core.exchange.request import Request
from proxy_core.upstream.credentials import Keyring, authorised
from proxy_core.upstream.provider import Provider
from proxy_core.upstream.transport import Call, Timeouts, Transport

QUICK_OPERATIONS = frozenset({"models"})
QUICK_S = 2.5
"""Claude Code gives a list of models three seconds."""


class Forwarder:
    def __init__(self, transport: Transport, keyring: Keyring) -> None:
        self._transport = transport
        self._keyring = keyring

    async def send(self, request: Request, provider: Provider) -> Reply:
        """The provider's reply, as soon as its head is there. Raises UpstreamFailure."""
        call = Call(
            origin=provider.origin,
            method=request.arrival.method.encode("ascii"),
            target=provider.target(request.target),
            headers=_addressed(await authorised(request.outgoing_headers, provider, self._keyring), provider),
            body=request.outgoing_body,
        )
        return await self._transport.send(call, _timeouts(request, provider))


def _addressed(headers: RawHeaders, provider: Provider) -> RawHeaders:
    """The provider's name in the place where the client wrote the proxy's."""
    host = provider.origin.host_header
    return tuple([(name, host if name.lower() == b"host" else value) for name, value in headers])


def _timeouts(request: Request, provider: Provider) -> Timeouts:
    timeouts = provider.timeouts
    if request.operation not in QUICK_OPERATIONS:
        return timeouts
    return replace(
        timeouts, connect_s=min(QUICK_S, timeouts.connect_s), first_byte_s=min(QUICK_S, timeouts.first_byte_s)
    )
