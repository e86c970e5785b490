"""Whoever waits may go away at any moment: the upstream sees it at once, and nothing stays behind."""

import asyncio
import random
from collections.abc import Coroutine
from typing import Any

import psutil
import pytest

from proxy_core.upstream.http1_transport import Http1Transport
from proxy_core.upstream.origin import Origin
from proxy_core.upstream.shelves import PoolLimits
from proxy_core.upstream.transport import Call
from tests.core.upstream.conftest import Certificates
from tests.core.upstream.scripted import OK, TIMEOUTS, Peer, answering, read_all, upstream


async def cancelled(task: "asyncio.Task[Any]") -> None:
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


def sockets_to(origin: Origin) -> int:
    connections = psutil.Process().net_connections("tcp")
    return sum(bool(connection.raddr) and connection.raddr.port == origin.port for connection in connections)


async def test_while_waiting_for_the_head(transport: Http1Transport) -> None:
    asked = asyncio.Event()

    async def script(peer: Peer) -> None:
        await peer.request()
        asked.set()
        await peer.gone()

    async with upstream(script) as up:
        task = asyncio.ensure_future(transport.send(up.call(), TIMEOUTS))
        await asked.wait()
        await cancelled(task)
        await up.quiet()


async def test_while_waiting_for_a_chunk(transport: Http1Transport) -> None:
    async def script(peer: Peer) -> None:
        await peer.request()
        await peer.say(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhel")
        await peer.gone()

    async with upstream(script) as up:
        reply = await transport.send(up.call(), TIMEOUTS)
        assert await reply.chunk() == b"hel"
        task = asyncio.ensure_future(reply.chunk())
        await asyncio.sleep(0)
        await cancelled(task)
        await up.quiet()
        with pytest.raises(RuntimeError, match="closed before its end"):
            await reply.chunk()
        await reply.aclose()


async def test_while_the_request_is_being_written(transport: Http1Transport) -> None:
    begun = asyncio.Event()

    async def script(peer: Peer) -> None:
        await peer.reader.readuntil(b"\r\n\r\n")
        begun.set()
        await resume.wait()
        await peer.gone()

    resume = asyncio.Event()
    async with upstream(script, limit=1024) as up:
        task = asyncio.ensure_future(transport.send(up.call(b"x" * 30_000_000), TIMEOUTS))
        await begun.wait()
        await cancelled(task)
        resume.set()
        await up.quiet()


async def test_during_a_handshake(transport: Http1Transport) -> None:
    greeted = asyncio.Event()

    async def script(peer: Peer) -> None:
        assert await peer.reader.readexactly(1) == b"\x16"
        greeted.set()
        await peer.gone()

    async with upstream(script) as up:
        call = Call(Origin("https", "127.0.0.1", up.origin.port), b"GET", b"/", (), b"")
        task = asyncio.ensure_future(transport.send(call, TIMEOUTS))
        await greeted.wait()
        await cancelled(task)
        await up.quiet()


async def test_a_coroutine_thrown_away_is_as_good_as_cancelled(transport: Http1Transport) -> None:
    async def script(peer: Peer) -> None:
        await peer.request()
        await peer.say(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhel")
        await peer.gone()

    async with upstream(script) as up:
        reply = await transport.send(up.call(), TIMEOUTS)
        assert await reply.chunk() == b"hel"
        waiting: Coroutine[Any, Any, bytes] = reply.chunk()
        waiting.send(None)
        waiting.close()
        await up.quiet()


async def test_two_readers_of_one_reply_are_a_mistake(transport: Http1Transport) -> None:
    async def script(peer: Peer) -> None:
        await peer.request()
        await peer.say(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n")
        await peer.gone()

    async with upstream(script) as up:
        reply = await transport.send(up.call(), TIMEOUTS)
        first = asyncio.ensure_future(reply.chunk())
        await asyncio.sleep(0)
        with pytest.raises(RuntimeError, match="Two tasks"):
            await reply.chunk()
        with pytest.raises(RuntimeError, match="closed before its end"):
            await first


async def test_closing_a_reply_ends_the_wait_for_it(transport: Http1Transport) -> None:
    async def script(peer: Peer) -> None:
        await peer.request()
        await peer.say(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n")
        await peer.gone()

    async with upstream(script) as up:
        reply = await transport.send(up.call(), TIMEOUTS)
        reader = asyncio.ensure_future(reply.chunk())
        await asyncio.sleep(0)
        await reply.aclose()
        with pytest.raises(RuntimeError, match="closed before its end"):
            await reader


@pytest.mark.parametrize("over_tls", [False, True])
async def test_a_storm_leaves_no_sockets_and_no_places(certificates: Certificates, *, over_tls: bool) -> None:
    transport = Http1Transport(ca_file=certificates.ca_file, limits=PoolLimits(per_origin=8))
    tls = certificates.server if over_tls else None
    chance = random.Random(7)
    big = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + b"5\r\nhello\r\n" * 40 + b"0\r\n\r\n"

    async def caller() -> None:
        reply = await transport.send(up.call(b"x" * chance.choice((0, 100, 300_000))), TIMEOUTS)
        try:
            await read_all(reply)
        finally:
            await reply.aclose()

    async with upstream(answering(big[:300], big[300:]), tls=tls) as up:
        for _ in range(8 if over_tls else 30):
            tasks = [asyncio.ensure_future(caller()) for _ in range(20)]
            for _ in range(chance.randrange(30)):
                await asyncio.sleep(0)
            for task in chance.sample(tasks, 12):
                task.cancel()
            results = await asyncio.gather(*tasks, return_exceptions=True)
            assert all(result is None or isinstance(result, asyncio.CancelledError) for result in results)
        # every place is free again: as many calls as there are places can be under way at once
        replies = [await asyncio.wait_for(transport.send(up.call(), TIMEOUTS), 10) for _ in range(8)]
        for reply in replies:
            await reply.aclose()
        await transport.aclose()
        await up.quiet()
    assert sockets_to(up.origin) == 0


async def test_a_storm_of_connecting_calls_leaves_no_sockets() -> None:
    transport = Http1Transport(limits=PoolLimits(per_origin=4))
    chance = random.Random(11)

    async def script(peer: Peer) -> None:
        await peer.request()
        await peer.say(OK)

    async with upstream(script) as up:
        name = Call(Origin("http", "localhost", up.origin.port), b"GET", b"/", (), b"")
        for _ in range(100):
            task = asyncio.ensure_future(transport.send(name, TIMEOUTS))
            await asyncio.sleep(chance.random() * 0.002)
            task.cancel()
            result = (await asyncio.gather(task, return_exceptions=True))[0]
            if not isinstance(result, BaseException):
                await result.aclose()
        await transport.aclose()
        await up.quiet()
    assert sockets_to(up.origin) == 0
