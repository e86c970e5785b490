"""The prompt caches as clients see them, in both dialects."""

from typing import Any

import pytest

from proxy_core.mock import MockProvider
from tests.core.mock.held_time import HeldTime
from tests.core.mock.inprocess import ask

LONG = "All work and no play. " * 400
MARK = {"type": "ephemeral"}
HOUR = {"type": "ephemeral", "ttl": "1h"}

Body = dict[str, Any]


def claude(*, system: list[Body] | None = None, messages: list[Body] | None = None, **more: object) -> Body:
    return {
        "model": "claude-sonnet-4-5",
        "max_tokens": 50,
        "system": system or [{"type": "text", "text": LONG, "cache_control": MARK}],
        "messages": messages or [{"role": "user", "content": "hello"}],
        **more,
    }


async def usage(provider: MockProvider, body: Body, key: str = "k", path: str = "/v1/messages") -> Body:
    answer = await ask(provider, path, body, headers=[("x-api-key", key)])
    assert answer.status == 200, answer.body
    used: Body = answer.json()["usage"]
    return used


def cached(used: Body) -> tuple[int, int]:
    return used["cache_creation_input_tokens"], used["cache_read_input_tokens"]


async def test_the_first_request_writes_and_the_second_reads() -> None:
    provider = MockProvider()
    first, second = await usage(provider, claude()), await usage(provider, claude())
    assert cached(first) == (cached(second)[1], 0)
    assert cached(first)[0] > 2_000
    assert first["input_tokens"] == second["input_tokens"] < 20
    assert first["cache_creation"] == {
        "ephemeral_5m_input_tokens": cached(first)[0],
        "ephemeral_1h_input_tokens": 0,
    }


async def test_all_input_adds_up_to_what_was_counted() -> None:
    provider = MockProvider()
    counted = (await ask(provider, "/v1/messages/count_tokens", claude())).json()["input_tokens"]
    for _ in range(2):
        used = await usage(provider, claude())
        assert used["input_tokens"] + sum(cached(used)) == counted


@pytest.mark.parametrize(
    "change",
    [
        {"model": "claude-sonnet-4-6"},
        {"tools": [{"name": "t", "input_schema": {"type": "object"}}]},
        {"system": [{"type": "text", "text": "Today is Monday. " + LONG, "cache_control": MARK}]},
    ],
)
async def test_another_model_tools_or_system_is_another_prefix(change: Body) -> None:
    provider = MockProvider()
    await usage(provider, claude())
    assert cached(await usage(provider, {**claude(), **change}))[1] == 0


async def test_another_key_has_another_cache() -> None:
    provider = MockProvider()
    await usage(provider, claude(), "one")
    assert cached(await usage(provider, claude(), "two"))[1] == 0


async def test_a_five_minute_entry_expires_and_an_hour_entry_does_not() -> None:
    time = HeldTime()
    provider = MockProvider(clock=time.clock)
    hour = claude(system=[{"type": "text", "text": LONG, "cache_control": HOUR}])
    await usage(provider, claude(), "short")
    await usage(provider, hour, "long")
    time.now_s += 301
    assert cached(await usage(provider, claude(), "short"))[1] == 0
    used = await usage(provider, hour, "long")
    assert cached(used)[1] > 2_000


async def test_the_billing_line_is_no_part_of_the_key() -> None:
    provider = MockProvider()

    def body(cch: str) -> Body:
        line = {"type": "text", "text": f"x-anthropic-billing-header: cc_version=2; cch={cch};"}
        return claude(system=[line, {"type": "text", "text": LONG, "cache_control": MARK}])

    await usage(provider, body("1"))
    assert cached(await usage(provider, body("2")))[1] > 2_000


@pytest.mark.parametrize(("later", "same"), [({"type": "none"}, False), ({"type": "auto"}, True)])
async def test_another_tool_choice_keeps_the_system_but_not_the_messages(later: Body, *, same: bool) -> None:
    provider = MockProvider()
    talk = [{"role": "user", "content": [{"type": "text", "text": LONG, "cache_control": MARK}]}]
    first = await usage(provider, claude(messages=talk, tool_choice={"type": "auto"}))
    second = await usage(provider, claude(messages=talk, tool_choice=later))
    assert 0 < cached(second)[1] <= cached(first)[0]
    assert (cached(second)[0] == 0) is same


async def test_a_growing_conversation_pays_only_for_its_end() -> None:
    provider = MockProvider()
    messages: list[Body] = []
    before = 0
    for number in range(6):
        messages.append({"role": "user", "content": f"question {number} {LONG[:400]}"})
        marked = [
            *messages[:-1],
            {"role": "user", "content": [{"type": "text", "text": messages[-1]["content"], "cache_control": MARK}]},
        ]
        used = await usage(provider, claude(messages=marked))
        assert cached(used)[1] == before
        before = sum(cached(used))
        messages.append({"role": "assistant", "content": "answer"})


