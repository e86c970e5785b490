"""Requests through a real socket and back: what the application is told, and what the client hears."""

import asyncio
from typing import Any

import pytest

from proxy_core.http1 import Receive, Scope, Send, connection_of
from tests.core.http1.door import Door, answer, door, echo, read_body, request


class _Witness:
    """Keeps the scopes it is called with."""

    def __init__(self) -> None:
        self.scopes: list[Any] = []

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self.scopes.append(scope)
        await answer(send, await read_body(receive))


async def test_the_application_is_told_what_the_client_said() -> None:
    witness = _Witness()
    async with door(witness) as served:
        client = await served.connect()
        await client.ask(
            request(b"{}", target="/v1/a%20b%2Fc?beta=true&x=%41", headers=["X-Trace:  a b \t", "x-TRACE:"])
        )
        (scope,) = witness.scopes
        assert scope["type"] == "http"
        assert scope["asgi"]["version"] == "3.0"
        assert (scope["http_version"], scope["method"], scope["scheme"]) == ("1.1", "POST", "http")
        assert (scope["path"], scope["raw_path"]) == ("/v1/a b/c", b"/v1/a%20b%2Fc")
        assert scope["query_string"] == b"beta=true&x=%41"
        expected = [(b"host", b"a"), (b"x-trace", b"a b"), (b"x-trace", b""), (b"content-length", b"2")]
        assert scope["headers"] == expected
        assert scope["server"] == served.address
        assert scope["client"] == client.socket.getsockname()


async def test_names_keep_their_case_beside_asgi() -> None:
    witness = _Witness()
    async with door(witness) as served:
        client = await served.connect()
        await client.ask(
            request(target="/?", headers=["X-Stainless-OS: Linux", "anthropic-beta: a", "anthropic-beta: b"])
        )
        connection = connection_of(witness.scopes[0])
        assert connection is not None
        assert connection.target == b"/?"
        assert connection.raw_headers == (
            (b"Host", b"a"),
            (b"X-Stainless-OS", b"Linux"),
            (b"anthropic-beta", b"a"),
            (b"anthropic-beta", b"b"),
        )


@pytest.mark.parametrize("target", ["//a/../b", "/a%2e%2e/%C3%A9", "/?", "/?a?b", '/|{}"<>', "/%", "/a;b=c", "/a%00b"])
async def test_targets_are_not_normalised(target: str) -> None:
    witness = _Witness()
    async with door(witness) as served:
        assert (await (await served.connect()).ask(request(target=target))).status == 200
        (scope,) = witness.scopes
        path, _, query = target.encode().partition(b"?")
        assert (scope["raw_path"], scope["query_string"]) == (path, query)


@pytest.mark.parametrize(
    ("target", "raw_path", "query"),
    [
        ("http://a/x%20y?q", b"/x%20y", b"q"),
        ("http://A", b"/", b""),
        ("http://a?q=/", b"/", b"q=/"),
        ("HTTPS://a/x", b"/x", b""),
    ],
)
async def test_a_whole_url_as_target_is_a_path(target: str, raw_path: bytes, query: bytes) -> None:
    witness = _Witness()
    async with door(witness) as served:
        assert (await (await served.connect()).ask(request(target=target))).status == 200
        (scope,) = witness.scopes
        assert (scope["raw_path"], scope["query_string"]) == (raw_path, query)


async def test_options_for_the_server_itself() -> None:
    witness = _Witness()
    async with door(witness) as served:
        assert (await (await served.connect()).ask(request(method="OPTIONS", target="*"))).status == 200
        assert witness.scopes[0]["path"] == "*"


async def test_a_request_to_upgrade_is_an_ordinary_request() -> None:
    witness = _Witness()
    headers = ["Connection: Upgrade", "Upgrade: websocket", "Sec-WebSocket-Key: x"]
    async with door(witness) as served:
        client = await served.connect()
        for _ in range(2):
            assert (await client.ask(request(method="GET", headers=headers))).status == 200
        assert (b"upgrade", b"websocket") in witness.scopes[1]["headers"]


