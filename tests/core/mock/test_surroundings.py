"""What is not inference: warm-ups, unknown paths, WebSockets, model lists, the lifespan, and what may be imported."""

import asyncio
import hashlib
import subprocess
import sys

import pytest

from proxy_core.mock import MockProvider, MockSettings
from proxy_core.mock.asgi import Event
from tests.core.mock.inprocess import ask
from tests.core.mock.raw_client import opened


@pytest.mark.parametrize(("method", "path"), [("HEAD", "/"), ("HEAD", "/api/hello"), ("GET", "/api/hello")])
async def test_a_warm_up_is_answered(method: str, path: str) -> None:
    answer = await ask(MockProvider(), path, method=method)
    assert (answer.status, answer.finished) == (200, True)
    assert (answer.body == b"") is (method == "HEAD")


@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "PATCH", "DELETE"])
async def test_any_other_path_tells_what_arrived(method: str) -> None:
    body = b"\x00\xff anything"
    answer = await ask(
        MockProvider(), "/v1/files/file%2F1?a=b&a=c", body, method=method, headers=[("x-one", "secret"), ("x-two", "2")]
    )
    assert answer.json() == {
        "method": method,
        "target": "/v1/files/file%2F1?a=b&a=c",
        "header_names": ["x-one", "x-two"],
        "body_bytes": len(body),
        "body_sha256": hashlib.sha256(body).hexdigest(),
    }


async def test_a_websocket_is_refused_with_426(base_url: str) -> None:
    upgrade = [
        ("connection", "Upgrade"),
        ("upgrade", "websocket"),
        ("sec-websocket-version", "13"),
        ("sec-websocket-key", "dGhlIHNhbXBsZSBub25jZQ=="),
    ]
    async with opened(base_url, "/v1/responses", b"", upgrade, method="GET") as reader, asyncio.timeout(20):
        head = await reader.readline()
    assert head.startswith(b"HTTP/1.1 426")


async def test_an_upgrade_that_arrives_as_plain_http_is_refused_too() -> None:
    answer = await ask(MockProvider(), "/v1/responses", method="GET", headers=[("upgrade", "websocket")])
    assert answer.status == 426
    assert answer.json()["error"]["type"] == "invalid_request_error"


async def test_model_lists_differ_by_vendor() -> None:
    provider = MockProvider()
    claude = await ask(provider, "/v1/models?limit=1000", method="GET", headers=[("anthropic-version", "2023-06-01")])
    gpt = await ask(provider, "/v1/models", method="GET")
    codex = await ask(provider, "/v1/models?client_version=0.169.0", method="GET")
    assert all("claude" in model["id"] and model["display_name"] for model in claude.json()["data"])
    assert gpt.json().keys() == {"object", "data"}
    assert codex.json()["models"] == []


@pytest.mark.parametrize("query", ["limit=0", "limit=1001", "limit=x"])
async def test_a_wrong_page_size_is_refused(query: str) -> None:
    answer = await ask(
        MockProvider(), f"/v1/models?{query}", method="GET", headers=[("anthropic-version", "2023-06-01")]
    )
    assert answer.status == 400


async def test_the_lifespan_is_tolerated() -> None:
    events: list[Event] = [{"type": "lifespan.startup"}, {"type": "lifespan.shutdown"}]
    sent: list[Event] = []

    async def receive() -> Event:
        return events.pop(0)

    async def send(event: Event) -> None:
        sent.append(event)

    await MockProvider()({"type": "lifespan"}, receive, send)
    assert [event["type"] for event in sent] == ["lifespan.startup.complete", "lifespan.shutdown.complete"]


def test_no_server_or_framework_is_imported() -> None:
    code = "import sys, proxy_core.mock; print(*{name.partition('.')[0] for name in sys.modules})"
    loaded = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True).stdout.split()
    assert not {"quart", "hypercorn", "httpx", "textual"} & set(loaded)


async def test_a_body_beyond_the_limit_is_413() -> None:
    provider = MockProvider(MockSettings(max_body_bytes=1_000))
    for path in ("/v1/messages", "/v1/chat/completions", "/other"):
        assert (await ask(provider, path, b"x" * 1_001)).status == 413
