"""Calls through an HTTP proxy."""

import asyncio
import contextlib
import importlib.util
from collections.abc import AsyncIterator
from dataclasses import replace

import pytest

from proxy_core.upstream import failures
from proxy_core.upstream.httpx_transport import HttpxTransport
from proxy_core.upstream.origin import Origin
from proxy_core.upstream.proxies import ProxyTable
from proxy_core.upstream.selecting_transport import SelectingTransport
from proxy_core.upstream.transport import Call, Transport
from tests.core.upstream.conftest import Certificates
from tests.core.upstream.scripted import OK, TIMEOUTS, Peer, Script, Upstream, answering, read_all, upstream

ELSEWHERE = Origin("http", "up.example", 80)


@contextlib.asynccontextmanager
async def proxied(script: Script, *, credentials: str = "") -> AsyncIterator[tuple[Upstream, HttpxTransport]]:
    """A scripted upstream in the place of the proxy."""
    async with upstream(script) as proxy:
        transport = HttpxTransport(f"http://{credentials}{proxy.origin}")
        try:
            yield proxy, transport
        finally:
            await transport.aclose()


def tunnel_to(up: Upstream, seen: list[bytes]) -> Script:
    async def script(peer: Peer) -> None:
        request = await peer.request()
        assert request is not None
        seen.append(request.head)
        reader, writer = await asyncio.open_connection("127.0.0.1", up.origin.port)
        await peer.say(b"HTTP/1.1 200 Connection established\r\n\r\n")
        async with asyncio.TaskGroup() as group:
            group.create_task(_copy(peer.reader, writer))
            group.create_task(_copy(reader, peer.writer))

    return script


