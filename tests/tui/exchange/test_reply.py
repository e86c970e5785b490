"""Streams put together again say what the same reply says without streaming, cut anywhere, whatever they hold."""

import json
from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.tui.exchange.test_conversation import VALUES
from tests.tui.exchange.told import EDIT, anthropic_events, event
from tokenman_tui.feeds.kept import Kept
from tokenman_tui.feeds.reply_blocks import of_value, reply_blocks
from tokenman_tui.feeds.spans import text_of
from tokenman_tui.feeds.sse_reply import assembled
from tokenman_tui.feeds.stream_events import event_blocks

SSE = (("content-type", "text/event-stream"),)
KEPT = Kept((), b"", SSE, b"", (), truncated=False)


def whole(dialect: str, stream: bytes) -> dict[str, object]:
    values = [value for value in assembled(dialect, stream) if value is not None]
    assert len(values) == 1
    return values[0]


def lines(dialect: str, kept: Kept) -> list[str]:
    found = [block for block in reply_blocks(dialect, kept) if block is not None]
    return [f"{text_of(block.head)} | {block.text}".strip(" |") for block in found]


def test_anthropic() -> None:
    value = whole("anthropic", b"".join(anthropic_events()))
    content = value["content"]
    assert isinstance(content, list)
    assert [block["type"] for block in content] == ["thinking", "text", "tool_use"]
    assert content[1]["text"].startswith("Two faults: a cart without a voucher, and")
    assert content[2]["input"] == EDIT
    assert value["stop_reason"] == "tool_use"
    assert value["usage"] == {"input_tokens": 1_204, "cache_read_input_tokens": 48_112, "output_tokens": 431}


def test_anthropic_as_blocks() -> None:
    shown = lines("anthropic", replace(KEPT, reply_body=b"".join(anthropic_events())))
    assert shown[0] == "assistant"
    assert shown[1].startswith("thinking | `cart.voucher` is None")
    assert shown[3].startswith("→ Edit  toolu_02 | path: /home/ana/web-shop/cart.py\nold:     return subtotal")
    assert shown[4] == "stopped  tool_use"
    assert shown[5].startswith("usage | ")


def chunk(**choice: object) -> bytes:
    return b"data: " + json.dumps({"id": "c", "choices": [{"index": 0, **choice}]}).encode() + b"\n\n"


def test_openai_chat() -> None:
    call = {"index": 0, "id": "call_1", "function": {"name": "weather", "arguments": ""}}
    stream = [
        chunk(delta={"role": "assistant", "content": ""}),
        chunk(delta={"reasoning_content": "Well."}),
        chunk(delta={"content": "Let me "}),
        chunk(delta={"content": "look."}),
        chunk(delta={"tool_calls": [call]}),
        *(
            chunk(delta={"tool_calls": [{"index": 0, "function": {"arguments": part}}]})
            for part in ('{"city"', ': "Ulm"}')
        ),
        chunk(delta={}, finish_reason="tool_calls"),
        b'data: {"choices": [], "usage": {"total_tokens": 12}}\n\n',
        b"data: [DONE]\n\n",
    ]
    shown = lines("openai_chat", replace(KEPT, reply_body=b"".join(stream)))
    assert shown == [
        "assistant",
        "thinking | Well.",
        "Let me look.",
        "→ weather  call_1 | city: Ulm",
        "stopped  tool_calls",
        'usage | {\n  "total_tokens": 12\n}',
    ]


ITEM = {"type": "function_call", "name": "shell", "call_id": "call_9", "arguments": '{"command": "ls"}'}
TALK = {"type": "message", "role": "assistant", "content": [{"type": "output_text", "text": "Done."}]}
RESPONSES = [
    event("response.created", response={"id": "resp_1", "status": "in_progress", "output": []}),
    event("response.output_item.added", output_index=0, item={"type": "message", "role": "assistant", "content": []}),
    event("response.output_text.delta", output_index=0, delta="Do"),
    event("response.output_text.delta", output_index=0, delta="ne."),
    event("response.output_item.done", output_index=0, item=TALK),
    event("response.output_item.done", output_index=1, item=ITEM),
    event("response.completed", response={"status": "completed", "output": [TALK, ITEM]}),
]


