"""Replies that do not come to their end, and requests that are not read to theirs."""

import asyncio

import h11
import pytest

from proxy_core.http1 import ASGIApp, Receive, Scope, Send, ServerSettings
from proxy_core.http1.reply import BadReply
from tests.core.http1.door import Client, answer, door, echo, request


def _starts(*headers: tuple[bytes, bytes], then: Exception | None = None, body: bytes = b"some ") -> ASGIApp:
    """Begins a reply and leaves it there."""

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": body, "more_body": True})
        await asyncio.sleep(0)
        if then is not None:
            raise then

    return app


@pytest.mark.parametrize("then", [None, ValueError("broken")])
@pytest.mark.parametrize("headers", [[], [(b"content-length", b"10")]])
async def test_a_reply_that_stops_looks_cut(then: Exception | None, headers: list[tuple[bytes, bytes]]) -> None:
    async with door(_starts(*headers, then=then)) as served:
        client = await served.connect()
        await client.say(request())
        with pytest.raises((h11.RemoteProtocolError, ConnectionResetError)):
            await client.reply()
        (error,) = served.errors
        assert error is then or isinstance(error, BadReply)
        served.errors.clear()


async def test_a_reply_that_only_the_end_delimits_is_reset() -> None:
    async with door(_starts(then=ValueError("broken"))) as served:
        client = await served.connect()
        await client.say(request(version="1.0"))
        with pytest.raises(ConnectionResetError):
            await client.hear_all()
        served.errors.clear()


@pytest.mark.parametrize("body", [b"more than it announced", b"less"])
async def test_a_reply_of_another_length_than_announced_looks_cut(body: bytes) -> None:
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"10")]})
        await send({"type": "http.response.body", "body": b"", "more_body": True})
        await asyncio.sleep(0)
        await send({"type": "http.response.body", "body": body})

    async with door(app) as served:
        client = await served.connect()
        await client.say(request())
        with pytest.raises((h11.RemoteProtocolError, ConnectionResetError)):
            await client.reply()
        assert [type(error) for error in served.errors] == [BadReply]
        served.errors.clear()


async def _silent(scope: Scope, receive: Receive, send: Send) -> None:
    pass


async def _broken(scope: Scope, receive: Receive, send: Send) -> None:
    raise ValueError("secret")


async def _broken_in_a_head(scope: Scope, receive: Receive, send: Send) -> None:
    await send({"type": "http.response.start", "status": 200, "headers": [(b"x", b"a\r\nb: c")]})


async def _broken_behind_a_head(scope: Scope, receive: Receive, send: Send) -> None:
    await send({"type": "http.response.start", "status": 200})
    raise ValueError("secret")


async def _starts_twice(scope: Scope, receive: Receive, send: Send) -> None:
    await send({"type": "http.response.start", "status": 200})
    await send({"type": "http.response.start", "status": 200})


async def _body_without_a_head(scope: Scope, receive: Receive, send: Send) -> None:
    await send({"type": "http.response.body", "body": b"x"})


async def _another_protocol(scope: Scope, receive: Receive, send: Send) -> None:
    await send({"type": "websocket.accept"})


NOTHING_SENT = [
    _silent,
    _broken,
    _broken_in_a_head,
    _broken_behind_a_head,
    _starts_twice,
    _body_without_a_head,
    _another_protocol,
]


@pytest.mark.parametrize("app", NOTHING_SENT)
async def test_where_nothing_was_sent_the_client_hears_of_a_failure(app: ASGIApp) -> None:
    async with door(app) as served:
        client = await served.connect()
        await client.say(request(b"hello"))
        heard = await client.hear_all()
        assert heard.startswith(b"HTTP/1.1 500 Internal Server Error\r\n")
        assert heard.count(b"HTTP/1.1") == 1
        assert b"secret" not in heard
        assert len(served.errors) == 1
        served.errors.clear()


async def test_a_report_that_fails_does_not_end_the_door() -> None:
    class _Unreportable(Exception):
        pass

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        raise _Unreportable

    def report(error: BaseException) -> None:
        raise error

    failed = list[object]()
    asyncio.get_running_loop().set_exception_handler(lambda _, context: failed.append(context["exception"]))
    async with door(app, on_error=report) as served:
        for _ in range(2):
            client = await served.connect()
            assert (await client.ask(request())).status == 500
    assert [type(error) for error in failed] == [_Unreportable, _Unreportable]


