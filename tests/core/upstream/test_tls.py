"""Calls over TLS, and whom they trust."""

import asyncio
import ssl
from dataclasses import replace
from pathlib import Path

import pytest

from proxy_core.upstream.failures import ConnectFailed, UpstreamDropped, WriteTimedOut
from proxy_core.upstream.http1_transport import Http1Transport
from proxy_core.upstream.origin import Origin
from proxy_core.upstream.tls import load_trust
from tests.core.upstream.conftest import Certificates
from tests.core.upstream.scripted import OK, TIMEOUTS, Peer, answering, read_all, upstream


@pytest.fixture(autouse=True)
def _no_certificates_from_outside(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SSL_CERT_FILE", raising=False)
    monkeypatch.delenv("SSL_CERT_DIR", raising=False)


async def test_bodies_of_any_size_go_both_ways(certificates: Certificates) -> None:
    transport = Http1Transport(ca_file=certificates.ca_file)

    async def script(peer: Peer) -> None:
        assert peer.writer.get_extra_info("ssl_object").selected_alpn_protocol() == "http/1.1"
        while (request := await peer.request()) is not None:
            await peer.say(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(request.body), request.body)

    certificates.server.set_alpn_protocols(["http/1.1"])
    async with upstream(script, tls=certificates.server) as up:
        for size in (0, 10, 200_000, 5_000_000):
            body = b"x" * size
            reply = await transport.send(up.call(body), TIMEOUTS)
            assert await read_all(reply) == body
            assert reply.written_ns > 0
        assert up.connections == 1
        await transport.aclose()
        await up.quiet()


async def test_a_stranger_is_not_trusted(certificates: Certificates) -> None:
    transport = Http1Transport()
    async with upstream(answering(OK), tls=certificates.server) as up:
        with pytest.raises(ConnectFailed, match=r"^127.*certificate is not trusted \(.*\)\.$") as caught:
            await transport.send(up.call(), TIMEOUTS)
        assert not caught.value.sent
    await transport.aclose()


async def test_the_environment_names_whom_to_trust(certificates: Certificates, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(certificates.ca_file))
    transport = Http1Transport()
    async with upstream(answering(OK), tls=certificates.server) as up:
        assert await read_all(await transport.send(up.call(), TIMEOUTS)) == b"ok"
        await transport.aclose()


async def test_an_upstream_without_tls(certificates: Certificates) -> None:
    async def script(peer: Peer) -> None:
        await peer.reader.read(1)
        await peer.say(b"HTTP/1.1 400 Bad Request\r\n\r\n")

    transport = Http1Transport(ca_file=certificates.ca_file)
    async with upstream(script) as up:
        call = replace(up.call(), origin=Origin("https", "127.0.0.1", up.origin.port))
        with pytest.raises(ConnectFailed, match=r"TLS failed"):
            await transport.send(call, TIMEOUTS)
    await transport.aclose()


async def test_a_drop_in_the_middle_of_a_reply(certificates: Certificates) -> None:
    async def script(peer: Peer) -> None:
        await peer.request()
        await peer.say(b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhel")
        peer.writer.transport.abort()

    transport = Http1Transport(ca_file=certificates.ca_file)
    async with upstream(script, tls=certificates.server) as up:
        with pytest.raises(UpstreamDropped):
            await read_all(await transport.send(up.call(), TIMEOUTS))
        await transport.aclose()


async def test_leaving_is_seen_at_once(certificates: Certificates) -> None:
    asked = asyncio.Event()

    async def script(peer: Peer) -> None:
        await peer.request()
        asked.set()
        await peer.gone()

    transport = Http1Transport(ca_file=certificates.ca_file)
    async with upstream(script, tls=certificates.server) as up:
        task = asyncio.ensure_future(transport.send(up.call(), TIMEOUTS))
        await asked.wait()
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        await up.quiet()
    await transport.aclose()


async def test_an_upstream_that_stops_reading(certificates: Certificates) -> None:
    stopped = asyncio.Event()

    async def script(peer: Peer) -> None:
        await stopped.wait()

    transport = Http1Transport(ca_file=certificates.ca_file)
    async with upstream(script, tls=certificates.server, limit=4096) as up:
        with pytest.raises(WriteTimedOut):
            await transport.send(up.call(b"x" * 30_000_000), replace(TIMEOUTS, write_s=0.1))
        stopped.set()
        await up.quiet()
    await transport.aclose()


async def test_a_missing_ca_file_is_told(tmp_path: Path, certificates: Certificates) -> None:
    transport = Http1Transport(ca_file=tmp_path / "none.pem")
    async with upstream(answering(OK), tls=certificates.server) as up:
        with pytest.raises(ConnectFailed, match=r"none\.pem"):
            await transport.send(up.call(), TIMEOUTS)
    await transport.aclose()


async def test_a_ca_file_adds_to_those_trusted_already(certificates: Certificates) -> None:
    plain, more = await load_trust(), await load_trust(certificates.ca_file)
    assert len(more.get_ca_certs()) == len(plain.get_ca_certs()) + 1
    assert plain.verify_mode is more.verify_mode is ssl.CERT_REQUIRED
    assert plain.check_hostname
    assert more.check_hostname
