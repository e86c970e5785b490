"""Every exchange leaves exactly one row that says whose it was, how it ended, what left, and what it used and cost."""

import asyncio
import json
import socket
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

from proxy_core.exchange.outcome import Ending
from proxy_core.exchange.record import ExchangeRecord
from proxy_core.exchange.usage import Usage
from proxy_core.ledger import Ledger
from tests.contract.settlements import record_of
from tests.contract.talks import ANTHROPIC, CHAT, RESPONSES, TALKS, Talk
from tests.contract.upstreams import in_front_of, noting, reply
from tests.contract.wire import Answer, ask, request, wire
from tests.support.running import Running, running

SESSION = ("x-claude-code-session-id", "6f1e-9d")
FACTS: dict[str, tuple[list[tuple[str, str]], dict[str, str]]] = {
    "nothing": ([], {"project": "default", "session": "", "agent": "", "request_class": "", "client": ""}),
    "a project": ([("X-Tokenman-Project", " shop ")], {"project": "shop"}),
    "a project in another alphabet": ([("x-tokenman-project", "caf\xe9")], {"project": "caf\xe9"}),
    "a product": ([("User-Agent", "claude-cli/2.1.329 (external, cli)")], {"client": "claude-cli/2.1.329"}),
    "a session": ([SESSION], {"session": "6f1e-9d", "request_class": "main"}),
    "a session of Codex": ([("session_id", "0199")], {"session": "0199", "request_class": ""}),
    "an agent": (
        [SESSION, ("x-claude-code-agent-id", "a7"), ("x-claude-code-parent-agent-id", "a1")],
        {"session": "6f1e-9d", "agent": "a7", "request_class": "subagent"},
    ),
    "a class": ([SESSION, ("X-Claude-Code-Request-Class", "compaction")], {"request_class": "compaction"}),
    "a class that is stronger than a parent": (
        [("x-claude-code-request-class", "workflow"), ("x-claude-code-parent-agent-id", "a1")],
        {"request_class": "workflow"},
    ),
    "labels without end": (
        [("x-tokenman-project", "p" * 5000), ("x-claude-code-session-id", "s" * 5000), ("user-agent", "u" * 5000)],
        {"project": "p" * 120, "session": "s" * 120, "client": "u" * 120},
    ),
    "the first of two": ([("x-tokenman-project", "one"), ("x-tokenman-project", "two")], {"project": "one"}),
}


@pytest.mark.parametrize(("headers", "facts"), FACTS.values(), ids=FACTS)
async def test_a_row_says_whose_it_was_by(
    headers: list[tuple[str, str]], facts: dict[str, str], proxy: Running
) -> None:
    answer = await ask(proxy.url, ANTHROPIC.request(stream=False, headers=headers))
    record = await record_of(proxy, answer.id)
    assert {name: getattr(record.arrival, name) for name in facts} == facts


async def test_a_count_of_tokens_is_a_class_of_its_own(proxy: Running) -> None:
    raw = request("POST", "/v1/messages/count_tokens", [*ANTHROPIC.headers, SESSION], ANTHROPIC.body(stream=False))
    record = await record_of(proxy, (await ask(proxy.url, raw)).id)
    assert (record.arrival.operation, record.arrival.request_class) == ("count_tokens", "count")


@pytest.mark.parametrize("talk", TALKS, ids=str)
@pytest.mark.parametrize("stream", [True, False], ids=["a stream", "a document"])
async def test_a_row_says_what_was_asked_and_what_was_answered(talk: Talk, stream: bool, proxy: Running) -> None:
    answer = await ask(proxy.url, talk.request(stream=stream))
    record = await record_of(proxy, answer.id)
    arrival = record.arrival
    assert (arrival.dialect, arrival.operation, arrival.method) == (talk.dialect, talk.operation, "POST")
    assert (arrival.path, arrival.model, arrival.streaming) == (talk.path, talk.model, stream)
    assert (record.upstream, record.served_model, record.status) == (talk.provider, talk.model, 200)
    assert (record.attempts, record.reply_bytes) == (1, len(answer.body))
    assert record.reply_events == (answer.body.count(b"\n\n") if stream else 0)
    assert record.first_byte_ms is not None
    assert 0 < record.first_byte_ms <= record.duration_ms
    assert record.bill is not None
    assert record.cost_nanousd == sum(line.nanousd for line in record.bill.lines) > 0


def told_by_anthropic(usage: dict[str, Any]) -> Usage:
    writes = usage["cache_creation"]
    return Usage(
        input_tokens=usage["input_tokens"],
        cache_read_tokens=usage["cache_read_input_tokens"],
        cache_write_5m_tokens=writes["ephemeral_5m_input_tokens"],
        cache_write_1h_tokens=writes["ephemeral_1h_input_tokens"],
        output_tokens=usage["output_tokens"],
        service_tier=usage["service_tier"],
    )