async def test_five_marks_are_too_many_and_a_top_level_mark_counts() -> None:
    provider = MockProvider()
    blocks = [{"type": "text", "text": f"part {n}", "cache_control": MARK} for n in range(5)]
    answer = await ask(provider, "/v1/messages", claude(system=blocks))
    assert answer.status == 400
    assert "maximum of 4 blocks with cache_control" in answer.json()["error"]["message"]
    four = claude(system=blocks[:4])
    assert (await ask(provider, "/v1/messages", four)).status == 200
    assert (await ask(provider, "/v1/messages", {**four, "cache_control": MARK})).status == 400


async def test_a_top_level_mark_caches_everything() -> None:
    provider = MockProvider()
    body = claude(system=[{"type": "text", "text": LONG}], cache_control=MARK)
    assert cached(await usage(provider, body))[0] > 2_000
    used = await usage(provider, body)
    assert (used["input_tokens"], cached(used)[0]) == (0, 0)


async def test_an_hour_after_five_minutes_is_refused() -> None:
    system = [
        {"type": "text", "text": LONG, "cache_control": MARK},
        {"type": "text", "text": LONG, "cache_control": HOUR},
    ]
    answer = await ask(MockProvider(), "/v1/messages", claude(system=system))
    assert answer.status == 400
    assert "ttl='1h'" in answer.json()["error"]["message"]


async def test_a_failed_request_writes_nothing() -> None:
    provider = MockProvider()
    await ask(provider, "/v1/messages", {**claude(), "model": "claude-sonnet-4-5+status=529"})
    assert cached(await usage(provider, claude()))[1] == 0


async def test_message_start_carries_the_input_side_and_message_delta_everything() -> None:
    provider = MockProvider()
    plain = await usage(provider, claude())
    body = {**claude(), "stream": True}
    events = (await ask(provider, "/v1/messages", body, headers=[("x-api-key", "k")])).events()
    started, ended = events[0]["message"]["usage"], events[-2]["usage"]
    assert (
        started["cache_read_input_tokens"] == ended["cache_read_input_tokens"] == plain["cache_creation_input_tokens"]
    )
    assert (started["output_tokens"], ended["output_tokens"]) == (1, plain["output_tokens"])


def gpt(text: str = LONG, **more: object) -> Body:
    return {
        "model": "gpt-4o",
        "messages": [{"role": "system", "content": text}, {"role": "user", "content": "hello"}],
        **more,
    }


async def test_openai_counts_cached_tokens_inside_the_input() -> None:
    provider = MockProvider()
    first = await usage(provider, gpt(), path="/v1/chat/completions")
    second = await usage(provider, gpt(), path="/v1/chat/completions")
    assert first["prompt_tokens"] == second["prompt_tokens"]
    assert first["prompt_tokens_details"]["cached_tokens"] == 0
    read = second["prompt_tokens_details"]["cached_tokens"]
    assert read % 128 == 0
    assert 0 <= second["prompt_tokens"] - read < 128


async def test_openai_reads_the_shared_prefix_of_two_conversations() -> None:
    provider = MockProvider()
    await usage(provider, gpt(), path="/v1/chat/completions")
    used = await usage(provider, gpt(LONG + "and a tail " * 500), path="/v1/chat/completions")
    assert 1_024 <= used["prompt_tokens_details"]["cached_tokens"] <= 2_300
    changed = await usage(provider, gpt("Now! " + LONG), path="/v1/chat/completions")
    assert changed["prompt_tokens_details"]["cached_tokens"] == 0


@pytest.mark.parametrize(("model", "reports"), [("gpt-5", False), ("gpt-5.6-sol", True)])
async def test_newer_gpt_models_report_what_they_wrote(model: str, *, reports: bool) -> None:
    provider = MockProvider()
    body = {"model": model, "instructions": LONG, "input": "hello"}
    first = await usage(provider, body, path="/v1/responses")
    second = await usage(provider, body, path="/v1/responses")
    assert (first["input_tokens_details"]["cache_write_tokens"] > 0) is reports
    assert second["input_tokens_details"]["cache_write_tokens"] == 0
    assert second["input_tokens_details"]["cached_tokens"] > 1_024


async def test_openai_entries_expire() -> None:
    time = HeldTime()
    provider = MockProvider(clock=time.clock)
    for retention, after_s, found in ((None, 599, True), (None, 601, False), ("24h", 3_600, True)):
        body = gpt(**({"prompt_cache_retention": retention} if retention else {}))
        await usage(provider, body, path="/v1/chat/completions", key=str(retention) + str(after_s))
        time.now_s += after_s
        used = await usage(provider, body, path="/v1/chat/completions", key=str(retention) + str(after_s))
        assert (used["prompt_tokens_details"]["cached_tokens"] > 0) is found


async def test_the_same_words_are_the_same_prefix_however_they_are_wrapped() -> None:
    provider = MockProvider()
    await usage(provider, {"model": "gpt-5", "input": LONG}, path="/v1/responses")
    wrapped = [{"type": "message", "role": "user", "content": [{"type": "input_text", "text": LONG}]}]
    used = await usage(provider, {"model": "gpt-5", "input": wrapped}, path="/v1/responses")
    assert used["input_tokens_details"]["cached_tokens"] > 1_024
