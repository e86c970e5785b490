"""Requests sent ahead of their replies: answered in order, one at a time, within bounds."""

import asyncio

import pytest

from proxy_core.http1 import Receive, Scope, Send, ServerSettings
from tests.core.http1.door import answer, door, echo, read_body, request


async def test_replies_come_in_order() -> None:
    bodies = [b"%d" % number * (number % 7) for number in range(60)]
    async with door(echo) as served:
        client = await served.connect()
        await client.say(b"".join(request(body) for body in bodies))
        assert [(await client.reply()).body for _ in bodies] == bodies


async def test_one_request_is_at_work_at_a_time() -> None:
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        assert not at_work
        at_work.append(scope["path"])
        await asyncio.sleep(0)
        body = await read_body(receive)
        at_work.clear()
        await answer(send, body)

    at_work = list[str]()
    async with door(app) as served:
        client = await served.connect()
        for _ in range(20):
            await client.say(request(b"a" * 100)[:150])
            await client.say(request(b"a" * 100)[150:] + request(b"b"))
        for _ in range(20):
            assert (await client.reply()).body == b"a" * 100
            assert (await client.reply()).body == b"b"


async def test_a_large_body_behind_another_request() -> None:
    large = b"x" * 3_000_000
    async with door(echo) as served:
        client = await served.connect()

        async def say() -> None:
            for _ in range(3):
                await client.say(request(b"small") + request(large))

        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(say())
            for _ in range(3):
                assert (await client.reply()).body == b"small"
                assert (await client.reply()).body == large


async def test_what_is_read_ahead_is_bounded() -> None:
    """While the first request is at work, the client is made to wait."""

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await go_on.wait()
        await answer(send, b"%d" % len(await read_body(receive)))

    go_on = asyncio.Event()
    bodies = [b"x" * 100_000] * 300
    async with door(app, ServerSettings(drain_s=0.2, pipeline_buffer_bytes=10_000)) as served:
        client = await served.connect()

        async def say() -> None:
            await client.say(*(request(body) for body in bodies))

        async with asyncio.TaskGroup() as tasks:
            saying = tasks.create_task(say())
            done, _ = await asyncio.wait([saying], timeout=0.2)
            assert not done
            go_on.set()
            for body in bodies:
                assert (await client.reply()).body == b"%d" % len(body)


async def test_too_many_are_refused_after_the_others_are_answered() -> None:
    async with door(echo, ServerSettings(drain_s=0.2, max_pipelined=5)) as served:
        client = await served.connect()
        await client.say(request(b"x") * 20)
        statuses = [(await client.reply()).status for _ in range(6)]
        assert statuses == [200] * 5 + [503]
        assert await client.hear_all() == b""


async def test_what_is_no_request_is_refused_in_its_turn() -> None:
    async with door(echo) as served:
        client = await served.connect()
        await client.say(request(b"one") + request(b"two") + b"noise\r\n\r\n" + request(b"three"))
        assert [(await client.reply()).status for _ in range(3)] == [200, 200, 400]
        assert await client.hear_all() == b""


async def test_what_is_no_request_is_refused_while_another_is_at_work() -> None:
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        begun.set()
        await go_on.wait()
        await answer(send, b"done")

    begun, go_on = asyncio.Event(), asyncio.Event()
    async with door(app) as served:
        client = await served.connect()
        await client.say(request())
        await begun.wait()
        await client.say(b"noise\r\n\r\n")
        go_on.set()
        assert (await client.reply()).body == b"done"
        assert (await client.reply()).status == 400


async def test_a_broken_body_behind_another_request_is_refused_in_its_turn() -> None:
    async with door(echo) as served:
        client = await served.connect()
        await client.say(request(b"one") + request(headers=["Transfer-Encoding: chunked"]) + b"zz\r\n")
        assert [(await client.reply()).status for _ in range(2)] == [200, 400]


@pytest.mark.parametrize("stop_after", [1, 3])
async def test_closing_drops_what_was_sent_ahead(stop_after: int) -> None:
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        seen.append(scope["path"])
        close = [(b"connection", b"close")] if len(seen) == stop_after else []
        await answer(send, b"ok", headers=close)

    seen = list[str]()
    async with door(app) as served:
        client = await served.connect()
        await client.say(request(b"x") * 10)
        for _ in range(stop_after):
            assert (await client.reply()).body == b"ok"
        assert await client.hear_all() == b""
    assert len(seen) == stop_after


async def test_a_client_that_leaves_takes_what_it_sent_ahead_with_it() -> None:
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        seen.append(scope["path"])
        await read_body(receive)
        begun.set()
        await receive()

    seen, begun = list[str](), asyncio.Event()
    async with door(app) as served:
        client = await served.connect()
        await client.say(request(b"x") * 3)
        await begun.wait()
        await client.close()
    assert seen == ["/"]
