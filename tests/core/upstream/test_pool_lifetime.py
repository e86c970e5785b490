"""When connections end, and what their end leaves behind."""

import asyncio
from dataclasses import replace

import pytest

from proxy_core.upstream.failures import ConnectFailed, FirstByteTimedOut, UpstreamDropped
from proxy_core.upstream.http1_transport import Http1Transport
from proxy_core.upstream.shelves import PoolLimits
from tests.core.upstream.gate import Gate, ask
from tests.core.upstream.scripted import OK, TIMEOUTS, Peer, answering, read_all, upstream


async def test_a_failed_connection_frees_its_place() -> None:
    transport = Http1Transport(limits=PoolLimits(per_origin=1))
    async with upstream(answering(OK)) as up:
        gone = up.call()
    for _ in range(3):
        with pytest.raises(ConnectFailed):
            await transport.send(gone, TIMEOUTS)
    await transport.aclose()


async def test_a_failed_call_frees_its_place() -> None:
    async def silent(peer: Peer) -> None:
        await peer.request()
        await peer.gone()

    transport = Http1Transport(limits=PoolLimits(per_origin=1))
    async with upstream(silent) as up:
        for _ in range(3):
            with pytest.raises(FirstByteTimedOut):
                await transport.send(up.call(), replace(TIMEOUTS, first_byte_s=0.02, pool_s=1))
        await transport.aclose()


async def test_unused_connections_are_closed_after_a_while() -> None:
    transport = Http1Transport(limits=PoolLimits(keep_s=0.05))
    gate = Gate()
    async with upstream(gate.script) as up:
        gate.let(4)
        await asyncio.gather(*(ask(transport, up) for _ in range(4)))
        await up.quiet()
        gate.let()
        assert await ask(transport, up) == b"5"
        await up.quiet()
        await transport.aclose()


@pytest.mark.parametrize("unasked", [b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nevil", b"\r\n", None])
async def test_an_unused_connection_on_which_something_happens_is_closed(
    transport: Http1Transport, unasked: bytes | None
) -> None:
    speak = asyncio.Event()

    async def script(peer: Peer) -> None:
        await peer.request()
        await peer.say(OK)
        if peer.number == 1:
            await speak.wait()
            if unasked is None:
                return
            await peer.say(unasked)
        await peer.gone()

    async with upstream(script) as up:
        assert await ask(transport, up) == b"ok"
        speak.set()
        await up.quiet()
        assert await ask(transport, up) == b"ok"
        assert up.connections == 2


async def test_closing_ends_everything() -> None:
    asked = asyncio.Semaphore(0)

    async def script(peer: Peer) -> None:
        await peer.request()
        if peer.number == 1:
            await peer.say(OK)
        asked.release()
        await peer.gone()

    transport = Http1Transport(limits=PoolLimits(per_origin=2))
    async with upstream(script) as up:
        assert await ask(transport, up) == b"ok"
        tasks = [asyncio.create_task(ask(transport, up)) for _ in range(4)]
        await asked.acquire()
        await asked.acquire()
        await transport.aclose()
        await up.quiet()
        results = await asyncio.gather(*tasks, return_exceptions=True)
        assert [type(result) for result in results] == [UpstreamDropped] * 2 + [ConnectFailed] * 2
        with pytest.raises(ConnectFailed, match="shutting down"):
            await ask(transport, up)
        await transport.aclose()


async def test_many_calls_at_once(transport: Http1Transport) -> None:
    async def script(peer: Peer) -> None:
        while (request := await peer.request()) is not None:
            await peer.say(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(request.body), request.body)

    async def caller(number: int) -> None:
        for turn in range(5):
            body = b"%d/%d " % (number, turn) * number
            assert await read_all(await transport.send(up.call(body), TIMEOUTS)) == body

    async with upstream(script) as up:
        await asyncio.gather(*(caller(number) for number in range(1, 161)))
        assert up.connections <= PoolLimits().per_origin
