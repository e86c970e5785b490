"""Everything that can be asked to go wrong, seen from the other end of a real connection."""

import asyncio
import gzip
import json
import zlib
from typing import Any

import brotli
import pytest
import zstandard

from proxy_core.mock import MockProvider, MockSettings
from proxy_core.mock.directives import parse
from tests.core.mock.held_time import HeldTime
from tests.core.mock.inprocess import ask
from tests.core.mock.raw_client import fetch, opened

MESSAGES = "/v1/messages"
CHAT = "/v1/chat/completions"
RESPONSES = "/v1/responses"

Body = dict[str, Any]


def claude(directives: str = "", **more: object) -> Body:
    return {
        "model": f"claude-sonnet-4-5+{directives}" if directives else "claude-sonnet-4-5",
        "max_tokens": 100_000,
        "stream": True,
        "messages": [{"role": "user", "content": "hello"}],
        **more,
    }


def gpt(directives: str = "") -> Body:
    return {"model": f"gpt-4o+{directives}", "stream": True, "messages": [{"role": "user", "content": "hello"}]}


async def test_drop_before_an_event(base_url: str, provider: MockProvider) -> None:
    reply = await fetch(base_url, MESSAGES, claude("drop-at=3"))
    assert len(reply.events()) == 3
    assert not reply.whole
    await provider.journal.wait_until(lambda journal: journal[-1].ended == "dropped")
    assert provider.journal[-1].events_sent == 3


async def test_drop_in_the_middle_of_an_event(base_url: str) -> None:
    whole = await fetch(base_url, MESSAGES, claude())
    reply = await fetch(base_url, MESSAGES, claude("drop-mid=3"))
    assert not reply.whole
    assert len(reply.events()) == 4
    last, expected = reply.events()[-1], whole.events()[3]
    assert expected.startswith(last)
    assert 0 < len(last) < len(expected)


@pytest.mark.parametrize("directive", ["drop-at=0", "drop-at=1", "drop-mid=0", "drop-at=9"])
async def test_drop_of_a_document(base_url: str, directive: str) -> None:
    reply = await fetch(base_url, MESSAGES, claude(directive, stream=False))
    assert reply.status == 200
    assert not reply.whole
    assert len(reply.body) < int(reply.headers["content-length"])


async def test_a_clean_end_that_comes_too_early(base_url: str, provider: MockProvider) -> None:
    reply = await fetch(base_url, MESSAGES, claude("end-at=4"))
    assert reply.whole
    assert b"message_stop" not in reply.body
    await provider.journal.wait_until(lambda journal: journal[-1].ended == "ended early")


async def test_a_stall_lasts_until_the_client_leaves(base_url: str, provider: MockProvider) -> None:
    async with opened(base_url, MESSAGES, claude("stall-at=2")) as reader:
        await reader.readuntil(b"event: content_block_start")
        await provider.journal.wait_until(lambda journal: journal[-1].events_sent == 2)
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.1):
                await reader.readuntil(b"event: message_stop")
        assert provider.journal[-1].ended == "under way"
    await provider.journal.wait_until(lambda journal: journal[-1].ended == "client went away")
    assert provider.journal[-1].status == 200


async def test_a_client_that_leaves_before_the_first_byte(base_url: str, provider: MockProvider) -> None:
    async with opened(base_url, MESSAGES, claude("latency-ms=60000")):
        await provider.journal.wait_until(lambda journal: len(journal) == 1)
    await provider.journal.wait_until(lambda journal: journal[-1].ended == "client went away")
    assert provider.journal[-1].status is None


@pytest.mark.parametrize(
    ("path", "body", "last"),
    [
        (MESSAGES, claude("error-at=3"), b'event: error\ndata: {"type":"error"'),
        (CHAT, gpt("error-at=3"), b'data: {"error":{'),
        (RESPONSES, {"model": "gpt-5+error-at=3", "input": "x", "stream": True}, b"event: response.failed\ndata: {"),
    ],
)
async def test_an_error_event_ends_the_stream(base_url: str, path: str, body: Body, last: bytes) -> None:
    reply = await fetch(base_url, path, body)
    assert reply.whole
    assert len(reply.events()) == 4
    assert reply.events()[-1].startswith(last)


async def test_garbage_between_events(base_url: str) -> None:
    reply = await fetch(base_url, MESSAGES, claude("garbage-at=2"))
    assert b"\xff\xfe{]" in reply.body
    assert reply.body.rstrip().endswith(b'{"type":"message_stop"}')
    with pytest.raises(UnicodeDecodeError):
        reply.body.decode()


async def test_a_document_instead_of_a_stream(base_url: str) -> None:
    for path, body in ((MESSAGES, claude("plain")), (CHAT, gpt("plain"))):
        reply = await fetch(base_url, path, body)
        assert reply.headers["content-type"] == "application/json"
        assert json.loads(reply.body)["usage"]