def test_openai_responses() -> None:
    shown = lines("openai_responses", replace(KEPT, reply_body=b"".join(RESPONSES)))
    assert shown == ["assistant", "Done.", "→ shell  call_9 | command: ls", "stopped  completed"]


def test_openai_responses_cut_short_shows_its_pieces() -> None:
    shown = lines("openai_responses", replace(KEPT, reply_body=b"".join(RESPONSES[:3])))
    assert shown == ["assistant", "Do", "stopped  in_progress"]


def test_an_error_is_told_in_a_stream_and_without() -> None:
    error = {"type": "overloaded_error", "message": "Overloaded"}
    assert "✗ overloaded_error | Overloaded" in lines(
        "anthropic", replace(KEPT, reply_body=event("error", error=error))
    )
    plain = Kept((), b"", (), json.dumps({"type": "error", "error": error}).encode(), (), truncated=False)
    assert lines("anthropic", plain) == ["✗ overloaded_error | Overloaded"]


def test_what_is_missing_is_said() -> None:
    assert "The reply has no body." in lines("anthropic", KEPT)
    assert any("longer than TokenMan keeps" in line for line in lines("anthropic", replace(KEPT, truncated=True)))
    unreadable = replace(KEPT, reply_body=b"x", undecoded="its content-encoding is unknown")
    assert "its content-encoding is unknown" in "\n".join(lines("anthropic", unreadable))


EVENTS = [
    "message_start",
    "content_block_start",
    "content_block_delta",
    "message_delta",
    "error",
    "response.created",
    "response.output_item.added",
    "response.output_text.delta",
    "chunk",
]
STREAMS = {"anthropic": anthropic_events(), "openai_responses": RESPONSES}


@given(st.sampled_from(sorted(STREAMS)), st.data())
def test_a_stream_may_be_cut_anywhere(dialect: str, data: st.DataObject) -> None:
    stream = b"".join(STREAMS[dialect])
    cut = data.draw(st.integers(0, len(stream)))
    assert lines(dialect, replace(KEPT, reply_body=stream[:cut])) or not cut


@settings(max_examples=200, deadline=None)
@given(
    st.sampled_from(["anthropic", "openai_chat", "openai_responses", "x"]),
    st.lists(
        st.tuples(
            st.sampled_from(EVENTS),
            st.dictionaries(
                st.sampled_from(
                    ["message", "index", "delta", "usage", "content_block", "choices", "response", "item", "error"]
                ),
                VALUES,
                max_size=4,
            ),
        ),
        max_size=6,
    ),
)
def test_any_events_are_shown_and_nothing_raises(dialect: str, events: list[tuple[str, dict[str, object]]]) -> None:
    stream = b"".join(b"data: " + json.dumps({**data, "type": name}).encode() + b"\n\n" for name, data in events)
    lines(dialect, replace(KEPT, reply_body=stream))


@settings(deadline=None)
@given(st.sampled_from(["anthropic", "openai_chat", "openai_responses"]), st.dictionaries(st.text(max_size=8), VALUES))
def test_any_value_is_shown(dialect: str, value: dict[str, object]) -> None:
    list(of_value(dialect, value))


@given(st.binary(max_size=300), st.lists(st.integers(0, 300), max_size=6))
def test_events_of_any_bytes_are_all_there(body: bytes, cuts: list[int]) -> None:
    ends = sorted({min(cut, len(body)) for cut in cuts} | {len(body)})
    kept = replace(KEPT, reply_body=body, pieces=[(float(at), end) for at, end in enumerate(ends)])
    for block in event_blocks(kept):
        assert block is None or (text_of(block.head) + block.text) is not None


def test_events_have_the_time_of_the_piece_that_completed_them() -> None:
    body = b"event: a\ndata: 1\n\nevent: b\ndata: 2\n\n"
    kept = replace(KEPT, reply_body=body, pieces=[(5.0, 4), (1_700.0, 30), (1_750.0, len(body))])
    heading, first, second = (text_of(block.head) for block in event_blocks(kept) if block is not None)
    assert heading.split() == ["at", "gap", "event", "size", "data"]
    assert first.split() == ["1.700s", "+1.70s", "a", "18B", "1"]
    assert second.split() == ["1.750s", "+50ms", "b", "18B", "2"]
