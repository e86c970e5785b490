"""Orders that shape a reply without breaking it: statuses, tries, rates, pace, size and words."""

import asyncio

import pytest

from proxy_core.mock import MockProvider, MockSettings
from proxy_core.mock.directives import parse
from tests.core.mock.asking import CHAT, MESSAGES, claude, gpt
from tests.core.mock.held_time import HeldTime
from tests.core.mock.inprocess import ask


async def test_a_redirect() -> None:
    body = claude("redirect=https://example.com/v1/messages", stream=False)
    reply = await ask(MockProvider(), MESSAGES, body)
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