async def test_comments_and_crlf(base_url: str) -> None:
    reply = await fetch(base_url, MESSAGES, claude("comments+crlf"))
    events = reply.body.split(b"\r\n\r\n")
    assert events[0] == b": keep-alive"
    assert events[1].startswith(b"event: message_start\r\ndata: {")
    assert b"\n" not in reply.body.replace(b"\r\n", b"")


@pytest.mark.parametrize(("directives", "count"), [("", 1), ("pings=off", 0)])
async def test_pings(base_url: str, directives: str, count: int) -> None:
    reply = await fetch(base_url, MESSAGES, claude(directives))
    assert reply.body.count(b"event: ping") == count


async def test_text_that_breaks_careless_splitting(base_url: str) -> None:
    body = claude("unicode")
    events = (await fetch(base_url, MESSAGES, body)).events()
    text = "".join(
        json.loads(event.split(b"data: ", 1)[1])["delta"].get("text", "")
        for event in events
        if b"content_block_delta" in event
    )
    assert all(odd in text for odd in ("\u2028", "\u2029", "\u0085", "\ufeff", "🧑‍💻", "日"))
    # Written as itself: an escape would hide it from a reader that splits lines wrongly.
    assert "\u2028".encode() in b"".join(events)


@pytest.mark.parametrize("path", [MESSAGES, CHAT])
async def test_one_byte_at_a_time(base_url: str, path: str) -> None:
    body = claude("chunk=1+events=3") if path == MESSAGES else gpt("chunk=1+events=3")
    reply = await fetch(base_url, path, body)
    assert reply.whole
    assert len(reply.events()) >= 3


async def test_chunks_are_no_longer_than_asked() -> None:
    answer = await ask(MockProvider(), MESSAGES, claude("chunk=7"))
    assert max(map(len, answer.pieces)) == 7


DECODERS = {
    "gzip": gzip.decompress,
    "deflate": zlib.decompress,
    "br": brotli.decompress,
    "zstd": lambda data: zstandard.ZstdDecompressor().decompressobj().decompress(data),
}


@pytest.mark.parametrize("coding", DECODERS)
@pytest.mark.parametrize("stream", [True, False])
async def test_compressed_replies(base_url: str, coding: str, *, stream: bool) -> None:
    accepts = [("accept-encoding", "gzip, deflate, br, zstd")]
    reply = await fetch(base_url, MESSAGES, claude(f"encoding={coding}", stream=stream), accepts)
    assert reply.headers["content-encoding"] == coding
    assert b"message" in DECODERS[coding](reply.body)


async def test_a_coding_the_client_does_not_accept_is_not_used(base_url: str) -> None:
    reply = await fetch(base_url, MESSAGES, claude("encoding=br"), [("accept-encoding", "gzip")])
    assert "content-encoding" not in reply.headers


async def test_a_redirect(base_url: str) -> None:
    body = claude("redirect=https://example.com/v1/messages", stream=False)
    reply = await fetch(base_url, MESSAGES, body)
    assert (reply.status, reply.headers["location"]) == (307, "https://example.com/v1/messages")


async def test_a_status_with_retry_after() -> None:
    answer = await ask(MockProvider(), MESSAGES, claude("status=529+retry-after=7"))
    assert (answer.status, answer.headers["retry-after"]) == (529, "7")
    assert answer.json()["error"] == {"type": "overloaded_error", "message": "Overloaded"}
    assert answer.json()["request_id"] == answer.headers["request-id"]


async def test_only_the_first_tries_fail() -> None:
    provider = MockProvider()
    tries = [(await ask(provider, MESSAGES, claude("fail-first=2"))).status for _ in range(4)]
    assert tries == [529, 529, 200, 200]
    other = claude("fail-first=2", messages=[{"role": "user", "content": "another"}])
    assert (await ask(provider, MESSAGES, other)).status == 529


async def test_tries_are_counted_by_key() -> None:
    provider = MockProvider()
    headers = [("x-mock", "fail-first=1; key=a; status=503")]
    bodies = [claude(messages=[{"role": "user", "content": str(n)}]) for n in range(2)]
    assert [(await ask(provider, MESSAGES, body, headers=headers)).status for body in bodies] == [503, 200]


async def test_a_rate_limit_says_when_to_come_back() -> None:
    time = HeldTime()
    provider = MockProvider(MockSettings(directives=parse("rpm=2")), clock=time.clock)

    async def status(key: str) -> tuple[int, str | None]:
        answer = await ask(provider, MESSAGES, claude(stream=False), headers=[("x-api-key", key)])
        return answer.status, answer.headers.get("retry-after")

    assert [await status("a") for _ in range(3)] == [(200, None), (200, None), (429, "60")]
    assert await status("b") == (200, None)
    time.now_s += 45
    assert await status("a") == (429, "15")
    time.now_s += 15
    assert await status("a") == (200, None)


async def test_the_pace_of_a_stream() -> None:
    time = HeldTime()
    provider = MockProvider(clock=time.clock)
    answer = await ask(provider, MESSAGES, claude("rate=10+latency-ms=500+events=8"))
    assert time.waits_s[0] == 0.5
    assert sum(time.waits_s[1:]) == pytest.approx((len(answer.events()) - 1) / 10)


