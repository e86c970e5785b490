"""How replies end: properly, or with the failure that says how."""

import asyncio

import pytest

from proxy_core.upstream.failures import ProtocolViolated, UpstreamDropped
from proxy_core.upstream.http1_transport import Http1Transport
from proxy_core.upstream.transport import Reply
from tests.core.upstream.scripted import OK, TIMEOUTS, Peer, answering, read_all, upstream

LENGTH = b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello"
CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nhel\r\n2\r\nlo\r\n0\r\nT: 1\r\n\r\n"


async def _received(reply: Reply) -> tuple[bytes, Exception | None]:
    pieces = b""
    try:
        while piece := await reply.chunk():
            pieces += piece
    except UpstreamDropped as dropped:
        return pieces, dropped
    return pieces, None


@pytest.mark.parametrize("raw", [LENGTH, CHUNKED])
async def test_a_reply_in_two_segments_is_the_same_reply(transport: Http1Transport, raw: bytes) -> None:
    cuts = iter(range(1, len(raw)))

    async def script(peer: Peer) -> None:
        while await peer.request() is not None:
            cut = next(cuts)
            await peer.say(raw[:cut], raw[cut:])

    async with upstream(script) as up:
        for _ in range(1, len(raw)):
            reply = await transport.send(up.call(), TIMEOUTS)
            assert reply.status == 200
            assert await read_all(reply) == b"hello"
        assert up.connections == 1


@pytest.mark.parametrize("raw", [LENGTH, CHUNKED])
async def test_a_reply_cut_off_at_any_byte_is_dropped(transport: Http1Transport, raw: bytes) -> None:
    head_bytes = raw.index(b"\r\n\r\n") + 4

    async def script(peer: Peer) -> None:
        await peer.request()
        await peer.say(raw[: peer.number - 1])

    async with upstream(script) as up:
        for received in range(len(raw)):
            if received < head_bytes:
                with pytest.raises(UpstreamDropped) as caught:
                    await transport.send(up.call(), TIMEOUTS)
                failure: Exception | None = caught.value
            else:
                reply = await transport.send(up.call(), TIMEOUTS)
                body, failure = await _received(reply)
                assert b"hello".startswith(body)
                assert raw is not LENGTH or body == raw[head_bytes:received]
            assert isinstance(failure, UpstreamDropped)
            assert failure.bytes_received == received
            assert failure.sent


@pytest.mark.parametrize("raw", [LENGTH, CHUNKED])
async def test_a_reset_at_any_byte_is_dropped(transport: Http1Transport, raw: bytes) -> None:
    async def script(peer: Peer) -> None:
        await peer.request()
        await peer.say(raw[: peer.number - 1])
        peer.reset()

    async with upstream(script) as up:
        for received in range(len(raw)):
            with pytest.raises(UpstreamDropped) as caught:
                await read_all(await transport.send(up.call(), TIMEOUTS))
            assert caught.value.bytes_received <= received


async def test_a_failure_is_repeated_and_then_the_reply_is_closed(transport: Http1Transport) -> None:
    async def script(peer: Peer) -> None:
        await peer.request()
        await peer.say(LENGTH[:-2])

    async with upstream(script) as up:
        reply = await transport.send(up.call(), TIMEOUTS)
        assert await reply.chunk() == b"hel"
        for _ in range(2):
            with pytest.raises(UpstreamDropped):
                await reply.chunk()
        await reply.aclose()
        await reply.aclose()


async def test_without_a_length_closing_ends_the_body(transport: Http1Transport) -> None:
    async def script(peer: Peer) -> None:
        await peer.request()
        await peer.say(b"HTTP/1.1 200 OK\r\n\r\nhel", b"lo")

    async with upstream(script) as up:
        for count in (1, 2):
            assert await read_all(await transport.send(up.call(), TIMEOUTS)) == b"hello"
            assert up.connections == count


