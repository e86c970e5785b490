import asyncio
import socket
import ssl
import sys
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest
import pytest_asyncio
import trustme
import uvloop

from proxy_core.upstream.http1_transport import Http1Transport

LoopFactory = Callable[[], asyncio.AbstractEventLoop]


def _eager() -> asyncio.AbstractEventLoop:
    loop = asyncio.new_event_loop()
    if sys.version_info >= (3, 12):
        loop.set_task_factory(asyncio.eager_task_factory)
    return loop


def pytest_asyncio_loop_factories(config: pytest.Config, item: pytest.Item) -> Mapping[str, LoopFactory]:
    """Every test of this folder runs on each kind of loop that the program may be hosted on."""
    loops: dict[str, LoopFactory] = {"asyncio": asyncio.new_event_loop, "uvloop": uvloop.new_event_loop}
    if sys.version_info >= (3, 12):
        loops["eager"] = _eager
    return loops


@pytest_asyncio.fixture
async def transport() -> AsyncIterator[Http1Transport]:
    fast = Http1Transport()
    yield fast
    await fast.aclose()


@pytest.fixture
def refusing_port() -> Iterator[int]:
    """A port on 127.0.0.1 at which nobody listens, nor will before the test is over."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        yield taken.getsockname()[1]


@dataclass(frozen=True)
class Certificates:
    """A private authority, and a server that presents its certificate for `localhost` and 127.0.0.1."""

    ca_file: Path
    server: ssl.SSLContext


@pytest.fixture(scope="session")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> Certificates:
    authority = trustme.CA()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("localhost", "127.0.0.1").configure_cert(context)
    ca_file = tmp_path_factory.mktemp("tls") / "ca.pem"
    authority.cert_pem.write_to_path(str(ca_file))
    return Certificates(ca_file, context)
