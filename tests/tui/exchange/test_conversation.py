"""Requests as conversations: the three dialects as their vendors describe them, and whatever else JSON can be."""

import json
from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.tui.exchange.told import ANTHROPIC
from tokenman_tui.feeds.blocks import Foldable
from tokenman_tui.feeds.conversation import request_blocks
from tokenman_tui.feeds.outline import Outline
from tokenman_tui.feeds.spans import text_of

DIALECTS = ["anthropic", "openai_chat", "openai_responses", "gemini", ""]
PNG = "data:image/png;base64," + "A" * 4_000
CHAT = {
    "model": "gpt-5.1",
    "messages": [
        {"role": "developer", "content": "Be brief."},
        {
            "role": "user",
            "content": [{"type": "text", "text": "Look."}, {"type": "image_url", "image_url": {"url": PNG}}],
        },
        {
            "role": "assistant",
            "content": None,
            "reasoning_content": "The weather decides.",
            "tool_calls": [
                {"id": "call_1", "type": "function", "function": {"name": "weather", "arguments": '{"city": "Ulm"}'}}
            ],
        },
        {"role": "tool", "tool_call_id": "call_1", "content": "sunny"},
    ],
    "tools": [{"type": "function", "function": {"name": "weather", "description": "Tells.\nMore.", "parameters": {}}}],
}
RESPONSES = {
    "model": "gpt-5.1-codex",
    "instructions": "You are Codex.",
    "input": [
        {"type": "message", "role": "user", "content": [{"type": "input_text", "text": "Fix it."}]},
        {
            "type": "reasoning",
            "summary": [{"type": "summary_text", "text": "Look first."}],
            "encrypted_content": "gAAA",
        },
        {"type": "function_call", "name": "shell", "call_id": "call_9", "arguments": '{"command": ["ls"]}'},
        {"type": "function_call_output", "call_id": "call_9", "output": "cart.py"},
        {"type": "web_search_call", "id": "ws_1", "status": "completed"},
    ],
    "tools": [{"type": "function", "name": "shell", "description": "Runs.", "parameters": {"type": "object"}}],
}


def blocks(dialect: str, body: object) -> list[Foldable]:
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    return [block for block in request_blocks(dialect, raw) if block is not None]


def shown(dialect: str, body: object) -> list[str]:
    """Each block as `head | text`."""
    return [f"{text_of(block.head)} | {block.text}".strip(" |") for block in blocks(dialect, body)]


def test_anthropic() -> None:
    lines = shown("anthropic", ANTHROPIC)
    heads = [text_of(block.head) for block in blocks("anthropic", ANTHROPIC)]
    assert heads[:2] == ["parameters", "tools"]
    assert "◆ cached up to here, 1h" in heads
    assert "Checkout fails when the cart has a voucher. Here is what the customer saw." in lines
    assert "▣ image  png, 74kB" in heads
    assert "→ Read  toolu_01JmWv5k | path: /home/ana/web-shop/cart.py\nlimit: 200" in lines
    assert "← Read  toolu_01JmWv5k" in heads
    assert not any("iVBORw0KGgo" in line for line in lines)


def test_openai_chat() -> None:
    lines = shown("openai_chat", CHAT)
    assert "→ weather  call_1 | city: Ulm" in lines
    assert "← weather  call_1 | sunny" in lines
    assert "thinking | The weather decides." in lines
    assert "▣ image  png, 3.0kB" in lines
    assert [line for line in lines if line in ("developer", "user", "assistant", "tool")] == [
        "developer",
        "user",
        "assistant",
        "tool",
    ]


def test_openai_responses() -> None:
    lines = shown("openai_responses", RESPONSES)
    assert "system | You are Codex." in lines
    assert "reasoning | Look first." in lines
    assert '→ shell  call_9 | command:\n  [\n    "ls"\n  ]' in lines
    assert "← shell  call_9 | cart.py" in lines
    assert any(line.startswith("web_search_call | ") for line in lines)
    assert "user" in shown("openai_responses", {"input": "hello"})


def test_what_is_long_or_thought_is_folded_and_says_what_it_is() -> None:
    folded = {text_of(block.head): block for block in blocks("anthropic", ANTHROPIC) if block.folded}
    assert folded["thinking"].hint == "The voucher may be missing when the total is taken."
    assert folded["tools"].hint == "Read, Edit, Bash, Grep"
    assert folded["← Read  toolu_01JmWv5k"].hint == "def total(cart: Cart) -> Decimal:"


def test_thinking_without_a_text_is_told_to_be_encrypted() -> None:
    hidden = {"messages": [{"role": "assistant", "content": [{"type": "redacted_thinking", "data": "EmwK"}]}]}
    assert "thinking  encrypted by the provider | EmwK" in shown("anthropic", hidden)


@pytest.mark.parametrize("body", [b"", b"{", b"\xff\xfe", b"[1, 2]", b'"text"', b"[" * 5_000, b'{"messages": 1e999}'])
@pytest.mark.parametrize("dialect", DIALECTS)
def test_what_is_no_request_is_shown_all_the_same(dialect: str, body: bytes) -> None:
    assert blocks(dialect, body)


KEYS = sorted(
    {"messages", "input", "system", "instructions", "tools", "content", "role", "type", "text", "source", "data", "url"}
    | {
        "tool_calls",
        "function",
        "arguments",
        "name",
        "summary",
        "cache_control",
        "image_url",
        "output",
        "call_id",
        "id",
    }
)
TYPES = sorted(
    {
        "text",
        "image",
        "tool_use",
        "tool_result",
        "thinking",
        "image_url",
        "file",
        "message",
        "function_call",
        "reasoning",
    }
    | {"function_call_output", "input_text", "document", "function", "assistant", "user", "tool"}
)
VALUES: st.SearchStrategy[object] = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=8), st.sampled_from(TYPES)),
    lambda inner: st.one_of(
        st.lists(inner, max_size=4),
        st.dictionaries(st.one_of(st.sampled_from(KEYS), st.text(max_size=4)), inner, max_size=5),
    ),
    max_leaves=24,
)


@settings(max_examples=300, deadline=None)
@given(
    st.sampled_from(DIALECTS),
    st.dictionaries(
        st.sampled_from(["messages", "input", "system", "instructions", "tools", "model", "functions"]), VALUES
    ),
)
def test_any_shape_is_shown_and_nothing_raises(dialect: str, body: dict[str, object]) -> None:
    outline = Outline(request_blocks(dialect, json.dumps(body).encode()))
    for _ in outline.work():
        pass
    outline.fold_all()
    outline.fold_all()
    assert len(outline) > 0
    assert len(list(drawn(outline))) == len(outline.blocks)


def drawn(outline: Outline) -> Iterator[str]:
    for number, block in enumerate(outline.blocks):
        yield text_of(block.head) + block.hint + text_of(block.aside) + outline.text(number)


@given(st.sampled_from(DIALECTS), st.binary(max_size=200))
def test_any_bytes_are_shown(dialect: str, body: bytes) -> None:
    assert blocks(dialect, body)


def test_a_megabyte_is_read_in_short_steps() -> None:
    body = {**ANTHROPIC, "messages": [{"role": "user", "content": "x " * 600}] * 900}
    steps = sum(1 for _ in request_blocks("anthropic", json.dumps(body).encode()))
    assert steps > 1_800
