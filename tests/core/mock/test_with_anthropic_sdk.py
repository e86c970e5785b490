"""The official Anthropic SDK as a client."""

import asyncio
from typing import cast

import anthropic
import pytest
from anthropic.types import MessageParam, ToolParam

from proxy_core.mock import MockProvider

WEATHER: ToolParam = {
    "name": "get_weather",
    "description": "The weather at a place",
    "input_schema": {
        "type": "object",
        "properties": {"location": {"type": "string"}, "unit": {"type": "string", "enum": ["c", "f"]}},
        "required": ["location", "unit"],
    },
}
ASK: MessageParam = {"role": "user", "content": "Is it raining in Paris?"}


@pytest.fixture
def client(base_url: str) -> anthropic.AsyncAnthropic:
    return anthropic.AsyncAnthropic(api_key="sk-ant-api03-test", base_url=base_url, max_retries=0)


async def test_a_message_has_text_and_usage(client: anthropic.AsyncAnthropic) -> None:
    async with client:
        message = await client.messages.create(model="claude-sonnet-4-6", max_tokens=1000, messages=[ASK])
    assert message.content[0].type == "text"
    assert message.stop_reason == "end_turn"
    assert message.model == "claude-sonnet-4-6"
    assert message.usage.input_tokens > 0
    assert message.usage.output_tokens > 0


async def test_a_stream_builds_the_same_message_as_a_plain_reply(client: anthropic.AsyncAnthropic) -> None:
    async with client:
        plain = await client.messages.create(
            model="claude-sonnet-4-6",
            max_tokens=4000,
            messages=[ASK],
            tools=[WEATHER],
            thinking={"type": "enabled", "budget_tokens": 1024},
        )
        async with client.messages.stream(
            model="claude-sonnet-4-6",
            max_tokens=4000,
            messages=[ASK],
            tools=[WEATHER],
            thinking={"type": "enabled", "budget_tokens": 1024},
        ) as stream:
            streamed = await stream.get_final_message()
    assert [block.model_dump(exclude={"parsed_output"}) for block in streamed.content] == [
        block.model_dump() for block in plain.content
    ]
    assert streamed.stop_reason == plain.stop_reason == "tool_use"
    assert streamed.usage.model_dump(exclude={"cache_creation"}) == plain.usage.model_dump(exclude={"cache_creation"})


async def test_a_tool_session_ends_with_text(client: anthropic.AsyncAnthropic) -> None:
    messages: list[MessageParam] = [ASK]
    async with client:
        for _ in range(4):
            reply = await client.messages.create(
                model="claude-opus-5-5",
                max_tokens=4000,
                messages=messages,
                tools=[WEATHER],
                thinking={"type": "adaptive"},
            )
            messages.append(cast("MessageParam", reply.to_param()))
            if reply.stop_reason != "tool_use":
                break
            used = [block for block in reply.content if block.type == "tool_use"]
            assert used[0].input == {"location": "Paris", "unit": used[0].input["unit"]}
            results = [{"type": "tool_result", "tool_use_id": block.id, "content": "sunny"} for block in used]
            messages.append(cast("MessageParam", {"role": "user", "content": results}))
    assert reply.stop_reason == "end_turn"
    assert 4 <= len(messages) <= 6


async def test_count_tokens_agrees_with_the_bill(client: anthropic.AsyncAnthropic) -> None:
    async with client:
        counted = await client.messages.count_tokens(model="claude-sonnet-4-6", messages=[ASK], tools=[WEATHER])
        message = await client.messages.create(
            model="claude-sonnet-4-6", max_tokens=1000, messages=[ASK], tools=[WEATHER]
        )
    assert message.usage.input_tokens == counted.input_tokens


async def test_models_come_in_pages(client: anthropic.AsyncAnthropic) -> None:
    async with client:
        names = [model.id async for model in client.models.list(limit=3)]
        one = await client.models.retrieve(names[-1])
        with pytest.raises(anthropic.NotFoundError):
            await client.models.retrieve("gpt-5")
    assert len(names) == len(set(names)) > 6
    assert one.id == names[-1]


async def test_the_raw_reply_has_the_vendors_headers(client: anthropic.AsyncAnthropic) -> None:
    async with client:
        raw = await client.messages.with_raw_response.create(model="claude-sonnet-4-6", max_tokens=100, messages=[ASK])
    assert raw.headers["request-id"].startswith("req_")
    assert raw.headers["anthropic-organization-id"] == "org-mock"
    assert int(raw.headers["anthropic-ratelimit-requests-remaining"]) > 0


async def test_a_login_gets_its_plan_limits(base_url: str) -> None:
    async with anthropic.AsyncAnthropic(auth_token="sk-ant-oat01-test", base_url=base_url) as client:
        raw = await client.messages.with_raw_response.create(model="claude-sonnet-4-6", max_tokens=100, messages=[ASK])
    assert raw.headers["anthropic-ratelimit-unified-status"] == "allowed"


@pytest.mark.parametrize(
    ("status", "error"),
    [
        (400, anthropic.BadRequestError),
        (401, anthropic.AuthenticationError),
        (429, anthropic.RateLimitError),
        (500, anthropic.InternalServerError),
        (529, anthropic.APIStatusError),
    ],
)
async def test_failures_have_the_vendors_shape(
    client: anthropic.AsyncAnthropic, status: int, error: type[anthropic.APIStatusError]
) -> None:
    async with client:
        with pytest.raises(error) as caught:
            await client.messages.create(model=f"claude-sonnet-4-6+status={status}", max_tokens=9, messages=[ASK])
    assert caught.value.status_code == status
    assert isinstance(caught.value.body, dict)
    assert caught.value.body["type"] == "error"


async def test_a_sync_client_in_a_thread(base_url: str, provider: MockProvider) -> None:
    def talk() -> str:
        with (
            anthropic.Anthropic(api_key="k", base_url=base_url) as client,
            client.messages.stream(model="claude-sonnet-4-6", max_tokens=500, messages=[ASK]) as stream,
        ):
            return "".join(stream.text_stream)

    assert await asyncio.to_thread(talk)
    await provider.journal.wait_until(lambda journal: journal[-1].ended == "completed")
