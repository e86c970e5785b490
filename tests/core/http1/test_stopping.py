"""The end of a server: what is idle ends at once, what is at work may finish, nothing is left behind."""

import asyncio
import socket

import pytest

from proxy_core.http1 import Receive, Scope, Send, ServerSettings, serve
from tests.core.http1.door import PATIENCE_S, answer, door, echo, read_body, request

UNHURRIED = ServerSettings(drain_s=PATIENCE_S, cancel_s=PATIENCE_S)


class _Gate:
    """An application that answers when it is let."""

    def __init__(self) -> None:
        self.begun = asyncio.Event()
        self.go_on = asyncio.Event()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self.begun.set()
        await self.go_on.wait()
        await answer(send, b"done")


async def test_it_ends_at_once_when_nobody_is_there() -> None:
    async with door(echo, UNHURRIED) as served:
        served.stop.set()
        await served.ended()
        with pytest.raises(ConnectionRefusedError):
            await served.connect()


async def test_idle_connections_end_at_once() -> None:
    async with door(echo, UNHURRIED) as served:
        fresh, used = await served.connect(), await served.connect()
        assert (await used.ask(request(b"x"))).body == b"x"
        served.stop.set()
        await served.ended()
        assert (await fresh.hear_all(), await used.hear_all()) == (b"", b"")


async def test_a_request_at_work_is_answered_and_told_that_it_is_the_last() -> None:
    gate = _Gate()
    async with door(gate, UNHURRIED) as served:
        client = await served.connect()
        await client.say(request() + request())
        await gate.begun.wait()
        served.stop.set()
        await asyncio.sleep(0)
        assert not served.task.done()
        gate.go_on.set()
        reply = await client.reply()
        assert (reply.body, reply.header("connection")) == (b"done", "close")
        assert await client.hear_all() == b""
        await client.close()
        await served.ended()


async def test_a_stream_under_way_goes_to_its_end() -> None:
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200})
        await send({"type": "http.response.body", "body": b"first ", "more_body": True})
        await go_on.wait()
        await send({"type": "http.response.body", "body": b"last"})

    go_on = asyncio.Event()
    async with door(app, UNHURRIED) as served:
        client = await served.connect()
        await client.say(request())
        heard = await client.hear_until(b"first \r\n")
        served.stop.set()
        await asyncio.sleep(0)
        go_on.set()
        assert (heard + await client.hear_all()).endswith(b"6\r\nfirst \r\n4\r\nlast\r\n0\r\n\r\n")
        await served.ended()


async def test_a_request_that_is_arriving_is_still_answered() -> None:
    async with door(echo, UNHURRIED) as served:
        client = await served.connect()
        await client.ask(request(b"warm"))
        await client.say(request(b"hello")[:20])
        other = await served.connect()
        await other.ask(request(b"the first bytes of the one above are read by now"))
        served.stop.set()
        await other.hear_all()
        reply = await client.ask(request(b"hello")[20:])
        assert (reply.body, reply.header("connection")) == (b"hello", "close")
        await served.ended()


async def test_what_does_not_end_is_cut() -> None:
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200})
        await send({"type": "http.response.body", "body": b"first ", "more_body": True})
        await read_body(receive)
        events.append((await receive())["type"])

    events = list[str]()
    async with door(app, ServerSettings(drain_s=0.05, cancel_s=PATIENCE_S)) as served:
        client = await served.connect()
        await client.say(request())
        await client.hear_until(b"first \r\n")
        served.stop.set()
        await served.ended()
        assert await client.hear_until_cut() == b""
    assert events == ["http.disconnect"]


async def test_an_application_that_does_not_notice_is_cancelled() -> None:
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        begun.set()
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            cancelled.append(scope["path"])
            raise

    begun, cancelled = asyncio.Event(), list[str]()
    async with door(app, ServerSettings(drain_s=0.05, cancel_s=0.05)) as served:
        client = await served.connect()
        await client.say(request())
        await begun.wait()
        served.stop.set()
        await served.ended()
        assert await client.hear_until_cut() == b""
    assert cancelled == ["/"]


async def test_work_after_a_reply_is_waited_for() -> None:
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await answer(send, b"ok")
        await go_on.wait()
        settled.append(scope["path"])

    go_on, settled = asyncio.Event(), list[str]()
    async with door(app, UNHURRIED) as served:
        client = await served.connect()
        assert (await client.ask(request())).body == b"ok"
        served.stop.set()
        await client.hear_all()
        assert not served.task.done()
        go_on.set()
        await served.ended()
    assert settled == ["/"]


async def test_cancelling_it_leaves_nothing_behind() -> None:
    gate = _Gate()
    async with door(gate, UNHURRIED) as served:
        idle, busy = await served.connect(), await served.connect()
        await busy.say(request())
        await gate.begun.wait()
        served.task.cancel()
        assert await idle.hear_until_cut() == b""
        assert await busy.hear_until_cut() == b""
        with pytest.raises(asyncio.CancelledError):
            await served.task
        with pytest.raises(ConnectionRefusedError):
            await served.connect()


async def test_sockets_that_cannot_be_listened_on_are_reported_and_closed() -> None:
    good = socket.create_server(("127.0.0.1", 0))
    bad = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    for sock in (good, bad):
        sock.setblocking(False)  # noqa: FBT003 - the standard library's signature
    with pytest.raises(BaseExceptionGroup) as caught:
        await serve(echo, ServerSettings(), [good, bad], asyncio.Event())
    assert caught.group_contains(ValueError) or caught.group_contains(OSError)
    for sock in (good, bad):
        sock.close()


async def test_two_sockets_are_served() -> None:
    listeners = [socket.create_server(("127.0.0.1", 0)) for _ in range(2)]
    addresses = [listener.getsockname() for listener in listeners]
    stop = asyncio.Event()
    async with asyncio.TaskGroup() as tasks:
        for listener in listeners:
            listener.setblocking(False)  # noqa: FBT003 - the standard library's signature
        tasks.create_task(serve(echo, UNHURRIED, listeners, stop))
        for address in addresses:
            reader, writer = await asyncio.open_connection(*address)
            writer.write(request(b"hello"))
            assert (await reader.readuntil(b"hello")).startswith(b"HTTP/1.1 200")
            writer.close()
            await writer.wait_closed()
        stop.set()
