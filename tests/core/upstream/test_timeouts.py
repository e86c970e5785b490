"""Each part of a call has a limit of its own, and nothing limits the whole."""

import asyncio
from dataclasses import replace

import pytest

from proxy_core.upstream import failures
from proxy_core.upstream.http1_transport import Http1Transport
from proxy_core.upstream.origin import Origin
from proxy_core.upstream.shelves import PoolLimits
from proxy_core.upstream.transport import Call
from tests.core.upstream.scripted import OK, TIMEOUTS, Peer, read_all, upstream

SHORT_S = 0.05
LONG_S = 0.6  # what must not be met, however busy the machine is


async def _silent(peer: Peer) -> None:
    await peer.request()
    await peer.gone()


async def test_no_first_byte(transport: Http1Transport) -> None:
    async with upstream(_silent) as up:
        with pytest.raises(failures.FirstByteTimedOut, match=r"^127.*0\.05 s\.$") as caught:
            await transport.send(up.call(), replace(TIMEOUTS, first_byte_s=SHORT_S))
        assert caught.value.sent


async def test_a_head_that_never_ends_is_no_first_byte(transport: Http1Transport) -> None:
    async def script(peer: Peer) -> None:
        await peer.request()
        await peer.say(b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nX: ")
        await peer.gone()

    async with upstream(script) as up:
        with pytest.raises(failures.FirstByteTimedOut):
            await transport.send(up.call(), replace(TIMEOUTS, first_byte_s=SHORT_S))


async def test_silence_inside_a_reply(transport: Http1Transport) -> None:
    async def script(peer: Peer) -> None:
        await peer.request()
        await peer.say(b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhel")
        await peer.gone()

    async with upstream(script) as up:
        reply = await transport.send(up.call(), replace(TIMEOUTS, idle_s=SHORT_S))
        assert await reply.chunk() == b"hel"
        with pytest.raises(failures.IdleTimedOut, match=r"^127.*0\.05 s .*\.$"):
            await reply.chunk()


async def test_a_slow_reader_is_not_a_silent_upstream(transport: Http1Transport) -> None:
    resumed = asyncio.Event()

    async def script(peer: Peer) -> None:
        await peer.request()
        await peer.say(b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhel")
        await resumed.wait()
        await peer.say(b"lo")
        await peer.gone()

    async with upstream(script) as up:
        reply = await transport.send(up.call(), replace(TIMEOUTS, idle_s=LONG_S))
        assert await reply.chunk() == b"hel"
        await asyncio.sleep(LONG_S * 1.2)  # nobody waits for the upstream meanwhile
        resumed.set()
        assert await reply.chunk() == b"lo"
        await reply.aclose()


async def test_a_stream_may_take_longer_than_any_limit(transport: Http1Transport) -> None:
    async def script(peer: Peer) -> None:
        await peer.request()
        await peer.say(b"HTTP/1.1 200 OK\r\nContent-Length: 20\r\n\r\n")
        for _ in range(20):
            await asyncio.sleep(LONG_S / 15)
            await peer.say(b"x")
        await peer.gone()

    async with upstream(script) as up:
        limits = replace(TIMEOUTS, idle_s=LONG_S, first_byte_s=LONG_S)
        assert await read_all(await transport.send(up.call(), limits)) == b"x" * 20


async def test_an_upstream_that_stops_reading(transport: Http1Transport) -> None:
    async def script(peer: Peer) -> None:
        peer.writer.transport.pause_reading()  # type: ignore[attr-defined]
        await stopped.wait()

    stopped = asyncio.Event()
    async with upstream(script) as up:
        with pytest.raises(failures.WriteTimedOut, match=r"^127.*0\.05 s\.$"):
            await transport.send(up.call(b"x" * 30_000_000), replace(TIMEOUTS, write_s=SHORT_S))
        stopped.set()


async def test_an_upstream_that_reads_slowly_is_not_stuck(transport: Http1Transport) -> None:
    body = b"x" * 8_000_000

    async def script(peer: Peer) -> None:
        head = await peer.reader.readuntil(b"\r\n\r\n")
        assert b"8000000" in head
        left = len(body)
        while left:
            left -= len(await peer.reader.read(400_000))
            await asyncio.sleep(SHORT_S / 5)
        await peer.say(OK)
        await peer.gone()

    async with upstream(script, limit=65536) as up:
        limits = replace(TIMEOUTS, write_s=LONG_S)
        assert await read_all(await transport.send(up.call(body), limits)) == b"ok"


async def test_the_first_byte_is_waited_for_from_the_end_of_the_request(transport: Http1Transport) -> None:
    body = b"x" * 30_000_000  # much more than the system's socket buffers hold

    async def script(peer: Peer) -> None:
        await peer.reader.readuntil(b"\r\n\r\n")
        for _ in range(24):
            await peer.reader.readexactly(1_000_000)
            await asyncio.sleep(LONG_S / 18)
        await peer.reader.readexactly(6_000_000)
        await peer.say(OK)
        await peer.gone()

    async with upstream(script, limit=65536) as up:
        limits = replace(TIMEOUTS, first_byte_s=LONG_S)  # less than the slow part takes
        reply = await transport.send(up.call(body), limits)
        assert reply.ready_ns < reply.written_ns < reply.first_byte_ns
        await reply.aclose()


async def test_nobody_at_the_address(transport: Http1Transport, refusing_port: int) -> None:
    call = Call(Origin("http", "127.0.0.1", refusing_port), b"GET", b"/", (), b"")
    with pytest.raises(failures.ConnectFailed, match=r"^127\.0\.0\.1:\d+ .*: connection refused\.$") as caught:
        await transport.send(call, TIMEOUTS)
    assert not caught.value.sent


async def test_a_name_that_does_not_exist(transport: Http1Transport) -> None:
    call = Call(Origin("http", "no-such-host.invalid", 80), b"GET", b"/", (), b"")
    with pytest.raises(failures.ConnectFailed, match=r"^no-such-host\.invalid:80 .*name is not known\.$"):
        await transport.send(call, TIMEOUTS)


async def test_a_handshake_that_never_ends(transport: Http1Transport) -> None:
    async def script(peer: Peer) -> None:
        await peer.gone()

    async with upstream(script) as up:
        call = Call(Origin("https", "127.0.0.1", up.origin.port), b"GET", b"/", (), b"")
        with pytest.raises(failures.ConnectTimedOut, match=r"^127.*0\.3 s\.$") as caught:
            await transport.send(call, replace(TIMEOUTS, connect_s=0.3))
        assert not caught.value.sent
        assert isinstance(caught.value, failures.UpstreamFailure)


async def test_no_free_connection() -> None:
    answer = asyncio.Event()

    async def script(peer: Peer) -> None:
        await peer.request()
        await answer.wait()
        await peer.say(OK)

    transport = Http1Transport(limits=PoolLimits(per_origin=1))
    async with upstream(script) as up, asyncio.TaskGroup() as group:
        first = group.create_task(transport.send(up.call(), TIMEOUTS))
        await asyncio.sleep(0)
        with pytest.raises(failures.PoolTimedOut, match=r"^127.*0\.05 s\.$") as caught:
            await transport.send(up.call(), replace(TIMEOUTS, pool_s=SHORT_S))
        assert not caught.value.sent
        answer.set()
        assert await read_all(await first) == b"ok"
        await transport.aclose()
