"""All end-to-end headers go through both ways, in their order and spelling; those of one connection stop here."""

from pathlib import Path

import pytest

from tests.contract.settlements import record_of
from tests.contract.talks import ANTHROPIC, TALKS, Talk
from tests.contract.upstreams import Fields, in_front_of, noting, reply
from tests.contract.wire import Answer, ask, request
from tests.support.running import Running

AS_SENT = (
    b"POST /v1/messages?beta=true HTTP/1.1",
    b"User-Agent: claude-cli/2.1.329 (external, cli)",
    b"Host: 127.0.0.1",
    b"X-Stainless-Lang: js",
    b"anthropic-beta: claude-code-20250219,oauth-2025-04-20",
    b"anthropic-beta: context-management-2025-06-27",
    b"Content-Length: 2",
    b"ANTHROPIC-VERSION: 2023-06-01",
    b"Authorization: Bearer sk-ant-oat01-abc",
    b"x-api-key: sk-ant-api03-abc",
    b"X-Claude-Code-Session-Id: 6f1e",
    b"x-claude-code-prev-tool-durations: Bash=12;Read%20File=3",
    b"x-unheard-of: \xe9\xff \t tabs and  double spaces",
    b"x-empty:",
    b"Accept-Encoding: gzip, deflate, br, zstd",
    b"accept: */*",
    b"Cookie: a=1",
    b"cookie: b=2",
    b"traceparent: 00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
)


async def sent_and_received(lines: tuple[bytes, ...], home: Path, **server: object) -> tuple[Fields, bytes]:
    """What the upstream gets of a request with these lines, and the address that it has."""
    received: list[Fields] = []
    async with in_front_of(noting(received, reply()), home) as proxy:
        await ask(proxy.url, b"\r\n".join((*lines, b"", b"{}")))
        base = proxy.engine.state.config().providers["anthropic"].api_base
    return received[0], base.removeprefix("http://").encode()


async def test_every_header_leaves_in_its_place_its_case_and_its_number(tmp_path: Path) -> None:
    fields, host = await sent_and_received(AS_SENT, tmp_path)
    expected = [line.partition(b":") for line in AS_SENT[1:]]
    assert fields.headers == tuple(
        (name, host if name == b"Host" else value.removeprefix(b" ")) for name, _, value in expected
    )


async def test_nothing_is_added_to_a_bare_request(tmp_path: Path) -> None:
    fields, host = await sent_and_received((b"POST /v1/messages HTTP/1.1", b"Host: x", b"Content-Length: 2"), tmp_path)
    assert fields.headers == ((b"Host", host), (b"Content-Length", b"2"))


@pytest.mark.parametrize(
    "line",
    [
        b"Connection: keep-alive",
        b"Keep-Alive: timeout=5",
        b"Proxy-Authorization: Basic secret",
        b"Proxy-Authenticate: Basic",
        b"Proxy-Connection: keep-alive",
        b"TE: trailers",
        b"Trailer: x-checksum",
        b"Upgrade: h2c",
        b"Expect: 100-continue",
        b"X-Tokenman-Project: shop",
        b"x-tokenman-anything: 1",
    ],
)
async def test_a_header_of_one_connection_or_of_our_own_stops_here(line: bytes, tmp_path: Path) -> None:
    fields, _ = await sent_and_received((*AS_SENT[:3], line, *AS_SENT[3:]), tmp_path)
    assert line.split(b":")[0].lower() not in [name.lower() for name in fields.names]
    assert len(fields.headers) == len(AS_SENT) - 1


async def test_headers_that_connection_names_stop_here(tmp_path: Path) -> None:
    lines = (*AS_SENT, b"connection: close, X-Hop , x-other", b"x-hop: 1", b"X-Other: 2", b"x-others: 3")
    fields, _ = await sent_and_received(lines, tmp_path)
    assert fields.names[-1] == b"x-others"
    assert len(fields.headers) == len(AS_SENT)


