"""A finished Anthropic message as the events that would have built it."""

from collections.abc import Iterator, Sequence

from proxy_core.mock.jsonshape import JsonObject, as_text, to_json
from proxy_core.mock.replies import Frame
from proxy_core.mock.reply_plan import pieces


def message_frames(message: JsonObject, deltas: Sequence[str], *, pings: bool) -> Iterator[Frame]:
    """Every event of the stream; `deltas` are the pieces of the text block.

    `message_start` carries the input side of the usage and one output token; `message_delta` all of it.
    """
    yield _frame("message_start", message=_empty(message))
    for index, block in enumerate(message["content"]):
        yield _frame("content_block_start", index=index, content_block=_opened(block))
        if pings and index == 0:
            yield _frame("ping")
        for delta in _deltas(block, deltas):
            yield _frame("content_block_delta", index=index, delta=delta)
        yield _frame("content_block_stop", index=index)
    yield _message_delta(message)
    yield _frame("message_stop")


def _frame(kind: str, **fields: object) -> Frame:
    return Frame(kind, to_json({"type": kind, **fields}))


def _empty(message: JsonObject) -> JsonObject:
    usage = {key: value for key, value in message["usage"].items() if key != "output_tokens_details"}
    if "output_tokens_details" in message["usage"]:
        usage["output_tokens"] = 1
    return {
        **{key: value for key, value in message.items() if key != "context_management"},
        "content": [],
        "stop_reason": None,
        "usage": usage,
    }


def _message_delta(message: JsonObject) -> Frame:
    stop = {key: message[key] for key in ("stop_reason", "stop_sequence", "stop_details")}
    usage = {key: value for key, value in message["usage"].items() if key not in {"cache_creation", "service_tier"}}
    extra = {key: message[key] for key in ("context_management",) if key in message}
    return _frame("message_delta", delta=stop, usage=usage, **extra)


def _opened(block: JsonObject) -> JsonObject:
    emptied: JsonObject = {
        "text": {"text": ""},
        "thinking": {"thinking": "", "signature": ""},
        "tool_use": {"input": {}},
    }
    return {**block, **emptied[block["type"]]}


def _deltas(block: JsonObject, deltas: Sequence[str]) -> Iterator[JsonObject]:
    kind = block["type"]
    if kind == "text":
        yield from ({"type": "text_delta", "text": delta} for delta in deltas)
    elif kind == "thinking":
        yield from ({"type": "thinking_delta", "thinking": part} for part in pieces(as_text(block["thinking"])))
        yield {"type": "signature_delta", "signature": block["signature"]}
    else:
        written = to_json(block["input"]).decode()
        yield {"type": "input_json_delta", "partial_json": ""}
        yield from ({"type": "input_json_delta", "partial_json": part} for part in pieces(written))