async def _copy(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    try:
        while data := await reader.read(65536):
            writer.write(data)
            await writer.drain()
    finally:
        writer.close()


async def test_bytes_go_through_unchanged() -> None:
    seen: list[bytes] = []

    async def script(peer: Peer) -> None:
        while (request := await peer.request()) is not None:
            seen.append(request.head + request.body)
            await peer.say(b"HTTP/1.1 203 Fine So\r\nX-Case: 1\r\nx-case: 2\r\nContent-Encoding: gzip\r\n")
            await peer.say(b"Content-Length: 6\r\n\r\n", b"not zi")

    async with proxied(script) as (_, transport):
        headers = ((b"X-One", b"1"), (b"x-one", b"2"))
        call = Call(ELSEWHERE, b"POST", b"/a/../%7e%2f?q='[\"]&&=+", headers, b'{"a": 1}')
        reply = await transport.send(call, TIMEOUTS)
        assert (reply.status, reply.reason) == (203, b"Fine So")
        assert reply.headers == (
            (b"X-Case", b"1"),
            (b"x-case", b"2"),
            (b"Content-Encoding", b"gzip"),
            (b"Content-Length", b"6"),
        )
        assert await read_all(reply) == b"not zi"
        assert not reply.reused
        assert reply.ready_ns <= reply.written_ns <= reply.first_byte_ns
        again = await transport.send(call, TIMEOUTS)
        assert again.reused
        await again.aclose()
        await again.aclose()
    head = b"host: up.example\r\nX-One: 1\r\nx-one: 2\r\ncontent-length: 8\r\n\r\n"
    assert seen[0] == b"POST http://up.example/a/../%7e%2f?q='[\"]&&=+ HTTP/1.1\r\n" + head + b'{"a": 1}'


async def test_https_goes_through_a_tunnel(certificates: Certificates) -> None:
    seen: list[bytes] = []
    inside: list[bytes] = []

    async def script(peer: Peer) -> None:
        while (request := await peer.request()) is not None:
            inside.append(request.head)
            await peer.say(OK)

    async with upstream(script, tls=certificates.server) as up, upstream(tunnel_to(up, seen)) as proxy:
        transport = HttpxTransport(f"http://me:secret@{proxy.origin}", ca_file=certificates.ca_file)
        for _ in range(2):
            reply = await transport.send(up.call(b"x"), TIMEOUTS)
            assert await read_all(reply) == b"ok"
        await transport.aclose()
        await proxy.quiet()
    assert len(seen) == 1
    assert seen[0].startswith(b"CONNECT %b HTTP/1.1\r\n" % up.origin.host_header)
    assert b"Proxy-Authorization: Basic bWU6c2VjcmV0" in seen[0]
    assert inside[0] == b"POST /v1/x HTTP/1.1\r\nhost: %b\r\ncontent-length: 1\r\n\r\n" % up.origin.host_header


async def test_redirects_are_returned() -> None:
    async with proxied(answering(b"HTTP/1.1 307 Go\r\nLocation: /b\r\nContent-Length: 0\r\n\r\n")) as (_, transport):
        reply = await transport.send(Call(ELSEWHERE, b"GET", b"/a", (), b""), TIMEOUTS)
        assert reply.status == 307
        assert await read_all(reply) == b""
        assert await reply.chunk() == b""


async def _silent(peer: Peer) -> None:
    await peer.request()
    await peer.gone()


async def _half(peer: Peer) -> None:
    await peer.request()
    await peer.say(b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhel")
    await peer.gone()


async def _cut(peer: Peer) -> None:
    await peer.request()
    await peer.say(b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhel")


async def _gone(peer: Peer) -> None:
    await peer.request()


@pytest.mark.parametrize(
    ("script", "failure"),
    [
        (_silent, failures.FirstByteTimedOut),
        (_half, failures.IdleTimedOut),
        (_cut, failures.UpstreamDropped),
        (_gone, failures.UpstreamDropped),
        (answering(b"nonsense\r\n\r\n"), failures.ProtocolViolated),
    ],
)
async def test_failures_are_ours(script: Script, failure: type[failures.UpstreamFailure]) -> None:
    async with proxied(script, credentials="me:secret@") as (proxy, transport):
        # a first-byte limit that is the longer one shows that each limit is used where it belongs
        first_byte_s, idle_s = (5.0, 0.05) if script is _half else (0.05 if script is _silent else 5.0, 5.0)
        limits = replace(TIMEOUTS, first_byte_s=first_byte_s, idle_s=idle_s)
        with pytest.raises(failure, match=r"^up\.example:80 .*\.$") as caught:
            await read_all(await transport.send(Call(ELSEWHERE, b"GET", b"/a?secret", (), b""), limits))
        assert caught.value.sent
        assert "secret" not in str(caught.value)
        await proxy.quiet()


async def test_a_proxy_that_refuses() -> None:
    async with proxied(answering(b"HTTP/1.1 403 No\r\nContent-Length: 0\r\n\r\n")) as (_, transport):
        call = Call(Origin("https", "up.example", 443), b"GET", b"/", (), b"")
        with pytest.raises(failures.ConnectFailed, match="proxy refused") as caught:
            await transport.send(call, TIMEOUTS)
        assert not caught.value.sent


async def test_a_proxy_that_is_not_there(refusing_port: int) -> None:
    transport = HttpxTransport(f"http://127.0.0.1:{refusing_port}")
    with pytest.raises(failures.ConnectFailed) as caught:
        await transport.send(Call(ELSEWHERE, b"GET", b"/", (), b""), TIMEOUTS)
    assert not caught.value.sent
    await transport.aclose()


async def test_leaving_is_seen_at_once() -> None:
    async with proxied(_half) as (proxy, transport):
        reply = await transport.send(Call(ELSEWHERE, b"GET", b"/", (), b""), TIMEOUTS)
        assert await reply.chunk() == b"hel"
        task = asyncio.ensure_future(reply.chunk())
        await asyncio.sleep(0)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        await proxy.quiet()
        with pytest.raises(RuntimeError):
            await reply.chunk()


async def test_closing_early_closes_the_connection() -> None:
    async with proxied(_half) as (proxy, transport):
        reply = await transport.send(Call(ELSEWHERE, b"GET", b"/", (), b""), TIMEOUTS)
        await reply.aclose()
        await proxy.quiet()


async def test_the_environment_selects() -> None:
    async with upstream(answering(OK)) as up, upstream(answering(OK)) as proxy:
        transport: Transport = SelectingTransport(
            proxies=ProxyTable({"http": f"http://{proxy.origin}", "no": "127.0.0.1"})
        )
        assert await read_all(await transport.send(up.call(), TIMEOUTS)) == b"ok"
        assert (up.connections, proxy.connections) == (1, 0)
        assert await read_all(await transport.send(Call(ELSEWHERE, b"GET", b"/", (), b""), TIMEOUTS)) == b"ok"
        assert (up.connections, proxy.connections) == (1, 1)
        await transport.aclose()


@pytest.mark.parametrize("proxy", ["ftp://p:1", "http://[::1"])
def test_a_proxy_that_cannot_be_used_is_one_sentence(proxy: str) -> None:
    with pytest.raises(ValueError, match=r"^A proxy in the environment must be .*\.$"):
        SelectingTransport(proxies=ProxyTable({"all": proxy}))


def test_a_socks_proxy_needs_its_package(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    with pytest.raises(ValueError, match=r"pip install socksio\.$"):
        SelectingTransport(proxies=ProxyTable({"https": "socks5://user:secret@p:1"}))