REPLIED = (
    b"Request-Id: req_011",
    b"anthropic-ratelimit-requests-remaining: 41",
    b"anthropic-ratelimit-unified-5h-utilization: 0.25",
    b"Retry-After: 17",
    b"x-should-retry: true",
    b"x-ratelimit-remaining-tokens: 9",
    b"X-Request-ID: abc",
    b"openai-organization: org",
    b"openai-processing-ms: 12",
    b"Set-Cookie: a=1; Path=/",
    b"set-cookie: b=2; Path=/",
    b"Date: Sat, 21 Nov 2026 00:00:00 GMT",
    b"Server: cloudflare",
    b"CF-Ray: 8",
    b"via: 1.1 google",
    b"x-odd: \xe9  two  spaces",
)


async def answered(raw: bytes, home: Path) -> Answer:
    async with in_front_of(noting([], raw), home) as proxy:
        answer = await ask(proxy.url, ANTHROPIC.request(stream=False))
        await proxy.record()
    return answer


async def test_every_header_of_a_reply_comes_back_in_its_place_its_case_and_its_number(tmp_path: Path) -> None:
    answer = await answered(reply(b"{}", *REPLIED), tmp_path)
    came = [line.partition(b": ") for line in REPLIED]
    expected = [(b"content-type", b"application/json"), *((name, value) for name, _, value in came)]
    assert list(answer.headers) == [*expected, (b"content-length", b"2"), (b"x-tokenman-id", answer.id.encode())]


@pytest.mark.parametrize(
    "line",
    [
        b"Keep-Alive: timeout=5",
        b"Proxy-Authenticate: Basic",
        b"Trailer: x-checksum",
        b"Upgrade: h2c",
        b"Connection: close, x-hop\r\nX-Hop: 1",
    ],
)
async def test_a_header_of_the_provider_s_connection_stops_here(line: bytes, tmp_path: Path) -> None:
    answer = await answered(reply(b"{}", line), tmp_path)
    assert [name for name, _ in answer.headers] == [b"content-type", b"content-length", b"x-tokenman-id"]


SUCCESSES = [200, 201, 202, 204, 304]
ERRORS = [400, 401, 402, 403, 404, 408, 409, 413, 418, 422, 429, 499, 500, 502, 503, 504, 529]
ERROR_BODY = b'{"type":"error","error": {"type":"x","message":"prompt is too long: \\u003c"}}'


@pytest.mark.parametrize("status", SUCCESSES + ERRORS)
async def test_a_status_and_its_body_come_back_unchanged(status: int, tmp_path: Path) -> None:
    body = b"" if status in {204, 304} else ERROR_BODY
    answer = await answered(reply(body, b"retry-after: 3", status=b"%d Odd Words" % status), tmp_path)
    assert (answer.status, answer.body, answer.first("retry-after")) == (status, body, "3")


@pytest.mark.parametrize("talk", TALKS, ids=str)
@pytest.mark.parametrize("status", [429, 500, 529])
async def test_an_overload_before_the_first_byte_of_a_stream_comes_back_at_once_and_once(
    status: int, talk: Talk, proxy: Running
) -> None:
    answer = await ask(proxy.url, talk.request(mock=f"status={status}+retry-after=7"))
    record = await record_of(proxy, answer.id)
    assert (answer.status, answer.first("retry-after")) == (status, "7")
    assert "error" in answer.json()
    assert (record.status, record.outcome.ending, record.cost_nanousd) == (status, "upstream_error", 0)
    assert proxy.mock.journal.received == 1


async def test_the_model_list_of_claude_code_keeps_its_query(proxy: Running) -> None:
    answer = await ask(proxy.url, request("GET", "/v1/models?limit=1000", ANTHROPIC.headers))
    assert proxy.mock.journal[-1].target == "/v1/models?limit=1000"
    assert all("claude" in model["id"] for model in answer.json()["data"])
