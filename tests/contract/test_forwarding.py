"""The client's bytes are the request: bodies, methods, paths and queries leave as they came."""

import hashlib
from pathlib import Path

import pytest

from tests.contract.settlements import record_of
from tests.contract.talks import TALKS, Talk
from tests.contract.upstreams import Fields, in_front_of, noting, reply
from tests.contract.wire import ask, request, wire
from tests.support.running import Running

ODD_BODIES = {
    "keys out of order": b'{"stream":false,"model":"m","messages":[],"max_tokens":1}',
    "spaces and line ends between tokens": b'{ "model" :\t"m" ,\r\n\n "messages":[ ] }  \n',
    "escapes that need not be": b'{"model":"m","messages":[{"role":"user","content":"\\u003cb\\u003e \\/ \\u0041"}]}',
    "characters left unescaped": '{"model":"m","messages":[{"role":"user","content":"é \u2028 \x7f 🙂"}]}'.encode(),
    "integers above 2^53": b'{"model":"m","seed":9007199254740993,"id":123456789012345678901234567890}',
    "keys that occur twice": b'{"model":"a","model":"b","messages":[],"messages":[]}',
    "numbers with trailing zeros and exponents": b'{"model":"m","temperature":1.10,"top_p":1E-2,"x":-0.0}',
    "a byte order mark": b'\xef\xbb\xbf{"model":"m","messages":[]}',
    "JSON that ends too early": b'{"model":"m","messages":[{"role":"us',
    "JSON that is no object": b'["model"]',
    "a lone surrogate": b'{"model":"\\ud800","messages":[]}',
    "a model that is no UTF-8": b'{"model":"\xff\xfe","messages":[]}',
    "brackets nested ten thousand deep": b'{"model":"m","messages":' + b"[" * 10_000 + b"]" * 10_000 + b"}",
    "an empty object": b"{}",
    "NUL bytes": b"\0\0\0",
    "all bytes there are": bytes(range(256)),
    "a form": b'------x\r\nContent-Disposition: form-data; name="purpose"\r\n\r\nbatch\r\n------x--\r\n',
}


@pytest.mark.parametrize("talk", TALKS, ids=str)
@pytest.mark.parametrize("body", ODD_BODIES.values(), ids=ODD_BODIES)
async def test_a_body_leaves_byte_for_byte_with(body: bytes, talk: Talk, proxy: Running) -> None:
    answer = await ask(proxy.url, request("POST", talk.path, talk.headers, body))
    entry = proxy.mock.journal[-1]
    record = await record_of(proxy, answer.id)
    assert entry.body == body
    assert (record.body_sha256, record.sent_sha256) == (hashlib.sha256(body).hexdigest(),) * 2
    assert record.identical
    assert record.arrival.request_bytes == len(body)


async def test_a_post_without_a_body_stays_without_one(proxy: Running) -> None:
    answer = await ask(proxy.url, request("POST", "/v1/messages", body=b""))
    record = await record_of(proxy, answer.id)
    assert proxy.mock.journal[-1].body == b""
    assert (record.body_sha256, record.sent_sha256) == ("", "")


@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "PROPFIND", "QUERY"])
async def test_every_method_goes_through(method: str, proxy: Running) -> None:
    body = None if method == "GET" else b'{"a": 1}'
    answer = await ask(proxy.url, request(method, "/v1/batches/x", body=body))
    assert answer.status == 200
    assert answer.json()["method"] == method
    assert proxy.mock.journal[-1].body == (body or b"")


async def test_head_is_answered_with_headers_only_and_the_connection_lives_on(proxy: Running) -> None:
    async with wire(proxy.url) as client:
        head = await client.ask(request("HEAD", "/v1/models/gpt-4o"), bodiless=True)
        after = await client.ask(request("GET", "/v1/models/gpt-4o"))
    assert (head.status, head.first("content-length")) == (200, after.first("content-length"))
    assert after.json()["id"] == "gpt-4o"


