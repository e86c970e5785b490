"""httpx clients over the fast transport."""

from collections.abc import AsyncIterator

import httpx
import pytest

from proxy_core.upstream.httpx_adapter import FastTransport
from tests.core.upstream.scripted import OK, Peer, Received, answering, upstream


async def test_a_client_sees_an_ordinary_response() -> None:
    seen: list[Received] = []

    async def script(peer: Peer) -> None:
        while (request := await peer.request()) is not None:
            seen.append(request)
            await peer.say(b"HTTP/1.1 201 Made\r\nX-A: 1\r\nContent-Length: 9\r\n\r\n", b'{"a": 1}\n')

    async with upstream(script) as up, httpx.AsyncClient(transport=FastTransport()) as client:
        for _ in range(2):
            response = await client.post(f"http://{up.origin}/a%2fb?x=1", json={"b": 2})
            assert (response.status_code, response.reason_phrase, response.json()) == (201, "Made", {"a": 1})
            assert response.headers["x-a"] == "1"
        assert up.connections == 1
        assert seen[0].head.startswith(b"POST /a%2fb?x=1 HTTP/1.1\r\nHost: ")
        assert seen[0].body == b'{"b":2}'


async def test_a_streamed_body_is_sent_with_its_length() -> None:
    seen: list[Received] = []

    async def script(peer: Peer) -> None:
        while (request := await peer.request()) is not None:
            seen.append(request)
            await peer.say(OK)

    async def pieces() -> AsyncIterator[bytes]:
        yield b"one"
        yield b"two"

    async with upstream(script) as up, httpx.AsyncClient(transport=FastTransport()) as client:
        assert (await client.post(f"http://{up.origin}/", content=pieces())).text == "ok"
    assert seen[0].body == b"onetwo"
    assert b"transfer-encoding" not in seen[0].head.lower()


async def test_a_stream_may_be_left_early() -> None:
    async def script(peer: Peer) -> None:
        await peer.request()
        await peer.say(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n")
        await peer.gone()

    async with upstream(script) as up, httpx.AsyncClient(transport=FastTransport()) as client:
        async with client.stream("GET", f"http://{up.origin}/") as response:
            async for piece in response.aiter_raw():
                assert piece == b"abc"
                break
        await up.quiet()


async def test_failures_are_those_of_httpx(refusing_port: int) -> None:
    async def script(peer: Peer) -> None:
        await peer.request()
        await peer.say(b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhel")
        if peer.number == 1:
            await peer.gone()

    async with upstream(script) as up, httpx.AsyncClient(transport=FastTransport()) as client:
        with pytest.raises(httpx.ConnectError):
            await client.get(f"http://127.0.0.1:{refusing_port}/")
        with pytest.raises(httpx.ReadTimeout) as caught:
            await client.get(f"http://{up.origin}/", timeout=httpx.Timeout(10, read=0.05))
        assert caught.value.request.url.path == "/"
        with pytest.raises(httpx.RemoteProtocolError):
            await client.get(f"http://{up.origin}/", timeout=None)


async def test_a_client_without_limits_waits() -> None:
    async with upstream(answering(OK)) as up, httpx.AsyncClient(transport=FastTransport(), timeout=None) as client:
        assert (await client.get(f"http://{up.origin}/")).text == "ok"
