"""A client that goes away is noticed at once, whatever the application is doing."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field

import pytest

from proxy_core.http1 import ClientGone, Connection, Receive, Scope, Send, connection_of
from tests.core.http1.door import PATIENCE_S, Client, answer, door, read_body, request

LEAVING: dict[str, Callable[[Client], object]] = {
    "closes": lambda client: client.writer.close(),
    "resets": lambda client: client.reset(),
    "shuts its sending side": lambda client: client.writer.write_eof(),
}
leaves = pytest.mark.parametrize("leave", LEAVING.values(), ids=LEAVING)


def connected(scope: Scope) -> Connection:
    connection = connection_of(scope)
    assert connection is not None
    return connection


@dataclass
class _Waiting:
    """Waits for the client to leave, in the way that a test chooses."""

    how: Callable[[Scope, Receive, Send], object]
    begun: asyncio.Event = field(default_factory=asyncio.Event)
    noticed: asyncio.Event = field(default_factory=asyncio.Event)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await read_body(receive)
        self.begun.set()
        await self.how(scope, receive, send)  # type: ignore[misc]
        self.noticed.set()

    async def left(self) -> None:
        async with asyncio.timeout(PATIENCE_S):
            await self.noticed.wait()


async def _by_receive(scope: Scope, receive: Receive, send: Send) -> None:
    assert await receive() == {"type": "http.disconnect"}
    assert connected(scope).disconnected


async def _by_receive_in_a_stream(scope: Scope, receive: Receive, send: Send) -> None:
    await send({"type": "http.response.start", "status": 200})
    await send({"type": "http.response.body", "body": b"x", "more_body": True})
    assert await receive() == {"type": "http.disconnect"}
    with pytest.raises(ClientGone):
        await send({"type": "http.response.body", "body": b"y", "more_body": True})


async def _by_callback(scope: Scope, receive: Receive, send: Send) -> None:
    called = asyncio.Event()
    connected(scope).on_disconnect(called.set)
    await called.wait()


async def _send_for_ever(send: Send) -> None:
    while True:
        await send({"type": "http.response.body", "body": b"x" * 10_000, "more_body": True})
        await asyncio.sleep(0)


async def _by_sending(scope: Scope, receive: Receive, send: Send) -> None:
    await send({"type": "http.response.start", "status": 200})
    with pytest.raises(ClientGone):
        await _send_for_ever(send)


async def _by_writing(scope: Scope, receive: Receive, send: Send) -> None:
    connection = connected(scope)
    await send({"type": "http.response.start", "status": 200})
    left = asyncio.Event()
    connection.on_disconnect(left.set)
    assert connection.write(b"x")
    await left.wait()
    assert not connection.write(b"y")
    with pytest.raises(ClientGone):
        await connection.drain()


WAYS = [_by_receive, _by_receive_in_a_stream, _by_callback, _by_sending, _by_writing]


@leaves
@pytest.mark.parametrize("way", WAYS)
async def test_it_is_noticed(way: Callable[[Scope, Receive, Send], object], leave: Callable[[Client], object]) -> None:
    app = _Waiting(way)
    async with door(app) as served:
        client = await served.connect()
        await client.say(request(b"hello"))
        await app.begun.wait()
        leave(client)
        await app.left()


@leaves
async def test_it_is_noticed_before_the_body_is_complete(leave: Callable[[Client], object]) -> None:
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        assert await receive() == {"type": "http.request", "body": b"hel", "more_body": True}
        begun.set()
        assert await receive() == {"type": "http.disconnect"}
        noticed.set()

    begun, noticed = asyncio.Event(), asyncio.Event()
    async with door(app) as served:
        client = await served.connect()
        await client.say(request(b"hello")[:-2])
        await begun.wait()
        leave(client)
        async with asyncio.timeout(PATIENCE_S):
            await noticed.wait()


async def test_everyone_who_waits_is_told() -> None:
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await read_body(receive)
        connection = connected(scope)
        for name in ("a", "b"):
            connection.on_disconnect(lambda name=name: told.append(name))  # type: ignore[misc]
        async with asyncio.TaskGroup() as tasks:
            for _ in range(3):
                tasks.create_task(receive())  # type: ignore[arg-type]
            begun.set()
        done.set()

    begun, done, told = asyncio.Event(), asyncio.Event(), list[str]()
    async with door(app) as served:
        client = await served.connect()
        await client.say(request())
        await begun.wait()
        await client.close()
        async with asyncio.timeout(PATIENCE_S):
            await done.wait()
        assert sorted(told) == ["a", "b"]


async def test_it_is_told_once_and_soon_to_those_who_ask_late() -> None:
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        connection = connected(scope)
        await read_body(receive)
        begun.set()
        await receive()
        connection.on_disconnect(lambda: told.append("late"))
        connection.on_disconnect(lambda: told.append("never"))()
        assert told == []
        await asyncio.sleep(0)
        assert told == ["late"]
        done.set()

    begun, done, told = asyncio.Event(), asyncio.Event(), list[str]()
    async with door(app) as served:
        client = await served.connect()
        await client.say(request())
        await begun.wait()
        await client.close()
        async with asyncio.timeout(PATIENCE_S):
            await done.wait()
    assert told == ["late"]


async def test_a_registration_can_be_taken_back() -> None:
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        connection = connected(scope)
        await read_body(receive)
        forget = connection.on_disconnect(lambda: told.append("forgotten"))
        connection.on_disconnect(lambda: told.append("kept"))
        forget()
        forget()
        begun.set()
        await receive()

    begun, told = asyncio.Event(), list[str]()
    async with door(app) as served:
        client = await served.connect()
        await client.say(request())
        await begun.wait()
        await client.close()
    assert told == ["kept"]


async def test_leaving_after_the_reply_is_no_disconnect() -> None:
    """Some clients drop the connection with the last event of a stream; that exchange was complete."""

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        connection = connected(scope)
        await read_body(receive)
        connection.on_disconnect(lambda: told.append("left"))
        await answer(send, b"whole")
        assert await receive() == {"type": "http.disconnect"}
        assert not connection.disconnected
        await gone.wait()
        assert not connection.disconnected

    gone, told = asyncio.Event(), list[str]()
    async with door(app) as served:
        client = await served.connect()
        assert (await client.ask(request())).body == b"whole"
        await client.close()
        gone.set()
    assert told == []


async def test_a_client_that_leaves_has_no_error_to_its_name() -> None:
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        begun.set()
        await receive()
        await receive()
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(send({"type": "http.response.start", "status": 200}))  # type: ignore[arg-type]

    begun = asyncio.Event()
    async with door(app) as served:
        client = await served.connect()
        await client.say(request())
        await begun.wait()
        await client.close()
        served.stop.set()
        await served.ended()
        assert served.errors == []