def told_by_chat(usage: dict[str, Any]) -> Usage:
    cached = usage["prompt_tokens_details"]["cached_tokens"]
    return Usage(
        input_tokens=usage["prompt_tokens"] - cached,
        cache_read_tokens=cached,
        output_tokens=usage["completion_tokens"],
        reasoning_tokens=usage["completion_tokens_details"]["reasoning_tokens"],
        service_tier="default",
    )


def told_by_responses(usage: dict[str, Any]) -> Usage:
    cached = usage["input_tokens_details"]["cached_tokens"]
    return Usage(
        input_tokens=usage["input_tokens"] - cached,
        cache_read_tokens=cached,
        output_tokens=usage["output_tokens"],
        reasoning_tokens=usage["output_tokens_details"]["reasoning_tokens"],
        service_tier="default",
    )


LONG = "All work and no play makes Jack a dull boy. " * 2_000
CACHED: dict[str, tuple[Talk, dict[str, object], Callable[[dict[str, Any]], Usage]]] = {
    "anthropic": (
        ANTHROPIC,
        {
            "system": [
                {"type": "text", "text": LONG, "cache_control": {"type": "ephemeral", "ttl": "1h"}},
                {"type": "text", "text": LONG, "cache_control": {"type": "ephemeral"}},
            ]
        },
        told_by_anthropic,
    ),
    "openai_chat": (CHAT, {"messages": [{"role": "user", "content": LONG}]}, told_by_chat),
    "openai_responses": (RESPONSES, {"input": LONG}, told_by_responses),
}


@pytest.mark.parametrize(("talk", "long", "told"), CACHED.values(), ids=CACHED)
async def test_the_usage_of_a_row_is_what_the_provider_said_streamed_or_not(
    talk: Talk, long: dict[str, object], told: Callable[[dict[str, Any]], Usage], proxy: Running
) -> None:
    for turn, stream in enumerate([False, False, True]):
        answer = await ask(proxy.url, request("POST", talk.path, talk.headers, talk.body(stream=stream, **long)))
        record = await record_of(proxy, answer.id)
        assert record.usage is not None
        if not stream:
            assert record.usage == told(answer.json()["usage"])
        assert (record.usage.cache_read_tokens > 0) == (turn > 0)
        assert record.usage.output_tokens > 0
    assert proxy.settled[1].usage == proxy.settled[2].usage


async def check_ledger(ledger: Ledger, settled: list[ExchangeRecord]) -> None:
    """The rows on the disk are the records that were told, one for one."""
    await ledger.flush()
    assert ledger.healthy
    assert ledger.rows_lost == 0
    stored = [await ledger.queries.get(record.id) for record in settled]
    assert stored == settled
    page = await ledger.queries.page(limit=len(settled) + 10)
    assert sorted(record.id for record in page.records) == sorted(record.id for record in settled)


async def answered(proxy: Running, raw: bytes) -> Answer:
    return await ask(proxy.url, raw)


async def glanced(proxy: Running, raw: bytes) -> Answer:
    return await ask(proxy.url, raw, bodiless=True)


async def left(proxy: Running, raw: bytes) -> None:
    async with wire(proxy.url) as client:
        await client.send(raw)
        await client.head()
        await client.piece()
        client.leave()


async def cut(proxy: Running, raw: bytes) -> None:
    async with wire(proxy.url) as client:
        await client.send(raw)
        await client.head()
        await client.salvage()


UPGRADE = request("GET", "/v1/responses", [("connection", "upgrade"), ("upgrade", "websocket")])
HUGE = request("POST", "/v1/messages", [("content-length", "1000000000")])
FOREIGN = request("POST", "/v1/messages", [("origin", "https://evil.example")], b"{}")
Act = Callable[[Running, bytes], Awaitable[object]]
WAYS: dict[str, tuple[Act, bytes, Ending, int]] = {
    "a stream": (answered, ANTHROPIC.request(), Ending.COMPLETED, 200),
    "a document": (answered, CHAT.request(stream=False), Ending.COMPLETED, 200),
    "a path that nobody knows": (answered, request("DELETE", "/v1/files/x"), Ending.COMPLETED, 200),
    "a head": (glanced, request("HEAD", "/v1/files/x"), Ending.COMPLETED, 200),
    "a redirect": (answered, request("GET", "/v1/x", [("x-mock-redirect", "/v1/y")]), Ending.COMPLETED, 307),
    "a body that is no JSON": (answered, request("POST", "/v1/messages", body=b"\0"), Ending.UPSTREAM_ERROR, 400),
    "an overload": (answered, RESPONSES.request(mock="status=529"), Ending.UPSTREAM_ERROR, 529),
    "an error event": (answered, RESPONSES.request(mock="error-at=3"), Ending.UPSTREAM_ERROR, 200),
    "a stall": (answered, CHAT.request(mock="stall-at=2"), Ending.UPSTREAM_TIMEOUT, 200),
    "no reply": (answered, CHAT.request(mock="latency-ms=60000"), Ending.UPSTREAM_TIMEOUT, 504),
    "a drop": (cut, ANTHROPIC.request(mock="drop-mid=3"), Ending.UPSTREAM_DROPPED, 200),
    "a client that leaves": (left, ANTHROPIC.request(mock="stall-at=3"), Ending.CLIENT_LEFT, 200),
    "a body that is too large": (answered, HUGE, Ending.REFUSED, 413),
    "a websocket": (answered, UPGRADE, Ending.REFUSED, 426),
    "a page of another site": (answered, FOREIGN, Ending.REFUSED, 403),
}


