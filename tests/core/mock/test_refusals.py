"""Requests that the vendors refuse, and arbitrary ones: always an answer in the client's own shape."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from proxy_core.mock import MockProvider, MockSettings
from tests.core.mock.inprocess import ask

MESSAGES = "/v1/messages"
CHAT = "/v1/chat/completions"
RESPONSES = "/v1/responses"

Body = dict[str, Any]

USER = {"role": "user", "content": "hi"}
USE = {"role": "assistant", "content": [{"type": "tool_use", "id": "a", "name": "t", "input": {}}]}
RESULT = {"role": "user", "content": [{"type": "tool_result", "tool_use_id": "a", "content": "x"}]}
CALL = {
    "role": "assistant",
    "tool_calls": [{"id": "a", "type": "function", "function": {"name": "t", "arguments": ""}}],
}
TOOL = {"role": "tool", "tool_call_id": "a", "content": "x"}
FUNCTION = {"type": "function_call", "call_id": "a", "name": "t", "arguments": ""}
OUTPUT = {"type": "function_call_output", "call_id": "a", "output": ""}


def claude(**fields: object) -> Body:
    return {"model": "claude-sonnet-4-5", "max_tokens": 9, "messages": [USER], **fields}


def gpt(**fields: object) -> Body:
    return {"model": "gpt-4o", "messages": [USER], **fields}


def without(body: Body, key: str) -> Body:
    return {name: value for name, value in body.items() if name != key}


@pytest.mark.parametrize(
    ("path", "body", "words"),
    [
        (MESSAGES, b"{", "not a valid JSON object"),
        (MESSAGES, b"[1]", "not a valid JSON object"),
        pytest.param(MESSAGES, b"[" * 100_000, "not a valid JSON object", id="too deep"),
        (MESSAGES, b'{"model": "\xff"}', "not a valid JSON object"),
        (MESSAGES, without(claude(), "model"), "model: Field required"),
        (MESSAGES, without(claude(), "max_tokens"), "max_tokens: Field required"),
        (MESSAGES, without(claude(), "messages"), "messages: Field required"),
        (MESSAGES, claude(messages="hi"), "valid list"),
        (MESSAGES, claude(messages=[]), "at least one message"),
        (MESSAGES, claude(messages=["hi"]), "should be an object"),
        (MESSAGES, claude(messages=[{"role": "robot", "content": ""}]), "Unexpected role 'robot'"),
        (MESSAGES, claude(messages=[USER, USE, USER]), "without `tool_result` blocks immediately after: a"),
        (MESSAGES, claude(messages=[USER, USE, USE, RESULT]), "without `tool_result`"),
        (MESSAGES, claude(messages=[USER, RESULT]), "unexpected `tool_use_id`"),
        (MESSAGES, claude(messages=[USER, USE, RESULT, RESULT]), "unexpected `tool_use_id`"),
        (MESSAGES, claude(model="claude-sonnet-4-5+context=99", system="x" * 900), "prompt is too long: 2"),
        (CHAT, b"nonsense", "not a valid JSON object"),
        (CHAT, without(gpt(), "model"), "model"),
        (CHAT, {"model": "gpt-4o", "input": "hi"}, "Missing required parameter: 'messages'"),
        (CHAT, gpt(messages={}), "Invalid type for 'messages'"),
        (CHAT, gpt(messages=[]), "empty array"),
        (CHAT, gpt(messages=[USER, CALL, USER]), "must be followed by tool messages"),
        (CHAT, gpt(messages=[USER, CALL]), "must be followed by tool messages"),
        (CHAT, gpt(messages=[USER, TOOL]), "must be a response to a preceding message"),
        (CHAT, gpt(model="gpt-4o+context=99", messages=[{"role": "user", "content": "x" * 900}]), "context window"),
        (RESPONSES, {"model": "gpt-5"}, "Missing required parameter: 'input'"),
        (RESPONSES, {"model": "gpt-5", "input": 3}, "Invalid type for 'input'"),
        (RESPONSES, {"model": "gpt-5", "input": [OUTPUT]}, "No tool call found"),
        (RESPONSES, {"model": "gpt-5", "input": [FUNCTION]}, "No tool output found"),
        ("/v1/embeddings", {"model": "m", "input": []}, "Invalid 'input'"),
        ("/v1/embeddings", {"model": "m", "input": [{}]}, "Invalid 'input'"),
        ("/v1/embeddings", {"model": "m", "input": "x", "dimensions": 9_999}, "Invalid 'dimensions'"),
        ("/v1/completions", {"model": "m"}, "prompt"),
    ],
)
async def test_what_the_vendor_refuses(path: str, body: object, words: str) -> None:
    answer = await ask(MockProvider(), path, body)
    assert answer.status == 400
    error = answer.json()["error"]
    assert words in error["message"]
    assert error["type"] == "invalid_request_error"


async def test_allowed_histories_pass() -> None:
    provider = MockProvider()
    system = {"role": "system", "content": "between"}
    for messages in ([USER, USER], [USER, USE, RESULT], [USER, USE, system, RESULT], [USER, USE, RESULT, USE, RESULT]):
        assert (await ask(provider, MESSAGES, claude(messages=messages))).status == 200
    for messages in ([USER, CALL, TOOL], [USER, CALL, TOOL, USER], [{"role": "developer", "content": "x"}, USER]):
        assert (await ask(provider, CHAT, gpt(messages=messages))).status == 200
    assert (await ask(provider, RESPONSES, {"model": "gpt-5", "input": [FUNCTION, OUTPUT]})).status == 200


async def test_the_checks_of_history_can_be_switched_off() -> None:
    provider = MockProvider(MockSettings(check_history=False))
    assert (await ask(provider, MESSAGES, claude(messages=[USER, RESULT]))).status == 200
    assert (await ask(provider, CHAT, gpt(messages=[USER, TOOL]))).status == 200
    assert (await ask(provider, RESPONSES, {"model": "gpt-5", "input": [OUTPUT]})).status == 200


@pytest.mark.parametrize("coding", ["gzip", "br", "zstd", "deflate", "lzw"])
async def test_a_body_that_is_not_what_its_coding_says(coding: str) -> None:
    answer = await ask(MockProvider(), MESSAGES, b"plain", headers=[("content-encoding", coding)])
    assert answer.status == 400
    assert coding in answer.json()["error"]["message"]


scalars = (
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=9)
)
words = st.sampled_from(
    [
        "text",
        "tool_use",
        "tool_result",
        "thinking",
        "image",
        "message",
        "function",
        "function_call",
        "user",
        "assistant",
    ]
)
keys = st.sampled_from(
    [
        "type",
        "role",
        "content",
        "text",
        "name",
        "id",
        "call_id",
        "tool_use_id",
        "tool_call_id",
        "tool_calls",
        "function",
        "parameters",
        "input_schema",
        "input",
        "arguments",
        "output",
        "signature",
        "thinking",
        "cache_control",
        "ttl",
        "properties",
        "required",
        "schema",
        "format",
        "effort",
    ]
)
values = st.recursive(
    scalars | words,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(keys, inner, max_size=5),
    max_leaves=25,
)
top_keys = st.sampled_from(
    [
        "messages",
        "input",
        "tools",
        "system",
        "tool_choice",
        "thinking",
        "output_config",
        "response_format",
        "text",
        "reasoning",
        "include",
        "metadata",
        "stream_options",
        "max_tokens",
        "max_output_tokens",
        "previous_response_id",
        "instructions",
        "prompt",
        "cache_control",
        "context_management",
        "prompt_cache_options",
        "encoding_format",
        "dimensions",
    ]
)
odd_objects = st.dictionaries(keys, values, max_size=5)
messages = st.lists(
    st.builds(
        lambda role, content, more: {**more, "role": role, "content": content},
        st.sampled_from(["user", "assistant", "system", "tool"]),
        values | st.lists(odd_objects, max_size=3),
        odd_objects,
    ),
    min_size=1,
    max_size=4,
)
bodies = st.builds(
    lambda more, start: {**more, **start},
    st.dictionaries(top_keys, values | st.lists(odd_objects, max_size=3), max_size=6),
    st.fixed_dictionaries(
        {
            "model": st.sampled_from(["claude-opus-4-5", "gpt-5.6-sol", "gpt-4o"]),
            "stream": st.booleans(),
            "messages": messages,
            "input": st.text(max_size=5) | messages,
            "max_tokens": st.integers(-5, 500),
        }
    ),
).flatmap(lambda body: st.sampled_from([body, *({k: v for k, v in body.items() if k != gone} for gone in body)]))


@settings(max_examples=80, deadline=None)
@given(
    st.sampled_from([MESSAGES, f"{MESSAGES}/count_tokens", CHAT, RESPONSES, f"{RESPONSES}/compact", "/v1/embeddings"]),
    bodies,
)
async def test_no_body_is_too_odd(path: str, body: Body) -> None:
    answer = await ask(MockProvider(MockSettings(check_history=False)), path, body)
    assert answer.status in {200, 400}
    assert answer.finished
    if answer.status == 400:
        assert isinstance(answer.json()["error"]["message"], str)
