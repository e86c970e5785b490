"""A reply being read through httpx."""

import contextlib
import time
from collections.abc import AsyncGenerator
from typing import Any

import httpx

from proxy_core.upstream.failures import UpstreamDropped
from proxy_core.upstream.httpx_failures import failure_of
from proxy_core.upstream.origin import Origin
from proxy_core.upstream.transport import RawHeaders


class CallTrace:
    """When a call reached which point, as httpcore tells it through its `trace` extension."""

    def __init__(self) -> None:
        self.began_ns = self.ready_ns = time.monotonic_ns()
        self.written_ns = 0
        self.reused = True

    async def __call__(self, event: str, _: dict[str, Any]) -> None:
        if event == "http11.send_request_headers.started":
            self.ready_ns = time.monotonic_ns()
        elif event == "http11.send_request_body.complete":
            self.written_ns = time.monotonic_ns()
        elif event.startswith("connection.connect_tcp."):
            self.reused = False


class HttpxReply:
    """The Reply of the transport for proxies."""

    def __init__(self, response: httpx.Response, origin: Origin, trace: CallTrace) -> None:
        self.status = response.status_code
        self.reason: bytes = response.extensions.get("reason_phrase", b"")
        self.headers: RawHeaders = tuple(response.headers.raw)
        self.reused = trace.reused
        self.connect_ms = 0.0 if trace.reused else (trace.ready_ns - trace.began_ns) / 1e6
        self.ready_ns = trace.ready_ns
        self.written_ns = trace.written_ns
        self.first_byte_ns = time.monotonic_ns()
        self._origin = origin
        self._response = response
        self._pieces = _pieces(response)
        self._bytes_received = 0
        self._after: Exception | None = None
        self._closed = False

    async def chunk(self) -> bytes:
        if self._closed:
            if self._after is not None:
                raise self._after
            return b""
        try:
            piece = await anext(self._pieces, b"")
        except httpx.HTTPError as error:
            failure = failure_of(error, self._origin, head_done=True)
            if isinstance(failure, UpstreamDropped):
                failure.bytes_received = self._bytes_received
            await self._close(failure)
            raise failure from error
        except BaseException:
            await self.aclose()
            raise
        self._bytes_received += len(piece)
        if not piece:
            await self._close(None)
        return piece

    async def aclose(self) -> None:
        await self._close(RuntimeError("The reply was closed before its end and cannot be read further."))

    async def _close(self, after: Exception | None) -> None:
        if not self._closed:
            self._closed = True
            self._after = after
            with contextlib.suppress(Exception):
                await self._pieces.aclose()
            with contextlib.suppress(Exception):
                await self._response.aclose()


async def _pieces(response: httpx.Response) -> AsyncGenerator[bytes, None]:
    async for piece in response.aiter_raw():
        if piece:
            yield piece
