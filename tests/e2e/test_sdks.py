"""The vendors' own SDKs against the real program, every figure afterwards where the API says it is."""

import json
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import anthropic
import httpx
import openai
import pytest

from tests.support.process import Running, program

MODEL = "claude-sonnet-4-6"
TOOL: Any = {
    "name": "list_files",
    "description": "Lists the files of a folder.",
    "input_schema": {"type": "object", "properties": {"folder": {"type": "string"}}, "required": ["folder"]},
}


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    home: Path = tmp_path_factory.mktemp("home")
    with program(home) as served:
        yield served


def test_the_anthropic_sdk_holds_a_session_with_tools(running: Running) -> None:
    with anthropic.Anthropic(api_key="k", base_url=running.proxy_url) as client:
        messages: list[Any] = [{"role": "user", "content": "What is in this folder?"}]
        assert client.messages.count_tokens(model=MODEL, messages=messages, tools=[TOOL]).input_tokens > 0
        for _ in range(4):
            with client.messages.stream(model=MODEL, max_tokens=200, messages=messages, tools=[TOOL]) as stream:
                reply = stream.get_final_message()
            messages.append({"role": "assistant", "content": [block.model_dump() for block in reply.content]})
            calls = [block for block in reply.content if block.type == "tool_use"]
            if not calls:
                break
            results = [{"type": "tool_result", "tool_use_id": call.id, "content": "a.py"} for call in calls]
            messages.append({"role": "user", "content": results})
        assert reply.stop_reason == "end_turn"
        assert len(messages) >= 4
        assert any("claude" in model.id for model in client.models.list())


async def test_the_openai_sdk_speaks_every_form(running: Running) -> None:
    async with openai.AsyncOpenAI(api_key="k", base_url=f"{running.proxy_url}/v1") as client:
        chat = await client.chat.completions.create(model="gpt-5", messages=[{"role": "user", "content": "hi"}])
        assert chat.choices[0].message.content
        chunks = await client.chat.completions.create(
            model="gpt-5",
            messages=[{"role": "user", "content": "hi"}],
            stream=True,
            stream_options={"include_usage": True},
        )
        usages = [chunk.usage async for chunk in chunks]
        assert usages[-1] is not None
        assert (await client.responses.create(model="gpt-5", input="hi")).output_text
        async with client.responses.stream(model="gpt-5", input="hi") as stream:
            events = [event.type async for event in stream]
        assert events[-1] == "response.completed"
        assert (await client.embeddings.create(model="text-embedding-3-small", input="hi")).data


def test_a_providers_refusal_is_the_sdks_own_error(running: Running) -> None:
    headers = {"x-mock": "status=529"}
    with (
        anthropic.Anthropic(api_key="k", base_url=running.proxy_url, max_retries=0) as client,
        pytest.raises(anthropic.APIStatusError) as caught,
    ):
        client.messages.create(
            model=MODEL, max_tokens=9, messages=[{"role": "user", "content": "hi"}], extra_headers=headers
        )
    assert caught.value.status_code == 529


def test_what_the_provider_received_is_what_was_sent(running: Running) -> None:
    body = b'{"model": "claude-sonnet-4-6",  "max_tokens": 1.0, "x": 12345678901234567890, "messages": [] }'
    reply = httpx.post(f"{running.proxy_url}/v1/messages?beta=true", content=body, headers={"x-api-key": "k"})
    record = _get(f"{running.api_url}/api/requests/{reply.headers['x-tokenman-id']}")
    with urllib.request.urlopen(f"{running.mock_url}/mock/journal", timeout=10) as journal:
        last = json.load(journal)["entries"][-1]
    assert last["target"] == "/v1/messages?beta=true"
    assert last["sha256"] == record["sent_sha256"] == record["body_sha256"]
    assert record["identical"] is True


def test_every_exchange_is_counted(running: Running) -> None:
    with anthropic.Anthropic(api_key="k", base_url=running.proxy_url) as client:
        client.messages.create(model=MODEL, max_tokens=9, messages=[{"role": "user", "content": "hi"}])
    stats = _get(f"{running.api_url}/api/stats")
    assert stats["total_requests"] == _get(f"{running.api_url}/api/requests?limit=1")["total"]
    assert stats["bodies_changed"] == 0
    assert stats["cost_nanousd"] > 0


def _get(url: str) -> Any:  # noqa: ANN401 - whatever the API says
    with urllib.request.urlopen(url, timeout=10) as reply:
        return json.load(reply)
