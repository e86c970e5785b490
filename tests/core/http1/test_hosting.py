"""Where the door runs: TLS, other people's ASGI applications, and many connections in a row."""

import asyncio
import gc
import random
import ssl
import weakref
from collections.abc import AsyncIterator

import pytest
import quart
import trustme

from proxy_core.http1 import ASGIApp, Receive, Scope, Send, ServerSettings
from proxy_core.http1.protocol import ServerProtocol
from proxy_core.http1.service import Service
from tests.core.http1.door import PATIENCE_S, answer, door, echo, read_body, request


@pytest.fixture(scope="module")
def tls() -> tuple[ssl.SSLContext, ssl.SSLContext]:
    """The server's side and the clients'."""
    authority = trustme.CA()
    server, client = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER), ssl.create_default_context()
    authority.issue_cert("localhost").configure_cert(server)
    authority.configure_trust(client)
    return server, client


async def test_tls(tls: tuple[ssl.SSLContext, ssl.SSLContext]) -> None:
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        assert scope["scheme"] == "https"
        await answer(send, await read_body(receive))

    server, client_side = tls
    async with door(app, ServerSettings(drain_s=0.2, ssl_context=server), tls=client_side) as served:
        client = await served.connect()
        for size in (0, 10, 2_000_000):
            assert (await client.ask(request(b"x" * size))).body == b"x" * size


async def test_tls_clients_that_leave_are_noticed(tls: tuple[ssl.SSLContext, ssl.SSLContext]) -> None:
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await read_body(receive)
        begun.set()
        assert (await receive())["type"] == "http.disconnect"
        noticed.set()

    begun, noticed = asyncio.Event(), asyncio.Event()
    server, client_side = tls
    async with door(app, ServerSettings(drain_s=0.2, ssl_context=server), tls=client_side) as served:
        client = await served.connect()
        await client.say(request())
        await begun.wait()
        client.writer.transport.abort()
        async with asyncio.timeout(PATIENCE_S):
            await noticed.wait()


async def test_tls_refusals_reach_the_client(tls: tuple[ssl.SSLContext, ssl.SSLContext]) -> None:
    server, client_side = tls
    settings = ServerSettings(drain_s=0.2, linger_s=0.05, ssl_context=server)
    async with door(echo, settings, tls=client_side) as served:
        client = await served.connect()
        assert (await client.ask(b"noise\r\n\r\n")).status == 400
        assert await client.hear_until_cut() == b""


def _quart() -> quart.Quart:
    app = quart.Quart(__name__)

    @app.post("/echo")
    async def echoes() -> quart.Response:
        return quart.Response(await quart.request.get_data(as_text=False), mimetype="text/plain")

    @app.get("/stream")
    async def streams() -> quart.Response:
        async def pieces() -> AsyncIterator[bytes]:
            for number in range(3):
                yield b"event %d\n" % number

        return quart.Response(pieces(), mimetype="text/event-stream")

    @app.get("/broken")
    async def breaks() -> quart.Response:
        raise ValueError("broken")

    return app


async def test_a_quart_application() -> None:
    app: ASGIApp = _quart()  # type: ignore[assignment]
    async with door(app) as served:
        client = await served.connect()
        reply = await client.ask(request(b"hello" * 50_000, target="/echo"))
        assert (reply.status, reply.body) == (200, b"hello" * 50_000)
        reply = await client.ask(request(method="GET", target="/stream"), method="GET")
        assert (reply.body, reply.header("transfer-encoding")) == (b"event 0\nevent 1\nevent 2\n", "chunked")
        reply = await client.ask(request(method="HEAD", target="/stream"), method="HEAD")
        assert (reply.status, reply.body) == (200, b"")
        assert (await client.ask(request(method="GET", target="/nothing"), method="GET")).status == 404


@pytest.mark.parametrize("target", ["/", "/v1/messages?beta=true"])
async def test_a_request_cut_at_every_byte(target: str) -> None:
    wire = request(b"hello world", target=target, headers=["X-Custom:  value ", "Accept: */*"])
    chunked = (
        request(target=target, headers=["Transfer-Encoding: chunked"]) + b"5\r\nhello\r\n6;a=b\r\n world\r\n0\r\n\r\n"
    )
    async with door(echo) as served:
        client = await served.connect()
        for whole in (wire, chunked):
            for place in range(1, len(whole)):
                await client.say(whole[:place])
                for _ in range(3):
                    await asyncio.sleep(0)
                assert (await client.ask(whole[place:])).body == b"hello world"
            for place in range(len(whole)):
                await client.say(whole[place : place + 1])
                await asyncio.sleep(0)
            assert (await client.reply()).body == b"hello world"


async def test_a_thousand_connections_leave_nothing_behind(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whole requests, half ones, none at all; closed politely or not."""
    alive = weakref.WeakSet[ServerProtocol]()

    class Counted(ServerProtocol):
        __slots__ = ("__weakref__",)

        def __init__(self, service: Service) -> None:
            super().__init__(service)
            alive.add(self)
            services.append(service)

    services: list[Service] = []
    monkeypatch.setattr("proxy_core.http1.server.ServerProtocol", Counted)
    async with door(echo) as served:
        for number in range(1000):
            client = await served.connect()
            if number % 2:
                assert (await client.ask(request(b"x"))).status == 200
            elif number % 3:
                await client.say(request(b"x")[: number % 40])
            if number % 5:
                client.writer.close()
            else:
                client.reset()
        last = await served.connect()
        assert (await last.ask(request(b"x"))).status == 200
        async with asyncio.timeout(PATIENCE_S):
            while len(services[0].guests) > 1:
                await last.ask(request(b"x"))
        gc.collect()
        assert len(alive) == 1
    assert services[0].guests == set()


async def test_damaged_requests_never_end_the_door() -> None:
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        while (event := await receive())["type"] == "http.request":
            if not event["more_body"]:
                await answer(send, b"whole")

    chance = random.Random(7)
    chunked = request(headers=["Transfer-Encoding: chunked"]) + b"5\r\nhello\r\n0\r\n\r\n"
    async with door(app, ServerSettings(drain_s=0.2, linger_s=0.05)) as served:
        for _ in range(300):
            wire = bytearray(chance.choice([request(b"hello"), chunked]) * 3)
            for _ in range(chance.randrange(1, 4)):
                at = chance.randrange(len(wire))
                wire[at : at + chance.randrange(3)] = chance.randbytes(chance.randrange(3))
            client = await served.connect()
            await client.say(bytes(wire[: len(wire) // 2]))
            await asyncio.sleep(0)
            await client.say(bytes(wire[len(wire) // 2 :]))
            await client.close()
        assert (await (await served.connect()).ask(request(b"hello"))).body == b"whole"


async def test_a_hundred_connections_at_once() -> None:
    async with door(echo) as served:
        clients = [await served.connect() for _ in range(100)]

        async def ask_often(number: int) -> None:
            for _ in range(5):
                body = b"%d" % number * 1000
                assert (await clients[number].ask(request(body))).body == body

        async with asyncio.TaskGroup() as tasks:
            for number in range(100):
                tasks.create_task(ask_often(number))
