"""Every wait and every count has an end, and each end has its answer."""

import asyncio

import pytest

from proxy_core.http1 import Receive, Scope, Send, ServerSettings
from tests.core.http1.door import PATIENCE_S, answer, door, echo, read_body, request

LONG_S = 60.0
QUICK_S = 0.05


def only(**quick: float) -> ServerSettings:
    """Every wait long, but those given."""
    waits = {"header_timeout_s": LONG_S, "body_timeout_s": LONG_S, "keep_alive_s": LONG_S, "write_timeout_s": LONG_S}
    return ServerSettings(drain_s=0.2, **(waits | quick))  # type: ignore[arg-type]


async def test_a_connection_that_says_nothing_is_closed() -> None:
    async with door(echo, only(header_timeout_s=QUICK_S)) as served:
        assert await (await served.connect()).hear_all() == b""


async def test_a_head_that_does_not_end_is_late() -> None:
    async with door(echo, only(header_timeout_s=QUICK_S)) as served:
        client = await served.connect()
        assert (await client.ask(request()[:-2])).status == 408
        assert await client.hear_all() == b""


async def test_a_head_that_trickles_is_late_all_the_same() -> None:
    async with door(echo, only(header_timeout_s=0.2)) as served:
        client = await served.connect()
        await client.say(b"GET / HTTP/1.1\r\n")
        hearing = asyncio.ensure_future(client.reply())
        while not hearing.done():
            await client.say(b"a: b\r\n")
            await asyncio.wait([hearing], timeout=0.02)
        assert hearing.result().status == 408


async def test_a_second_head_is_late_too() -> None:
    async with door(echo, only(header_timeout_s=QUICK_S)) as served:
        client = await served.connect()
        assert (await client.ask(request(b"x") + b"GET")).body == b"x"
        assert (await client.reply()).status == 408


async def test_an_idle_connection_is_closed() -> None:
    async with door(echo, only(keep_alive_s=QUICK_S)) as served:
        client = await served.connect()
        assert (await client.ask(request(b"x"))).body == b"x"
        assert await client.hear_all() == b""


async def test_a_request_at_work_is_not_idle() -> None:
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await read_body(receive)
        await idle.hear_all()
        await answer(send, b"done")

    async with (
        door(echo, only(keep_alive_s=0.2)) as waiting,
        door(app, only(keep_alive_s=QUICK_S, header_timeout_s=QUICK_S, body_timeout_s=QUICK_S)) as served,
    ):
        idle = await waiting.connect()
        await idle.ask(request())
        assert (await (await served.connect()).ask(request(b"x"))).body == b"done"


async def test_a_body_that_stops_is_late() -> None:
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        while (event := await receive())["type"] == "http.request":
            pass
        told.append(event["type"])

    told = list[str]()
    async with door(app, only(body_timeout_s=QUICK_S)) as served:
        client = await served.connect()
        assert (await client.ask(request(b"hello")[:-1])).status == 408
        assert await client.hear_all() == b""
    assert told == ["http.disconnect"]


async def test_a_body_that_trickles_is_in_time() -> None:
    async with door(echo, only(body_timeout_s=0.4)) as served:
        client = await served.connect()
        wire = request(b"x" * 30)
        await client.say(wire[:-30])
        for at in range(30):
            await client.say(wire[-30:][at : at + 1])
            await asyncio.sleep(0.02)
        assert (await client.reply()).body == b"x" * 30


async def test_a_body_that_stops_under_a_stream_cuts_it() -> None:
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200})
        await send({"type": "http.response.body", "body": b"some", "more_body": True})
        while (await receive())["type"] == "http.request":
            pass

    async with door(app, only(body_timeout_s=QUICK_S)) as served:
        client = await served.connect()
        await client.say(request(b"hello")[:-1])
        heard = await client.hear_until_cut()
        assert b"4\r\nsome\r\n" in heard
        assert b"0\r\n\r\n" not in heard
        assert b"408" not in heard


async def test_a_body_that_nobody_reads_and_that_stops_is_closed() -> None:
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await answer(send, b"no", status=413)

    async with door(app, only(body_timeout_s=QUICK_S)) as served:
        client = await served.connect()
        assert (await client.ask(request(b"hello")[:-1])).status == 413
        assert await client.hear_until_cut() == b""


@pytest.mark.parametrize(
    "wire",
    [
        b"GET / HTTP/1.1\r\nHost: a\r\nX: " + b"x" * 2000,
        b"GET / HTTP/1.1\r\nHost: a\r\n" + b"a: b\r\n" * 11 + b"\r\n",
        b"GET /" + b"x" * 2000 + b" HTTP/1.1\r\nHost: a\r\n\r\n",
    ],
)
async def test_a_head_too_large_is_refused(wire: bytes) -> None:
    async with door(echo, ServerSettings(drain_s=0.2, max_header_bytes=1000, max_headers=10)) as served:
        client = await served.connect()
        assert (await client.ask(wire)).status == 431
        assert await client.hear_all() == b""


async def test_one_connection_too_many_is_refused() -> None:
    async with door(echo, ServerSettings(drain_s=0.2, max_connections=3)) as served:
        clients = [await served.connect() for _ in range(3)]
        for client in clients:
            assert (await client.ask(request(b"x"))).status == 200
        refused = await served.connect()
        assert (await refused.ask(request(b"x"))).status == 503
        assert await refused.hear_all() == b""
        await refused.close()
        await clients[0].close()
        async with asyncio.timeout(PATIENCE_S):
            while (await (client := await served.connect()).ask(request(b"x"))).status == 503:
                await client.close()
        assert (await clients[1].ask(request(b"x"))).status == 200


async def test_a_flood_of_connections_is_dropped() -> None:
    async with door(echo, ServerSettings(drain_s=0.2, max_connections=3)) as served:
        clients = [await served.connect() for _ in range(200)]
        answers = [await client.hear_until_cut() for client in clients[3:]]
        assert set(answers) <= {b"", answers[0]}
        assert answers[0].startswith(b"HTTP/1.1 503 ")
        assert 64 <= len([one for one in answers if one]) < 190
        assert (await clients[0].ask(request(b"x"))).status == 200