@pytest.mark.parametrize(("act", "raw", "ending", "status"), WAYS.values(), ids=WAYS)
async def test_one_row_is_left_by(act: Act, raw: bytes, ending: Ending, status: int, tmp_path: Path) -> None:
    patience_s = 0.3 if ending is Ending.UPSTREAM_TIMEOUT else 60.0
    impatient = {"server": {"stream_timeout": patience_s}, "providers.openai": {"timeout": patience_s}}
    async with running(tmp_path, mock=None, upstream_url=None, **impatient) as proxy:
        await act(proxy, raw)
        record = await proxy.record()
        assert (record.outcome.ending, record.status) == (ending, status)
        assert record.outcome.ok == (ending is Ending.COMPLETED)
        await check_ledger(proxy.engine.state.ledger, [record])
        assert len(proxy.engine.state.live) == 0
        assert proxy.engine.gateway.running == 0
    assert proxy.settled == [record]


async def test_one_row_is_left_by_each_of_many_at_once(proxy: Running) -> None:
    async with asyncio.TaskGroup() as tasks:
        for number in range(120):
            talk = TALKS[number % 3]
            mock = ("", "status=500", "rate=200", "drop-mid=2")[number % 4]
            tasks.create_task(cut(proxy, talk.request(stream=number % 2 == 0, mock=mock)))
    records = await proxy.records(120)
    assert len({record.id for record in records}) == 120
    await check_ledger(proxy.engine.state.ledger, records)


@pytest.mark.parametrize("told", [10**15, 10**19, 10**30, -5])
async def test_a_count_that_no_provider_can_mean_loses_no_row(told: int, tmp_path: Path) -> None:
    usage = {"input_tokens": told, "output_tokens": told, "cache_read_input_tokens": told}
    body = json.dumps({"model": ANTHROPIC.model, "usage": usage}).encode()
    async with in_front_of(noting([], reply(body)), tmp_path) as proxy:
        await ask(proxy.url, ANTHROPIC.request(stream=False))
        await check_ledger(proxy.engine.state.ledger, [await proxy.record()])


async def test_an_exchange_that_a_stop_ended_is_on_the_disk_after_it(tmp_path: Path) -> None:
    async with running(tmp_path, server={"data_dir": tmp_path}) as proxy, wire(proxy.url) as client:
        await client.send(ANTHROPIC.request(mock="stall-at=3"))
        await client.head()
        await client.piece()
        proxy.stop.set()
        await client.body()
    (record,) = proxy.settled
    assert record.outcome.ending is Ending.SHUT_DOWN
    async with running(tmp_path, server={"data_dir": tmp_path}) as again:
        assert await again.engine.state.ledger.queries.get(record.id) == record
        assert again.engine.state.ledger.interrupted_rows == 0


async def test_an_upstream_that_cannot_be_reached_leaves_a_row_that_cost_nothing(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        nowhere = f"http://127.0.0.1:{closed.getsockname()[1]}"
    async with running(tmp_path, upstream_url=nowhere) as proxy:
        await ask(proxy.url, CHAT.request())
        record = await proxy.record()
        await check_ledger(proxy.engine.state.ledger, [record])
    assert (record.outcome.ending, record.cost_nanousd) == (Ending.UPSTREAM_UNREACHABLE, 0)


@pytest.mark.parametrize("talk", TALKS, ids=str)
@pytest.mark.parametrize("kind", [b"application/json", b"text/event-stream"], ids=["a document", "a stream"])
async def test_a_reply_nested_too_deeply_to_be_read_is_relayed_and_its_cost_is_unknown(
    kind: bytes, talk: Talk, tmp_path: Path
) -> None:
    deep = b'{"model":' + b"[" * 50_000 + b"]" * 50_000 + b"}"
    body = deep if kind == b"application/json" else b"event: message_start\ndata: " + deep + b"\n\n"
    async with in_front_of(noting([], reply(body, kind=kind)), tmp_path) as proxy:
        answer = await ask(proxy.url, talk.request(stream=False))
        record = await proxy.record()
    assert answer.body == body
    assert (record.outcome.ending, record.usage, record.cost_nanousd) == (Ending.COMPLETED, None, None)
