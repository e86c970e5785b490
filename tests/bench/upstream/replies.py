"""What the fake provider answers: one fixed, plausible reply per path, made once."""

import msgspec

_ANTHROPIC_USAGE = {
    "input_tokens": 12,
    "cache_creation_input_tokens": 2048,
    "cache_read_input_tokens": 10240,
    "cache_creation": {"ephemeral_5m_input_tokens": 2048, "ephemeral_1h_input_tokens": 0},
    "output_tokens": 120,
    "service_tier": "standard",
}
_CHAT_USAGE = {
    "prompt_tokens": 12300,
    "completion_tokens": 120,
    "total_tokens": 12420,
    "prompt_tokens_details": {"cached_tokens": 10240},
}
_SAID = "I read the file. The retry loop never resets its counter, so the third attempt is the last. " * 4

_MESSAGE = {
    "id": "msg_01BenchBenchBenchBenchBench",
    "type": "message",
    "role": "assistant",
    "model": "claude-sonnet-4-5",
    "content": [
        {"type": "text", "text": _SAID},
        {"type": "tool_use", "id": "toolu_01Bench", "name": "Read", "input": {"path": "src/retry.py", "limit": 200}},
    ],
    "stop_reason": "tool_use",
    "stop_sequence": None,
    "usage": _ANTHROPIC_USAGE,
}
_COMPLETION = {
    "id": "chatcmpl-bench",
    "object": "chat.completion",
    "created": 1780000000,
    "model": "gpt-5",
    "choices": [{"index": 0, "message": {"role": "assistant", "content": _SAID}, "finish_reason": "stop"}],
    "usage": _CHAT_USAGE,
}
_BODIES: dict[bytes, object] = {
    b"/v1/messages": _MESSAGE,
    b"/v1/messages/count_tokens": {"input_tokens": 12300},
    b"/v1/chat/completions": _COMPLETION,
    b"/v1/models": {"object": "list", "data": [{"id": "claude-sonnet-4-5", "object": "model"}]},
}


def reply(value: object) -> bytes:
    """A complete HTTP/1.1 reply with a JSON body."""
    body = msgspec.json.encode(value)
    head = b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\nrequest-id: req_bench\r\n"
    return head + b"content-length: %d\r\n\r\n" % len(body) + body


REPLIES = {path: reply(value) for path, value in _BODIES.items()}
OTHERWISE = reply({})


def event(name: str, data: object) -> bytes:
    return f"event: {name}\ndata: ".encode() + msgspec.json.encode(data) + b"\n\n"


class AnthropicStream:
    """The events around the text of a Messages stream."""

    first = (
        event("message_start", {"type": "message_start", "message": {**_MESSAGE, "content": [], "stop_reason": None}})
        + event(
            "content_block_start",
            {"type": "content_block_start", "index": 0, "content_block": {"type": "text", "text": ""}},
        )
        + event("ping", {"type": "ping"})
    )
    before = (
        b"event: content_block_delta\n"
        b'data: {"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"'
    )
    after = b' the retry loop"}}\n\n'
    last = (
        event("content_block_stop", {"type": "content_block_stop", "index": 0})
        + event(
            "message_delta",
            {"type": "message_delta", "delta": {"stop_reason": "end_turn"}, "usage": {"output_tokens": 120}},
        )
        + event("message_stop", {"type": "message_stop"})
    )


class ChatStream:
    """The chunks around the text of a Chat Completions stream."""

    _open = (
        b'data: {"id":"chatcmpl-bench","object":"chat.completion.chunk","created":1780000000,"model":"gpt-5","choices":'
    )
    first = _open + b'[{"index":0,"delta":{"role":"assistant","content":""},"finish_reason":null}]}\n\n'
    before = _open + b'[{"index":0,"delta":{"content":"'
    after = b' the retry loop"},"finish_reason":null}]}\n\n'
    last = _open + b'[{"index":0,"delta":{},"finish_reason":"stop"}]}\n\ndata: [DONE]\n\n'


StreamShape = type[AnthropicStream] | type[ChatStream]
STREAMS: dict[bytes, StreamShape] = {b"/v1/messages": AnthropicStream, b"/v1/chat/completions": ChatStream}
STREAM_HEAD = (
    b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream; charset=utf-8\r\ncache-control: no-cache\r\n"
    b"request-id: req_bench\r\ntransfer-encoding: chunked\r\n\r\n"
)
STREAM_END = b"0\r\n\r\n"


def chunk(data: bytes) -> bytes:
    return b"%x\r\n%b\r\n" % (len(data), data)