async def test_an_offer_of_http2_does_not_lose_the_body() -> None:
    headers = ["Connection: Upgrade, HTTP2-Settings", "Upgrade: h2c", "HTTP2-Settings: AAA"]
    chunked = request(headers=[*headers, "Transfer-Encoding: chunked"]) + b"3\r\nabc\r\n0\r\n\r\n"
    async with door(echo) as served:
        client = await served.connect()
        assert (await client.ask(request(b"hello", headers=headers))).body == b"hello"
        assert (await client.ask(chunked)).body == b"abc"
        assert (await client.ask(request(b"again"))).body == b"again"


async def test_a_reply_has_the_headers_of_the_application_and_no_others() -> None:
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await answer(send, b"ok", status=529, headers=[(b"Request-ID", b"r"), (b"x", b"1"), (b"x", b"2")])

    async with door(app) as served:
        reply = await (await served.connect()).ask(request())
        assert reply.status == 529
        assert reply.headers == [(b"Request-ID", b"r"), (b"x", b"1"), (b"x", b"2"), (b"Content-Length", b"2")]


async def test_many_requests_use_one_connection() -> None:
    async with door(echo) as served:
        client = await served.connect()
        for number in range(50):
            body = b"%d" % number
            assert (await client.ask(request(body))).body == body


async def test_head_and_first_body_leave_together() -> None:
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200})
        await send({"type": "http.response.body", "body": b"first", "more_body": True})
        await go_on.wait()
        await send({"type": "http.response.body", "body": b"", "more_body": False})

    go_on = asyncio.Event()
    async with door(app) as served:
        client = await served.connect()
        await client.say(request())
        assert await client.hear() == b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5\r\nfirst\r\n"
        go_on.set()
        assert await client.hear() == b"0\r\n\r\n"


async def test_a_head_does_not_wait_for_the_body() -> None:
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200})
        await go_on.wait()
        await send({"type": "http.response.body", "body": b""})

    go_on = asyncio.Event()
    async with door(app) as served:
        client = await served.connect()
        await client.say(request())
        assert await client.hear() == b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n"
        go_on.set()
        assert await client.hear() == b"0\r\n\r\n"


async def _old_client(served: Door, *headers: str) -> bytes:
    client = await served.connect()
    await client.say(request(b"hi", version="1.0", headers=headers))
    return await client.hear_all()


async def test_http10_ends_with_the_connection() -> None:
    async with door(echo) as served:
        assert await _old_client(served) == b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nconnection: close\r\n\r\nhi"


async def test_http10_may_keep_the_connection() -> None:
    async with door(echo) as served:
        client = await served.connect()
        for _ in range(2):
            reply = await client.ask(request(b"hi", version="1.0", headers=["Connection: keep-alive"]))
            assert (reply.body, reply.header("connection")) == (b"hi", "keep-alive")


async def test_http10_hears_a_stream_until_the_connection_ends() -> None:
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200})
        for _ in range(3):
            await send({"type": "http.response.body", "body": b"event ", "more_body": True})
        await send({"type": "http.response.body"})

    async with door(app) as served:
        heard = await _old_client(served, "Connection: keep-alive")
        assert heard == b"HTTP/1.1 200 OK\r\nconnection: close\r\n\r\nevent event event "


async def test_connection_close_is_honoured() -> None:
    async with door(echo) as served:
        client = await served.connect()
        await client.say(request(b"hi", headers=["Connection: close"]), b"GET / HTTP/1.1\r\nHost: a\r\n\r\n")
        assert await client.hear_all() == b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nconnection: close\r\n\r\nhi"


async def test_the_application_may_close() -> None:
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await answer(send, b"ok", headers=[(b"connection", b"close")])

    async with door(app) as served:
        client = await served.connect()
        await client.say(request())
        assert await client.hear_all() == b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nconnection: close\r\n\r\nok"
