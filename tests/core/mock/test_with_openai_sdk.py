"""The official OpenAI SDK as a client."""

import asyncio
import json
import math
from typing import cast

import openai
import pytest
from openai.types.chat import ChatCompletionMessageParam, ChatCompletionToolParam
from openai.types.responses import FunctionToolParam, ResponseInputItemParam, ResponseStreamEvent

SCHEMA: dict[str, object] = {
    "type": "object",
    "properties": {"location": {"type": "string"}},
    "required": ["location"],
}
CHAT_TOOL: ChatCompletionToolParam = {"type": "function", "function": {"name": "get_weather", "parameters": SCHEMA}}
TOOL: FunctionToolParam = {"type": "function", "name": "get_weather", "parameters": SCHEMA, "strict": False}
ASK: ChatCompletionMessageParam = {"role": "user", "content": "Is it raining in Paris?"}


@pytest.fixture
def client(base_url: str) -> openai.AsyncOpenAI:
    return openai.AsyncOpenAI(api_key="sk-proj-test", base_url=f"{base_url}/v1", max_retries=0)


async def test_a_chat_has_text_and_usage(client: openai.AsyncOpenAI) -> None:
    async with client:
        reply = await client.chat.completions.create(model="gpt-4o-mini", messages=[ASK])
    assert reply.choices[0].message.content
    assert reply.choices[0].finish_reason == "stop"
    assert reply.usage is not None
    assert reply.usage.total_tokens == reply.usage.prompt_tokens + reply.usage.completion_tokens


@pytest.mark.parametrize("asked", [True, False])
async def test_a_chat_stream_says_the_same_and_usage_only_when_asked(
    client: openai.AsyncOpenAI, *, asked: bool
) -> None:
    async with client:
        plain = await client.chat.completions.create(model="gpt-4o-mini", messages=[ASK])
        stream = await client.chat.completions.create(
            model="gpt-4o-mini", messages=[ASK], stream=True, stream_options={"include_usage": asked}
        )
        chunks = [chunk async for chunk in stream]
    text = "".join(chunk.choices[0].delta.content or "" for chunk in chunks if chunk.choices)
    assert text == plain.choices[0].message.content
    assert [chunk.usage for chunk in chunks if chunk.usage] == ([plain.usage] if asked else [])


async def test_a_chat_tool_session_ends_with_text(client: openai.AsyncOpenAI) -> None:
    messages: list[ChatCompletionMessageParam] = [ASK]
    async with client:
        for _ in range(4):
            async with client.chat.completions.stream(model="gpt-5", messages=messages, tools=[CHAT_TOOL]) as stream:
                reply = (await stream.get_final_completion()).choices[0]
            messages.append(cast("ChatCompletionMessageParam", reply.message.model_dump(exclude_none=True)))
            for call in reply.message.tool_calls or ():
                assert json.loads(call.function.arguments) == {"location": "Paris"}
                messages.append({"role": "tool", "tool_call_id": call.id, "content": "sunny"})
            if reply.finish_reason == "stop":
                break
    assert reply.finish_reason == "stop"
    assert 4 <= len(messages) <= 6


async def test_a_response_and_its_stream_agree(client: openai.AsyncOpenAI) -> None:
    async with client:
        plain = await client.responses.create(model="gpt-5", input="Is it raining?", reasoning={"summary": "auto"})
        async with client.responses.stream(
            model="gpt-5", input="Is it raining?", reasoning={"summary": "auto"}
        ) as stream:
            streamed = await stream.get_final_response()
    assert streamed.output_text == plain.output_text != ""
    assert [item.type for item in plain.output] == ["reasoning", "message"]
    assert streamed.usage == plain.usage
    assert plain.usage is not None
    assert plain.usage.output_tokens_details.reasoning_tokens > 0


