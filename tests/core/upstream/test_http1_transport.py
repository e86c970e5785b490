"""One call over the fast transport, and the next on the same connection."""

import socket

import aiohappyeyeballs
import pytest
from aiohappyeyeballs import start_connection

from proxy_core.upstream.http1_transport import Http1Transport
from tests.core.upstream.scripted import OK, TIMEOUTS, Peer, answering, read_all, upstream


async def test_a_reply_arrives_as_the_upstream_wrote_it(transport: Http1Transport) -> None:
    head = b"HTTP/1.1 203 Rather Fine\r\nX-Case: A\r\nx-case: b\r\nContent-Length: 3\r\n\r\n"
    async with upstream(answering(head + b"abc")) as up:
        reply = await transport.send(up.call(), TIMEOUTS)
        assert (reply.status, reply.reason) == (203, b"Rather Fine")
        assert reply.headers == ((b"X-Case", b"A"), (b"x-case", b"b"), (b"Content-Length", b"3"))
        assert await read_all(reply) == b"abc"
        await reply.aclose()


async def test_the_wire_has_what_the_call_says(transport: Http1Transport) -> None:
    seen: list[bytes] = []

    async def script(peer: Peer) -> None:
        while (request := await peer.request()) is not None:
            seen.append(request.head + request.body)
            await peer.say(OK)

    async with upstream(script) as up:
        headers = ((b"X-One", b"1"), (b"anthropic-beta", b"a"), (b"anthropic-beta", b"b"))
        reply = await transport.send(up.call(b'{"a": 1}', headers=headers), TIMEOUTS)
        assert await read_all(reply) == b"ok"
        assert seen == [
            b"POST /v1/x HTTP/1.1\r\nhost: %b\r\nX-One: 1\r\nanthropic-beta: a\r\nanthropic-beta: b\r\n"
            b'content-length: 8\r\n\r\n{"a": 1}' % up.origin.host_header
        ]


@pytest.mark.parametrize("size", [0, 1, 100_000, 131_072, 131_073, 5_000_000])
async def test_bodies_of_any_size_go_out_whole(transport: Http1Transport, size: int) -> None:
    body = bytes(range(256)) * (size // 256) + b"x" * (size % 256)

    async def script(peer: Peer) -> None:
        while (request := await peer.request()) is not None:
            assert request.body == body
            await peer.say(OK)

    async with upstream(script) as up:
        for _ in range(2):
            assert await read_all(await transport.send(up.call(body), TIMEOUTS)) == b"ok"
        assert up.connections == 1


async def test_the_second_call_reuses_the_connection(transport: Http1Transport) -> None:
    async with upstream(answering(OK)) as up:
        first = await transport.send(up.call(), TIMEOUTS)
        assert not first.reused
        assert first.connect_ms > 0
        await read_all(first)
        second = await transport.send(up.call(), TIMEOUTS)
        assert second.reused
        assert second.connect_ms == 0.0
        assert second.ready_ns <= second.written_ns <= second.first_byte_ns
        await second.aclose()
        assert up.connections == 1


async def test_the_first_address_that_works_is_used(transport: Http1Transport, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []

    async def race(addresses: list[tuple[object, ...]], **options: object) -> socket.socket:
        # what a resolver would say of a host whose first address leads nowhere
        dead = (socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", 1))
        asked.extend(str(address[4]) for address in addresses)
        return await start_connection([dead, *addresses], **options)  # type: ignore[arg-type,list-item]

    monkeypatch.setattr(aiohappyeyeballs, "start_connection", race)
    async with upstream(answering(OK)) as up:
        assert await read_all(await transport.send(up.call(), TIMEOUTS)) == b"ok"
    assert len(asked) == 1
