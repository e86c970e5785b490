"""A kept connection that the upstream had closed meanwhile: when the request may be sent again, and when not."""

import asyncio

import pytest

from proxy_core.upstream import http1_connection
from proxy_core.upstream.failures import ConnectFailed, ProtocolViolated, UpstreamDropped
from proxy_core.upstream.http1_transport import Http1Transport
from tests.core.upstream.scripted import OK, TIMEOUTS, Peer, Script, read_all, upstream


def dying(*, reset: bool, after: bytes = b"", how_often: int = 1) -> Script:
    """Answer the first request of a connection; with the second, die after the bytes `after`."""

    async def script(peer: Peer) -> None:
        await peer.request()
        await peer.say(OK)
        if peer.number > how_often:
            while await peer.request() is not None:
                await peer.say(OK)
        await peer.request()
        await peer.say(after)
        if reset:
            peer.reset()

    return script


@pytest.mark.parametrize("reset", [False, True])
async def test_it_is_sent_again_on_a_fresh_connection(transport: Http1Transport, *, reset: bool) -> None:
    async with upstream(dying(reset=reset)) as up:
        assert await read_all(await transport.send(up.call(b"one"), TIMEOUTS)) == b"ok"
        reply = await transport.send(up.call(b"two"), TIMEOUTS)
        assert not reply.reused
        assert await read_all(reply) == b"ok"
        assert up.connections == 2


async def test_it_is_sent_again_only_once(transport: Http1Transport) -> None:
    async def script(peer: Peer) -> None:
        await peer.request()
        if peer.number == 1:
            await peer.say(OK)
            await peer.request()

    async with upstream(script) as up:
        assert await read_all(await transport.send(up.call(), TIMEOUTS)) == b"ok"
        with pytest.raises(UpstreamDropped):
            await transport.send(up.call(), TIMEOUTS)
        assert up.connections == 2


async def test_the_second_try_is_on_a_new_connection_and_not_on_another_kept_one(transport: Http1Transport) -> None:
    async with upstream(dying(reset=False, how_often=3)) as up:
        replies = [await transport.send(up.call(), TIMEOUTS) for _ in range(3)]
        for reply in replies:
            await reply.aclose()
        reply = await transport.send(up.call(), TIMEOUTS)
        assert await read_all(reply) == b"ok"
        assert up.connections == 4


async def test_a_fresh_connection_that_drops_is_no_stale_one(transport: Http1Transport) -> None:
    async def script(peer: Peer) -> None:
        await peer.request()

    async with upstream(script) as up:
        with pytest.raises(UpstreamDropped, match=r"before it replied") as caught:
            await transport.send(up.call(), TIMEOUTS)
        assert caught.value.bytes_received == 0
        assert up.connections == 1


async def test_not_when_a_reply_had_begun(transport: Http1Transport) -> None:
    async with upstream(dying(reset=False, after=b"H")) as up:
        assert await read_all(await transport.send(up.call(), TIMEOUTS)) == b"ok"
        with pytest.raises(UpstreamDropped) as caught:
            await transport.send(up.call(), TIMEOUTS)
        assert caught.value.bytes_received == 1
        assert up.connections == 1


async def test_not_when_the_upstream_answered_nonsense(transport: Http1Transport) -> None:
    async with upstream(dying(reset=False, after=b"nonsense")) as up:
        assert await read_all(await transport.send(up.call(), TIMEOUTS)) == b"ok"
        with pytest.raises(ProtocolViolated):
            await transport.send(up.call(), TIMEOUTS)
        assert up.connections == 1


async def test_not_when_the_upstream_may_have_been_at_work_on_it(
    transport: Http1Transport, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(http1_connection, "STALE_S", -1.0)
    async with upstream(dying(reset=False)) as up:
        assert await read_all(await transport.send(up.call(), TIMEOUTS)) == b"ok"
        with pytest.raises(UpstreamDropped):
            await transport.send(up.call(), TIMEOUTS)
        assert up.connections == 1


async def test_a_second_try_that_cannot_connect_says_that_the_first_was_sent(transport: Http1Transport) -> None:
    async with upstream(dying(reset=False)) as up:
        assert await read_all(await transport.send(up.call(), TIMEOUTS)) == b"ok"
        up.stop_listening()
        with pytest.raises(ConnectFailed) as caught:
            await transport.send(up.call(), TIMEOUTS)
        assert caught.value.sent


async def test_a_large_body_on_a_stale_connection_is_sent_again_whole(transport: Http1Transport) -> None:
    bodies: list[bytes] = []
    body = bytes(range(256)) * 40_000

    async def script(peer: Peer) -> None:
        if peer.number == 1:
            await peer.request()
            await peer.say(OK)
            await peer.reader.read(1)
            peer.reset()
            return
        request = await peer.request()
        assert request is not None
        bodies.append(request.body)
        await peer.say(OK)
        await peer.gone()

    async with upstream(script) as up:
        assert await read_all(await transport.send(up.call(), TIMEOUTS)) == b"ok"
        assert await read_all(await transport.send(up.call(body), TIMEOUTS)) == b"ok"
    assert bodies == [body]


async def test_a_connection_that_closed_while_unused_is_not_even_tried(transport: Http1Transport) -> None:
    close = asyncio.Event()

    async def script(peer: Peer) -> None:
        await peer.request()
        await peer.say(OK)
        await close.wait()

    async with upstream(script) as up:
        assert await read_all(await transport.send(up.call(), TIMEOUTS)) == b"ok"
        close.set()
        await up.quiet()
        assert await read_all(await transport.send(up.call(), TIMEOUTS)) == b"ok"
        assert up.connections == 2
