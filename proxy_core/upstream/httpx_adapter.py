"""The fast transport under the interface of httpx: `httpx.AsyncClient(transport=FastTransport())`."""

import math
from collections.abc import AsyncIterator

import httpx

from proxy_core.upstream.failures import UpstreamFailure
from proxy_core.upstream.httpx_failures import httpx_error_of
from proxy_core.upstream.origin import Origin
from proxy_core.upstream.selecting_transport import SelectingTransport
from proxy_core.upstream.transport import Call, Reply, Timeouts, Transport


class FastTransport(httpx.AsyncBaseTransport):
    """Sends what httpx made of a request. A body that comes in pieces is collected first and sent with its length.

    httpx's `read` timeout serves as first-byte and as idle timeout.
    """

    def __init__(self, transport: Transport | None = None) -> None:
        """Closes `transport`, or the one it opens itself, when the client is closed."""
        self._transport = SelectingTransport() if transport is None else transport

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        body = await request.aread()
        try:
            reply = await self._transport.send(_call(request, body), _timeouts(request))
        except UpstreamFailure as failure:
            raise httpx_error_of(failure, request) from failure
        return httpx.Response(
            reply.status,
            headers=list(reply.headers),
            stream=_ReplyStream(reply, request),
            extensions={"http_version": b"HTTP/1.1", "reason_phrase": reply.reason},
        )

    async def aclose(self) -> None:
        await self._transport.aclose()


class _ReplyStream(httpx.AsyncByteStream):
    def __init__(self, reply: Reply, request: httpx.Request) -> None:
        self._reply = reply
        self._request = request

    async def __aiter__(self) -> AsyncIterator[bytes]:
        try:
            while piece := await self._reply.chunk():
                yield piece
        except UpstreamFailure as failure:
            raise httpx_error_of(failure, self._request) from failure

    async def aclose(self) -> None:
        await self._reply.aclose()


def _call(request: httpx.Request, body: bytes) -> Call:
    url = request.url
    origin = Origin(
        url.scheme, url.raw_host.decode("ascii").strip("[]"), url.port or (80 if url.scheme == "http" else 443)
    )
    headers = tuple(field for field in request.headers.raw if field[0].lower() != b"transfer-encoding")
    return Call(origin, request.method.encode("ascii"), url.raw_path, headers, body)


def _timeouts(request: httpx.Request) -> Timeouts:
    limits = request.extensions.get("timeout", {})

    def seconds(part: str) -> float:
        limit = limits.get(part)
        return math.inf if limit is None else float(limit)

    read_s = seconds("read")
    return Timeouts(seconds("connect"), read_s, read_s, seconds("write"), seconds("pool"))