TARGETS = {
    "the query of Claude Code": "/v1/messages?beta=true",
    "the query of Codex": "/v1/models?client_version=0.169.0",
    "a query without a value, and one twice": "/v1/files?a&b=&c=1&c=2&&=",
    "an empty query": "/v1/files?",
    "two question marks": "/v1/files?a=?b?c",
    "percent-encoded slashes and spaces": "/v1/files/a%2Fb%20c%2fd",
    "percent-encoding that need not be": "/v1/%66iles/%7Euser?%61=%62&x=%2B+%20",
    "an escape that is none": "/v1/files/100%/50%zz?x=%",
    "plus, colon, at, semicolon and comma": "/v1/files/a+b:c@d;e,f=g?h+i;j,k:l@m/n",
    "two slashes in a row": "/v1//files///x",
    "two slashes in front": "//v1/files",
    "a slash at the end": "/v1/files/",
    "dots that a browser would fold": "/v1/./files/../batches/..%2f",
    "a very long query": "/v1/files?q=" + "x" * 20_000,
    "a path that nobody here knows": "/api/experimental/2027/things",
    "a path of audio": "/v1/audio/transcriptions",
}


@pytest.mark.parametrize("target", TARGETS.values(), ids=TARGETS)
async def test_the_target_leaves_byte_for_byte_with(target: str, tmp_path: Path) -> None:
    received: list[Fields] = []
    async with in_front_of(noting(received, reply()), tmp_path) as proxy:
        answer = await ask(proxy.url, request("POST", target, body=b"{}"))
    assert answer.status == 200
    assert received[0].line == f"POST {target} HTTP/1.1".encode()


@pytest.mark.parametrize(
    ("base", "asked", "sent"),
    [
        ("/v1", "/v1/messages?beta=true", "/v1/messages?beta=true"),
        ("/v1", "/v1", "/v1"),
        ("/v1", "/v1?x=1", "/v1?x=1"),
        ("/v1", "/v1beta/things", "/v1/v1beta/things"),
        ("/v1", "/models", "/v1/models"),
        ("/api/anthropic", "/v1/messages", "/api/anthropic/v1/messages"),
        ("/openai/v1", "/v1/chat/completions?x=%20", "/openai/v1/chat/completions?x=%20"),
        ("/gateway%20x/", "/v1/responses", "/gateway%20x/v1/responses"),
    ],
)
async def test_the_target_goes_below_the_provider_s_base(base: str, asked: str, sent: str, tmp_path: Path) -> None:
    received: list[Fields] = []
    async with in_front_of(noting(received, reply()), tmp_path, base=base.rstrip("/")) as proxy:
        await ask(proxy.url, request("POST", asked, body=b"{}"))
    assert received[0].target == sent.encode()


async def test_a_target_with_a_host_in_it_leaves_as_a_path(tmp_path: Path) -> None:
    received: list[Fields] = []
    async with in_front_of(noting(received, reply()), tmp_path) as proxy:
        await ask(proxy.url, request("GET", "http://127.0.0.1/v1/models/x?y=%7E"))
    assert received[0].target == b"/v1/models/x?y=%7E"


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
async def test_a_redirect_is_returned_and_not_followed(status: int, tmp_path: Path) -> None:
    received: list[Fields] = []
    moved = reply(b"", b"location: http://127.0.0.1:9/elsewhere", status=b"%d Moved" % status)
    async with in_front_of(noting(received, moved), tmp_path) as proxy:
        answer = await ask(proxy.url, request("GET", "/v1/models", [("x-api-key", "sk-ant-client")]))
        record = await proxy.record()
    assert (answer.status, answer.first("location")) == (status, "http://127.0.0.1:9/elsewhere")
    assert len(received) == 1
    assert record.status == status
    assert record.attempts == 1


async def test_a_body_in_chunks_leaves_whole_and_with_its_length(proxy: Running) -> None:
    chunks = b"2\r\n{}\r\n1;ext=1\r\n \r\n0\r\ntrailer: x\r\n\r\n"
    head = request("POST", "/v1/messages", [("transfer-encoding", "chunked")])
    answer = await ask(proxy.url, head + chunks)
    entry = proxy.mock.journal[-1]
    assert entry.body == b"{} "
    assert (entry.header("content-length"), entry.header("transfer-encoding")) == ("3", None)
    assert (await record_of(proxy, answer.id)).identical


async def test_a_client_that_waits_for_100_continue_is_told_to_go_on(proxy: Running) -> None:
    head = request("POST", "/v1/embeddings", [("expect", "100-continue"), ("content-length", "2")])
    async with wire(proxy.url) as client:
        await client.send(head)
        told = await client.head()
        answer = await client.ask(b"{}")
    assert told.status == 100
    assert answer.status == 400
    assert proxy.mock.journal[-1].body == b"{}"
    assert proxy.mock.journal[-1].header("expect") is None