async def test_a_silent_gap() -> None:
    time = HeldTime()
    answer = await ask(MockProvider(clock=time.clock), MESSAGES, claude("gap-at=3+gap-ms=20000"))
    assert time.waits_s == [20.0]
    assert answer.finished


@pytest.mark.parametrize(("directives", "deltas"), [("events=1", 1), ("events=37", 37), ("events=400", 400)])
async def test_the_number_of_deltas(directives: str, deltas: int) -> None:
    answer = await ask(MockProvider(), MESSAGES, claude(directives))
    assert sum(event["type"] == "content_block_delta" for event in answer.events()) == deltas


@pytest.mark.parametrize("size", [0, 1, 1_000, 200_000])
@pytest.mark.parametrize("unicode", ["", "+unicode"])
async def test_the_size_of_the_text(size: int, unicode: str) -> None:
    answer = await ask(MockProvider(), MESSAGES, claude(f"size={size}{unicode}", stream=False))
    assert size <= len(answer.json()["content"][0]["text"].encode()) < size + 5


async def test_saying_what_the_user_said() -> None:
    words = "call me at [PHONE_1]\u2028 — 🧑‍💻"
    tool = {"name": "note", "input_schema": {"type": "object", "properties": {"text": {"type": "string"}}}}
    tool["input_schema"]["required"] = ["text"]  # type: ignore[index]
    body = claude("echo", stream=False, tools=[tool], messages=[{"role": "user", "content": words}])
    text, call = (await ask(MockProvider(), MESSAGES, body)).json()["content"]
    assert (text["text"], call["input"]["text"]) == (words, words)


async def test_saying_exactly_this() -> None:
    answer = await ask(MockProvider(), CHAT, {**gpt("say=a%2Bb%20%E2%9C%93"), "stream": False})
    assert answer.json()["choices"][0]["message"]["content"] == "a+b ✓"


async def test_several_calls_and_a_chosen_tool() -> None:
    tools = [{"name": name, "input_schema": {"type": "object"}} for name in ("read_file", "delete_file")]
    body = claude("tool=delete_file+calls=3", stream=False, tools=tools)
    content = (await ask(MockProvider(), MESSAGES, body)).json()["content"]
    used = [block for block in content if block["type"] == "tool_use"]
    assert [block["name"] for block in used] == ["delete_file"] * 3
    assert len({block["id"] for block in used}) == 3


async def test_shown_reasoning_in_a_chat() -> None:
    answer = await ask(MockProvider(), CHAT, gpt("think"))
    assert any("reasoning_content" in event["choices"][0]["delta"] for event in answer.events())


async def test_no_usage() -> None:
    provider = MockProvider()
    body = {**gpt("usage=off"), "stream_options": {"include_usage": True}}
    assert not any(event.get("usage") for event in (await ask(provider, CHAT, body)).events())
    embedded = await ask(provider, "/v1/embeddings", {"model": "m+usage=off", "input": "x"})
    assert "usage" not in embedded.json()


async def test_an_unknown_directive_is_a_400_in_the_clients_own_shape() -> None:
    provider = MockProvider()
    anthropic = await ask(provider, MESSAGES, claude("stauts=1"))
    openai = await ask(provider, CHAT, gpt("stauts=1"))
    assert (anthropic.status, openai.status) == (400, 400)
    assert "'stauts'" in anthropic.json()["error"]["message"]
    assert "'stauts'" in openai.json()["error"]["message"]


async def test_directives_apply_to_any_path() -> None:
    answer = await ask(MockProvider(), "/v1/files", b"", method="GET", headers=[("x-mock-status", "503")])
    assert answer.status == 503


async def test_settings_apply_to_all_and_requests_can_say_otherwise() -> None:
    provider = MockProvider(MockSettings(directives=parse("status=529")))
    assert (await ask(provider, MESSAGES, claude())).status == 529
    assert (await ask(provider, MESSAGES, claude("status=500"))).status == 500
    assert (await ask(provider, MESSAGES, claude("status=500"), headers=[("x-mock-status", "401")])).status == 401


async def test_a_key_can_be_required() -> None:
    provider = MockProvider(MockSettings(require_key=True))
    assert (await ask(provider, MESSAGES, claude())).status == 401
    assert (await ask(provider, MESSAGES, claude(), headers=[("authorization", "Bearer x")])).status == 200


async def test_a_server_that_stops_is_noted(provider: MockProvider) -> None:
    serving = asyncio.ensure_future(ask(provider, MESSAGES, claude("stall-at=1")))
    await provider.journal.wait_until(lambda journal: len(journal) == 1 and journal[-1].events_sent == 1)
    serving.cancel()
    await asyncio.wait({serving})
    assert provider.journal[-1].ended == "server stopped"


async def test_a_server_that_says_so_by_an_error(provider: MockProvider) -> None:
    answer = await ask(provider, MESSAGES, claude(), send_fails=True)
    assert not answer.finished
    assert provider.journal[-1].ended == "client went away"