async def test_without_a_length_a_reset_does_not_end_the_body(transport: Http1Transport) -> None:
    read = asyncio.Event()

    async def script(peer: Peer) -> None:
        await peer.request()
        await peer.say(b"HTTP/1.1 200 OK\r\n\r\nhel")
        await read.wait()
        peer.reset()

    async with upstream(script) as up:
        reply = await transport.send(up.call(), TIMEOUTS)
        assert await reply.chunk() == b"hel"
        read.set()
        with pytest.raises(UpstreamDropped):
            await reply.chunk()


@pytest.mark.parametrize(
    ("raw", "kept"),
    [
        (b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok", True),
        (b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok", False),
        (b"HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\nok", False),
        (b"HTTP/1.0 200 OK\r\nConnection: keep-alive\r\nContent-Length: 2\r\n\r\nok", True),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nokHTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nevil", False),
        (b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok", True),
    ],
)
async def test_the_connection_is_kept_when_the_reply_allows_it(
    transport: Http1Transport,
    raw: bytes,
    kept: bool,
) -> None:
    async with upstream(answering(raw)) as up:
        for _ in range(3):
            assert await read_all(await transport.send(up.call(), TIMEOUTS)) == b"ok"
        assert up.connections == (1 if kept else 3)


@pytest.mark.parametrize("status", [b"204 No Content", b"304 Not Modified"])
async def test_a_status_without_body_ends_with_its_head(transport: Http1Transport, status: bytes) -> None:
    async with upstream(answering(b"HTTP/1.1 " + status + b"\r\nX: 1\r\n\r\n")) as up:
        for _ in range(2):
            assert await read_all(await transport.send(up.call(), TIMEOUTS)) == b""
        assert up.connections == 1


async def test_the_reply_to_a_head_ends_with_its_head(transport: Http1Transport) -> None:
    async with upstream(answering(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n")) as up:
        reply = await transport.send(up.call(method=b"HEAD"), TIMEOUTS)
        assert reply.headers == ((b"Content-Length", b"1000"),)
        assert await read_all(reply) == b""


async def test_garbage_is_told_from_a_drop(transport: Http1Transport) -> None:
    async with upstream(answering(b"SSH-2.0-OpenSSH_9\r\n")) as up:
        with pytest.raises(ProtocolViolated, match=r"^127\.0\.0\.1:\d+ .*\.$") as caught:
            await transport.send(up.call(), TIMEOUTS)
        assert caught.value.sent


async def test_garbage_in_the_body_comes_after_the_good_part(transport: Http1Transport) -> None:
    head = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
    async with upstream(answering(head + b"2\r\nok\r\nzz\r\n")) as up:
        reply = await transport.send(up.call(), TIMEOUTS)
        assert await reply.chunk() == b"ok"
        with pytest.raises(ProtocolViolated):
            await reply.chunk()


async def test_a_reply_closed_early_closes_its_connection(transport: Http1Transport) -> None:
    gone: list[bytes] = []

    async def script(peer: Peer) -> None:
        await peer.request()
        await peer.say(LENGTH[:-1])
        gone.append(await peer.gone())

    async with upstream(script) as up:
        reply = await transport.send(up.call(), TIMEOUTS)
        await reply.aclose()
        with pytest.raises(RuntimeError):
            await reply.chunk()
        await up.quiet()
    assert gone == [b""]


async def test_a_reply_closed_at_its_end_unread_keeps_its_connection(transport: Http1Transport) -> None:
    async with upstream(answering(OK)) as up:
        for _ in range(3):
            reply = await transport.send(up.call(), TIMEOUTS)
            await reply.aclose()
        assert up.connections == 1


async def test_the_end_is_told_again(transport: Http1Transport) -> None:
    async with upstream(answering(OK)) as up:
        reply = await transport.send(up.call(), TIMEOUTS)
        assert await read_all(reply) == b"ok"
        other = await transport.send(up.call(), TIMEOUTS)
        assert await reply.chunk() == b""
        await reply.aclose()
        assert await read_all(other) == b"ok"