async def test_the_events_of_a_response_are_complete_and_numbered(client: openai.AsyncOpenAI) -> None:
    async with client:
        stream = await client.responses.create(
            model="gpt-5", input="Is it raining?", tools=[TOOL], tool_choice="required", stream=True
        )
        events: list[ResponseStreamEvent] = [event async for event in stream]
    assert [event.sequence_number for event in events] == list(range(len(events)))
    kinds = list(dict.fromkeys(event.type for event in events))
    assert kinds == [
        "response.created",
        "response.in_progress",
        "response.output_item.added",
        "response.output_item.done",
        "response.content_part.added",
        "response.output_text.delta",
        "response.output_text.done",
        "response.content_part.done",
        "response.function_call_arguments.delta",
        "response.function_call_arguments.done",
        "response.completed",
    ]


async def test_a_response_session_with_tools_sent_in_full(client: openai.AsyncOpenAI) -> None:
    items: list[ResponseInputItemParam] = [{"role": "user", "content": "Is it raining?"}]
    async with client:
        for _ in range(4):
            reply = await client.responses.create(
                model="gpt-5.1",
                input=items,
                tools=[TOOL],
                store=False,
                include=["reasoning.encrypted_content"],
            )
            items += cast("list[ResponseInputItemParam]", [item.model_dump(exclude_none=True) for item in reply.output])
            calls = [item for item in reply.output if item.type == "function_call"]
            items += [{"type": "function_call_output", "call_id": call.call_id, "output": "sunny"} for call in calls]
            if not calls:
                break
    assert reply.output_text
    assert not calls


async def test_a_response_session_by_previous_id(client: openai.AsyncOpenAI) -> None:
    async with client:
        first = await client.responses.create(model="gpt-5", input="one", tools=[TOOL], tool_choice="required")
        call = next(item for item in first.output if item.type == "function_call")
        second = await client.responses.create(
            model="gpt-5",
            previous_response_id=first.id,
            input=[{"type": "function_call_output", "call_id": call.call_id, "output": "sunny"}],
        )
        with pytest.raises(openai.BadRequestError) as caught:
            await client.responses.create(model="gpt-5", previous_response_id="resp_unknown", input="two")
    assert first.usage
    assert second.usage
    assert second.usage.input_tokens > first.usage.input_tokens
    assert caught.value.code == "previous_response_not_found"


async def test_a_compaction_can_be_continued(client: openai.AsyncOpenAI) -> None:
    async with client:
        compacted = await client.responses.compact(
            model="gpt-5",
            input=[{"role": "user", "content": "one"}, {"role": "assistant", "content": "two"}],
        )
        # The SDK types kept user messages as output, which their content is not.
        kept = [item.model_dump(exclude_none=True, warnings=False) for item in compacted.output]
        items = cast("list[ResponseInputItemParam]", kept)
        reply = await client.responses.create(model="gpt-5", input=[*items, {"role": "user", "content": "three"}])
    assert [item.type for item in compacted.output] == ["message", "compaction"]
    assert reply.output_text


async def test_embeddings_are_unit_vectors_and_repeatable(client: openai.AsyncOpenAI) -> None:
    async with client:
        packed = await client.embeddings.create(model="text-embedding-3-small", input=["a", "b", "a"])
        plain = await client.embeddings.create(
            model="text-embedding-3-small", input=["a", "b", "a"], encoding_format="float"
        )
        short = await client.embeddings.create(model="text-embedding-3-large", input=[1, 2, 3], dimensions=8)
    vectors = [item.embedding for item in packed.data]
    assert vectors == [pytest.approx(item.embedding) for item in plain.data]
    assert vectors[0] == vectors[2] != vectors[1]
    assert len(vectors[0]) == 1_536
    assert math.sqrt(sum(x * x for x in vectors[0])) == pytest.approx(1.0, abs=1e-5)
    assert len(short.data[0].embedding) == 8
    assert short.usage.prompt_tokens == 3


