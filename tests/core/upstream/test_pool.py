"""Who gets which connection, and how many there are."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from dataclasses import replace

import pytest
import pytest_asyncio

from proxy_core.upstream.failures import ConnectFailed, FirstByteTimedOut, PoolTimedOut, UpstreamDropped
from proxy_core.upstream.http1_transport import Http1Transport
from proxy_core.upstream.shelves import PoolLimits
from tests.core.upstream.scripted import OK, TIMEOUTS, Peer, Upstream, answering, read_all, upstream


class Gate:
    """An upstream that answers one request per `let` with the number of its connection."""

    def __init__(self) -> None:
        self.at_work = 0
        self.most_at_work = 0
        self._permits = asyncio.Semaphore(0)

    def let(self, count: int = 1) -> None:
        for _ in range(count):
            self._permits.release()

    async def script(self, peer: Peer) -> None:
        while await peer.request() is not None:
            self.at_work += 1
            self.most_at_work = max(self.most_at_work, self.at_work)
            try:
                await self._permits.acquire()
            finally:
                self.at_work -= 1
            number = b"%d" % peer.number
            await peer.say(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(number) + number)


async def until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(10):
        while not condition():  # noqa: ASYNC110
            await asyncio.sleep(0.001)


@pytest_asyncio.fixture
async def narrow() -> AsyncIterator[Http1Transport]:
    transport = Http1Transport(limits=PoolLimits(per_origin=2, total=3, waiting=50, keep_s=30))
    yield transport
    await transport.aclose()


async def ask(transport: Http1Transport, up: Upstream) -> bytes:
    return await read_all(await transport.send(up.call(), TIMEOUTS))


async def test_the_last_used_connection_is_used_first(transport: Http1Transport) -> None:
    gate = Gate()
    finished: list[bytes] = []

    async def caller() -> None:
        finished.append(await ask(transport, up))

    async with upstream(gate.script) as up, asyncio.TaskGroup() as group:
        for _ in range(3):
            group.create_task(caller())
        await until(lambda: gate.at_work == 3)
        for count in (1, 2, 3):
            gate.let()
            await until(lambda: len(finished) == count)  # noqa: B023
        for _ in range(3):
            gate.let()
            assert await ask(transport, up) == finished[-1]


async def test_an_origin_gets_no_more_connections_than_its_limit(narrow: Http1Transport) -> None:
    gate = Gate()
    async with upstream(gate.script) as up, asyncio.TaskGroup() as group:
        tasks = [group.create_task(ask(narrow, up)) for _ in range(20)]
        await until(lambda: gate.at_work == 2)
        gate.let(20)
        assert {await task for task in tasks} == {b"1", b"2"}
        assert (up.connections, gate.most_at_work) == (2, 2)


async def test_those_who_wait_are_served_in_turn(narrow: Http1Transport) -> None:
    gate = Gate()
    served: list[int] = []

    async def caller(number: int) -> None:
        await ask(narrow, up)
        served.append(number)

    async with upstream(gate.script) as up, asyncio.TaskGroup() as group:
        for number in range(20):
            group.create_task(caller(number))
            await asyncio.sleep(0)
        await until(lambda: gate.at_work == 2)
        for done in range(20):
            gate.let()
            await until(lambda: len(served) == done + 1)  # noqa: B023
    assert served[2:] == sorted(served[2:])
    assert set(served[:2]) == {0, 1}


async def test_a_newcomer_does_not_overtake(narrow: Http1Transport) -> None:
    gate = Gate()
    served: list[str] = []

    async def caller(name: str) -> None:
        await ask(narrow, up)
        served.append(name)
        if name == "busy 1":
            group.create_task(caller("newcomer"))  # at the very moment when its connection comes free

    async with upstream(gate.script) as up, asyncio.TaskGroup() as group:
        group.create_task(caller("busy 1"))
        await until(lambda: gate.at_work == 1)
        group.create_task(caller("busy 2"))
        await until(lambda: gate.at_work == 2)
        group.create_task(caller("waiting"))
        await asyncio.sleep(0)
        for count in (1, 2, 3, 4):
            gate.let()
            await until(lambda: len(served) == count)  # noqa: B023
    assert served.index("waiting") < served.index("newcomer")


async def test_an_unused_connection_elsewhere_makes_room(narrow: Http1Transport) -> None:
    async with contextlib.AsyncExitStack() as stack:
        ups = [await stack.enter_async_context(upstream(answering(OK))) for _ in range(4)]
        for up in ups:
            assert await ask(narrow, up) == b"ok"
        await ups[0].quiet()  # the longest unused
        assert [up.open for up in ups[1:]] == [1, 1, 1]


async def test_a_stranger_is_not_starved_by_a_busy_origin(narrow: Http1Transport) -> None:
    gate, other = Gate(), Gate()
    order: list[str] = []

    async def caller(name: str, up: Upstream) -> None:
        await ask(narrow, up)
        order.append(name)

    async with (
        upstream(gate.script) as busy,
        upstream(other.script) as second,
        upstream(answering(OK)) as stranger,
        asyncio.TaskGroup() as group,
    ):
        for _ in range(2):
            group.create_task(caller("busy", busy))
        group.create_task(caller("second", second))
        await until(lambda: gate.at_work == 2 and other.at_work == 1)
        group.create_task(caller("stranger", stranger))
        await asyncio.sleep(0)
        for _ in range(5):
            group.create_task(caller("late", busy))
        await asyncio.sleep(0)
        gate.let()
        await until(lambda: "stranger" in order)
        assert "late" not in order
        gate.let(6)
        other.let()


async def test_giving_up_leaves_the_line_intact(narrow: Http1Transport) -> None:
    gate = Gate()
    async with upstream(gate.script) as up, asyncio.TaskGroup() as group:
        busy = [group.create_task(ask(narrow, up)) for _ in range(2)]
        await until(lambda: gate.at_work == 2)
        with pytest.raises(PoolTimedOut):
            await narrow.send(up.call(), replace(TIMEOUTS, pool_s=0.02))
        waiting = [group.create_task(ask(narrow, up)) for _ in range(10)]
        await asyncio.sleep(0)
        for task in waiting[::2]:
            task.cancel()
        gate.let(7)
        for task in [*busy, *waiting[1::2]]:
            assert await task in (b"1", b"2")


async def test_one_who_is_cancelled_at_its_turn_passes_it_on() -> None:
    transport = Http1Transport(limits=PoolLimits(per_origin=1))
    async with upstream(answering(OK)) as up, asyncio.TaskGroup() as group:
        reply = await transport.send(up.call(), TIMEOUTS)
        unlucky = group.create_task(ask(transport, up))
        lucky = group.create_task(ask(transport, up))
        await asyncio.sleep(0)
        await reply.aclose()  # hands the connection to the first in the line,
        unlucky.cancel()  # who is gone before it can take it
        assert await lucky == b"ok"
        assert up.connections == 1
        await transport.aclose()


async def test_one_who_is_cancelled_at_its_turn_to_connect_passes_it_on() -> None:
    async def script(peer: Peer) -> None:
        while await peer.request() is not None:
            await peer.say(b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok")

    transport = Http1Transport(limits=PoolLimits(per_origin=1))
    async with upstream(script) as up, asyncio.TaskGroup() as group:
        reply = await transport.send(up.call(), TIMEOUTS)
        unlucky = group.create_task(ask(transport, up))
        lucky = group.create_task(ask(transport, up))
        await asyncio.sleep(0)
        await reply.aclose()
        unlucky.cancel()
        assert await lucky == b"ok"
        await transport.aclose()


async def test_the_line_has_an_end() -> None:
    transport = Http1Transport(limits=PoolLimits(per_origin=1, waiting=2))
    gate = Gate()
    async with upstream(gate.script) as up, asyncio.TaskGroup() as group:
        tasks = [group.create_task(ask(transport, up)) for _ in range(3)]
        await until(lambda: gate.at_work == 1)
        with pytest.raises(PoolTimedOut, match="2 calls wait already"):
            await ask(transport, up)
        gate.let(3)
        await asyncio.gather(*tasks)
        await transport.aclose()


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
        for turn in range(10):
            body = b"%d/%d " % (number, turn) * number
            assert await read_all(await transport.send(up.call(body), TIMEOUTS)) == body

    async with upstream(script) as up:
        await asyncio.gather(*(caller(number) for number in range(1, 301)))
        assert up.connections <= PoolLimits().per_origin
