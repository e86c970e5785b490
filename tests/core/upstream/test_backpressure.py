"""Neither side makes the other's bytes pile up in memory."""

import asyncio

import pytest

from proxy_core.upstream.failures import UpstreamDropped
from proxy_core.upstream.http1_connection import READ_AHEAD_BYTES, READ_BYTES
from proxy_core.upstream.http1_transport import Http1Transport
from proxy_core.upstream.transport import Reply
from tests.core.upstream.scripted import OK, TIMEOUTS, Peer, read_all, upstream


def tracked_bytes(reply: Reply) -> int:
    connection = reply._connection  # type: ignore[attr-defined]
    return int(connection.parser.piece_bytes)


def ended(reply: Reply) -> bool:
    connection = reply._connection  # type: ignore[attr-defined]
    return bool(connection.parser.ended)


async def test_a_reply_that_nobody_reads_is_left_in_the_socket(transport: Http1Transport) -> None:
    size = 40_000_000
    written = 0

    async def script(peer: Peer) -> None:
        nonlocal written
        await peer.request()
        await peer.say(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % size)
        for _ in range(size // 100_000):
            await peer.say(b"x" * 100_000)
            written += 100_000
        await peer.gone()

    async with upstream(script) as up:
        reply = await transport.send(up.call(), TIMEOUTS)
        stuck_at = -1
        while written != stuck_at:
            stuck_at = written
            await asyncio.sleep(0.05)
        assert 0 < written < size
        held = tracked_bytes(reply)
        assert 0 < held <= READ_AHEAD_BYTES + READ_BYTES
        assert len(await read_all(reply)) == size


async def test_a_large_reply_does_not_spoil_the_connection(transport: Http1Transport) -> None:
    body = b"0123456789" * 300_000

    async def script(peer: Peer) -> None:
        while await peer.request() is not None:
            await peer.say(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(body) + body)

    async with upstream(script) as up:
        for _ in range(3):
            assert await read_all(await transport.send(up.call(), TIMEOUTS)) == body
        assert up.connections == 1


async def test_what_nobody_took_does_not_spoil_the_connection(transport: Http1Transport) -> None:
    body = b"x" * (READ_AHEAD_BYTES + 1000)

    async def script(peer: Peer) -> None:
        while await peer.request() is not None:
            await peer.say(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(body) + body)

    async with upstream(script) as up:
        for _ in range(3):
            reply = await transport.send(up.call(), TIMEOUTS)
            while not ended(reply):  # noqa: ASYNC110
                await asyncio.sleep(0.001)
            await reply.aclose()
            with pytest.raises(RuntimeError):
                await reply.chunk()
        assert up.connections == 1


async def test_a_refusal_is_delivered_while_the_body_is_still_going_out(transport: Http1Transport) -> None:
    taken = 0

    async def script(peer: Peer) -> None:
        nonlocal taken
        await peer.reader.readuntil(b"\r\n\r\n")
        await peer.say(b"HTTP/1.1 413 Content Too Large\r\nContent-Length: 3\r\n\r\nbig")
        taken = len(await peer.gone())

    async with upstream(script, limit=4096) as up:
        reply = await transport.send(up.call(b"x" * 60_000_000), TIMEOUTS)
        assert reply.status == 413
        assert reply.written_ns == 0
        assert await read_all(reply) == b"big"
        await up.quiet()
        assert taken < 60_000_000
        assert up.connections == 1


async def test_a_reply_that_begins_early_does_not_stop_the_request(transport: Http1Transport) -> None:
    body = b"x" * 20_000_000

    async def script(peer: Peer) -> None:
        await peer.reader.readuntil(b"\r\n\r\n")
        await peer.say(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n")
        left = len(body)
        while left:
            left -= len(await peer.reader.read(1 << 20))
        await peer.say(b"0\r\n\r\n")
        assert (await peer.request()) is not None
        await peer.say(OK)
        await peer.gone()

    async with upstream(script, limit=65536) as up:
        reply = await transport.send(up.call(body), TIMEOUTS)
        assert await read_all(reply) == b"hello"
        assert await read_all(await transport.send(up.call(), TIMEOUTS)) == b"ok"
        assert up.connections == 1


async def test_a_reply_that_ends_before_the_request_costs_the_connection(transport: Http1Transport) -> None:
    async def script(peer: Peer) -> None:
        await peer.reader.readuntil(b"\r\n\r\n")
        await peer.say(OK)
        await resume.wait()
        await peer.gone()

    resume = asyncio.Event()
    async with upstream(script, limit=4096) as up:
        for count in (1, 2):
            assert await read_all(await transport.send(up.call(b"x" * 30_000_000), TIMEOUTS)) == b"ok"
            assert up.connections == count
        resume.set()
        await up.quiet()


@pytest.mark.parametrize("reset", [False, True])
async def test_an_upstream_that_leaves_while_the_request_goes_out(transport: Http1Transport, *, reset: bool) -> None:
    async def script(peer: Peer) -> None:
        await peer.reader.readuntil(b"\r\n\r\n")
        if reset:
            peer.reset()

    async with upstream(script, limit=4096) as up:
        with pytest.raises(UpstreamDropped) as caught:
            await transport.send(up.call(b"x" * 30_000_000), TIMEOUTS)
        assert caught.value.bytes_received == 0
