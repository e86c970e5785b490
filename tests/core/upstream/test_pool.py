"""Who gets which connection, and how many there are."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from dataclasses import replace

import pytest
import pytest_asyncio

from proxy_core.upstream.failures import PoolTimedOut
from proxy_core.upstream.http1_transport import Http1Transport
from proxy_core.upstream.shelves import PoolLimits
from tests.core.upstream.gate import Gate, ask, until
from tests.core.upstream.scripted import OK, TIMEOUTS, Peer, Upstream, answering, upstream


@pytest_asyncio.fixture
async def narrow() -> AsyncIterator[Http1Transport]:
    transport = Http1Transport(limits=PoolLimits(per_origin=2, total=3, waiting=50, keep_s=30))
    yield transport
    await transport.aclose()


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
