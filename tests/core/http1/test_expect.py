"""`Expect: 100-continue`: the client is told to go on when, and only when, somebody wants its body."""

from proxy_core.http1 import Receive, Scope, Send, ServerSettings, connection_of
from tests.core.http1.door import answer, door, echo, request

CONTINUE = b"HTTP/1.1 100 Continue\r\n\r\n"
HEAD = b"POST / HTTP/1.1\r\nHost: a\r\nExpect: 100-Continue\r\nContent-Length: 5\r\n\r\n"


async def test_the_client_is_told_to_go_on() -> None:
    async with door(echo) as served:
        client = await served.connect()
        for _ in range(2):
            await client.say(HEAD)
            assert await client.hear() == CONTINUE
            assert (await client.ask(b"hello")).body == b"hello"


async def test_for_the_whole_body_too() -> None:
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        connection = connection_of(scope)
        assert connection is not None
        await answer(send, await connection.read_body(5))

    async with door(app) as served:
        client = await served.connect()
        await client.say(HEAD)
        assert await client.hear() == CONTINUE
        assert (await client.ask(b"hello")).body == b"hello"


async def test_a_refusal_comes_instead_and_ends_the_connection() -> None:
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await answer(send, b"no", status=413)

    async with door(app) as served:
        client = await served.connect()
        await client.say(HEAD)
        start, _, rest = (await client.hear_all()).partition(b"\r\n")
        assert start.startswith(b"HTTP/1.1 413 ")
        assert rest == b"Content-Length: 2\r\nconnection: close\r\n\r\nno"


async def test_who_does_not_wait_is_not_told() -> None:
    async with door(echo) as served:
        client = await served.connect()
        await client.say(HEAD + b"hello")
        assert (await client.hear_until(b"hello")).startswith(b"HTTP/1.1 200 OK\r\n")


async def test_without_a_body_there_is_nothing_to_tell() -> None:
    async with door(echo) as served:
        client = await served.connect()
        await client.say(request(headers=["Expect: 100-continue"]))
        assert (await client.hear()).startswith(b"HTTP/1.1 200 OK\r\n")


async def test_http10_is_not_told() -> None:
    async with door(echo) as served:
        client = await served.connect()
        head = b"POST / HTTP/1.0\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\n"
        await client.say(head, b"hello")
        assert (await client.hear_all()).startswith(b"HTTP/1.1 200 OK\r\n")


async def test_a_client_that_waits_is_not_late() -> None:
    """Somebody may look at the request for long before its body is wanted."""

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        connection = connection_of(scope)
        assert connection is not None
        await other.ask(request(target="/slow"))
        await answer(send, await connection.read_body(5))

    async def slow(scope: Scope, receive: Receive, send: Send) -> None:
        assert (await receive())["body"] == b""
        await idle.hear_all()  # as long as several of the patiences below
        await answer(send, b"")

    patient = ServerSettings(header_timeout_s=0.2, drain_s=0.2)
    impatient = ServerSettings(body_timeout_s=0.05, drain_s=0.2)
    async with door(slow, patient) as waiting, door(app, impatient) as served:
        idle, other = await waiting.connect(), await waiting.connect()
        client = await served.connect()
        await client.say(HEAD)
        assert await client.hear() == CONTINUE
        assert (await client.ask(b"hello")).body == b"hello"
