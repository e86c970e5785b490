"""The failures of httpx in our words, and ours in those of httpx."""

import httpx

from proxy_core.upstream.failures import (
    ConnectFailed,
    ConnectTimedOut,
    FirstByteTimedOut,
    IdleTimedOut,
    PoolTimedOut,
    ProtocolViolated,
    UpstreamDropped,
    UpstreamFailure,
    WriteTimedOut,
)
from proxy_core.upstream.origin import Origin

_DROPPED = ("Server disconnected", "peer closed connection")  # h11 has one class for these and for garbage

_OURS_OF: tuple[tuple[type[httpx.HTTPError], type[UpstreamFailure], str], ...] = (
    (httpx.PoolTimeout, PoolTimedOut, "had no free connection in time"),
    (httpx.ConnectTimeout, ConnectTimedOut, "could not be connected to in time"),
    (httpx.ConnectError, ConnectFailed, "could not be connected to through the proxy"),
    (httpx.ProxyError, ConnectFailed, "could not be connected to: the proxy refused"),
    (httpx.WriteTimeout, WriteTimedOut, "took no more of the request in time"),
    (httpx.ReadTimeout, FirstByteTimedOut, "did not begin to reply in time"),
)

_HTTPX_OF: dict[type[UpstreamFailure], type[httpx.TransportError]] = {
    PoolTimedOut: httpx.PoolTimeout,
    ConnectFailed: httpx.ConnectError,
    ConnectTimedOut: httpx.ConnectTimeout,
    WriteTimedOut: httpx.WriteTimeout,
    FirstByteTimedOut: httpx.ReadTimeout,
    IdleTimedOut: httpx.ReadTimeout,
    UpstreamDropped: httpx.RemoteProtocolError,
    ProtocolViolated: httpx.RemoteProtocolError,
}


def failure_of(error: httpx.HTTPError, origin: Origin, *, head_done: bool) -> UpstreamFailure:
    """What httpx says, without its words: they may hold an address with credentials."""
    if isinstance(error, httpx.ReadTimeout) and head_done:
        return IdleTimedOut(f"{origin} fell silent in the middle of its reply.")
    if isinstance(error, httpx.ProtocolError) and not str(error).startswith(_DROPPED):
        return ProtocolViolated(f"{origin} did not send a valid HTTP/1.1 reply.")
    for theirs, ours, what in _OURS_OF:
        if isinstance(error, theirs):
            return ours(f"{origin} {what}.")
    return UpstreamDropped(f"{origin} closed the connection before its reply was whole.")


def httpx_error_of(failure: UpstreamFailure, request: httpx.Request) -> httpx.TransportError:
    return _HTTPX_OF[type(failure)](str(failure), request=request)