async def test_sending_after_the_end_is_an_error_of_the_application() -> None:
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await answer(send, b"ok")
        await send({"type": "http.response.body", "body": b"more"})

    async with door(app) as served:
        client = await served.connect()
        for _ in range(2):
            assert (await client.ask(request())).body == b"ok"
        assert [type(error) for error in served.errors] == [BadReply, BadReply]
        served.errors.clear()


async def test_an_application_may_go_on_after_its_reply() -> None:
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await answer(send, b"ok")
        await go_on.wait()
        done.append(scope["path"])

    go_on, done = asyncio.Event(), list[str]()
    async with door(app) as served:
        client = await served.connect()
        for number in range(3):
            assert (await client.ask(request(target=f"/{number}"))).body == b"ok"
        go_on.set()
    assert sorted(done) == ["/0", "/1", "/2"]


async def _unread(scope: Scope, receive: Receive, send: Send) -> None:
    await answer(send, b"too large", status=413)


async def test_a_small_body_that_nobody_read_keeps_the_connection() -> None:
    async with door(_unread) as served:
        client = await served.connect()
        for _ in range(3):
            head, body = request(b"x" * 50_000).split(b"\r\n\r\n")
            reply = await client.ask(head + b"\r\n\r\n")
            assert (reply.status, reply.header("connection")) == (413, "")
            await client.say(body)


async def test_a_large_body_that_nobody_reads_does_not_hide_the_reply() -> None:
    settings = ServerSettings(drain_s=0.2, linger_s=5)
    async with door(_unread, settings) as served:
        client = await served.connect()
        await client.say(b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 40000000\r\n\r\n", b"x" * 20_000_000)
        reply = await client.reply()
        assert (reply.status, reply.header("connection")) == (413, "close")
        assert await client.hear_all() == b""


async def _say_for_ever(client: Client) -> None:
    while True:
        await client.say(b"x" * 1000)
        await asyncio.sleep(0)


async def test_a_client_that_never_stops_sending_is_cut() -> None:
    settings = ServerSettings(drain_s=0.2, linger_s=0.05)
    async with door(_unread, settings) as served:
        client = await served.connect()
        await client.say(b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 40000000\r\n\r\n")
        assert (await client.reply()).status == 413
        with pytest.raises(ConnectionError):
            await _say_for_ever(client)


async def test_a_chunked_body_that_nobody_reads_ends_the_connection() -> None:
    async with door(_unread) as served:
        client = await served.connect()
        reply = await client.ask(request(headers=["Transfer-Encoding: chunked"]) + b"3\r\nabc\r\n")
        assert (reply.status, reply.header("connection")) == (413, "close")


async def test_a_body_that_breaks_is_refused_and_the_application_told() -> None:
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        while (event := await receive())["type"] == "http.request":
            heard.append(event["body"])
            begun.set()
        heard.append(b"gone")

    heard, begun = list[bytes](), asyncio.Event()
    async with door(app) as served:
        client = await served.connect()
        await client.say(request(headers=["Transfer-Encoding: chunked"]) + b"3\r\nabc\r\n")
        await begun.wait()
        await client.say(b"zz\r\n")
        assert (await client.reply()).status == 400
    assert heard == [b"abc", b"gone"]


async def test_a_body_that_breaks_under_a_stream_cuts_it() -> None:
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200})
        await send({"type": "http.response.body", "body": b"x", "more_body": True})
        while (await receive())["type"] == "http.request":
            pass

    async with door(app) as served:
        client = await served.connect()
        await client.say(request(headers=["Transfer-Encoding: chunked"]) + b"3\r\nabc\r\n")
        await client.hear_until(b"1\r\nx\r\n")
        await client.say(b"zz\r\n")
        assert await client.hear_until_cut() == b""


async def test_the_next_request_is_served_after_a_drained_body() -> None:
    async with door(_unread) as served, door(echo) as other:
        client = await served.connect()
        first, second = request(b"x" * 60_000), request(b"y" * 10)
        await client.say(first[:100])
        assert (await client.reply()).status == 413
        await client.say(first[100:] + second)
        assert (await client.reply()).status == 413
        assert (await (await other.connect()).ask(second)).body == b"y" * 10