async def test_text_completions(client: openai.AsyncOpenAI) -> None:
    async with client:
        plain = await client.completions.create(model="gpt-3.5-turbo-instruct", prompt="Once", max_tokens=20)
        stream = await client.completions.create(
            model="gpt-3.5-turbo-instruct", prompt="Once", max_tokens=20, stream=True
        )
        streamed = [chunk async for chunk in stream]
    assert plain.choices[0].finish_reason == "length"
    assert plain.usage is not None
    assert plain.usage.completion_tokens == 20
    assert "".join(chunk.choices[0].text for chunk in streamed) == plain.choices[0].text


async def test_models(client: openai.AsyncOpenAI) -> None:
    async with client:
        names = [model.id async for model in client.models.list()]
        assert (await client.models.retrieve("gpt-5")).owned_by == "openai"
        with pytest.raises(openai.NotFoundError):
            await client.models.retrieve("claude-sonnet-4-5")
    assert "gpt-4o-mini" in names


@pytest.mark.parametrize(
    ("status", "error"),
    [
        (400, openai.BadRequestError),
        (401, openai.AuthenticationError),
        (429, openai.RateLimitError),
        (500, openai.InternalServerError),
    ],
)
async def test_failures_have_the_vendors_shape(
    client: openai.AsyncOpenAI, status: int, error: type[openai.APIStatusError]
) -> None:
    async with client:
        with pytest.raises(error) as caught:
            await client.chat.completions.create(model=f"gpt-5+status={status}", messages=[ASK])
    assert caught.value.type
    assert caught.value.response.headers["x-request-id"] == caught.value.request_id
    assert caught.value.response.headers["openai-organization"] == "org-mock"


async def test_an_error_inside_a_stream_reaches_the_client(client: openai.AsyncOpenAI) -> None:
    async with client:
        stream = await client.chat.completions.create(model="gpt-4o+error-at=3", messages=[ASK], stream=True)
        with pytest.raises(openai.APIError):
            async for _ in stream:
                pass
        events = await client.responses.create(model="gpt-5+error-at=4", input="x", stream=True)
        kinds = [event.type async for event in events]
    assert kinds[-1] == "response.failed"


async def test_structured_output_follows_its_schema(client: openai.AsyncOpenAI) -> None:
    schema: dict[str, object] = {"type": "object", "properties": {"title": {"type": "string"}}, "required": ["title"]}
    async with client:
        chat = await client.chat.completions.create(
            model="gpt-4o",
            messages=[ASK],
            response_format={"type": "json_schema", "json_schema": {"name": "t", "schema": schema}},
        )
        response = await client.responses.create(
            model="gpt-5", input="x", text={"format": {"type": "json_schema", "name": "t", "schema": schema}}
        )
    assert json.loads(chat.choices[0].message.content or "").keys() == {"title"}
    assert json.loads(response.output_text).keys() == {"title"}


async def test_a_reply_can_be_cut_by_the_token_limit(client: openai.AsyncOpenAI) -> None:
    async with client:
        chat = await client.chat.completions.create(model="gpt-4o", messages=[ASK], max_tokens=5)
        response = await client.responses.create(
            model="gpt-5", input="x", max_output_tokens=16, reasoning={"effort": "minimal"}
        )
    assert chat.choices[0].finish_reason == "length"
    assert chat.usage is not None
    assert chat.usage.completion_tokens == 5
    assert response.status == "incomplete"
    assert response.incomplete_details is not None


async def test_a_sync_client_in_a_thread(base_url: str) -> None:
    def talk() -> str:
        with openai.OpenAI(api_key="k", base_url=f"{base_url}/v1") as client:
            stream = client.chat.completions.create(model="gpt-4o", messages=[ASK], stream=True)
            chat = "".join(chunk.choices[0].delta.content or "" for chunk in stream)
            return chat + client.responses.create(model="gpt-5", input="x").output_text

    assert await asyncio.to_thread(talk)
