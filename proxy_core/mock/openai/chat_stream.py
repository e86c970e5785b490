"""A finished chat completion as the chunks that would have built it."""

from collections.abc import Iterator, Sequence

from proxy_core.mock.jsonshape import JsonObject, as_text, to_json
from proxy_core.mock.replies import Frame
from proxy_core.mock.reply_plan import pieces

DONE = Frame(None, b"[DONE]")


def completion_frames(completion: JsonObject, deltas: Sequence[str], *, wants_usage: bool) -> Iterator[Frame]:
    """Every chunk of the stream; `deltas` are the pieces of the content.

    The last chunk before `[DONE]` carries the usage, and only when the client asked for it; then every other chunk
    carries a `usage` of null.
    """
    chunk = {key: value for key, value in completion.items() if key not in {"choices", "usage"}}
    chunk["object"] = "chat.completion.chunk"
    asked = wants_usage and "usage" in completion
    choice = completion["choices"][0]
    for delta in _deltas(choice["message"], deltas):
        yield _chunk(chunk, delta, None, asked=asked)
    yield _chunk(chunk, {}, choice["finish_reason"], asked=asked)
    if asked:
        yield Frame(None, to_json({**chunk, "choices": [], "usage": completion["usage"]}))
    yield DONE


def _chunk(chunk: JsonObject, delta: JsonObject, finish_reason: str | None, *, asked: bool) -> Frame:
    choice = {"index": 0, "delta": delta, "logprobs": None, "finish_reason": finish_reason}
    return Frame(None, to_json({**chunk, "choices": [choice], **({"usage": None} if asked else {})}))


def _deltas(message: JsonObject, deltas: Sequence[str]) -> Iterator[JsonObject]:
    yield {"role": "assistant", "content": "" if message["content"] is not None else None, "refusal": None}
    for part in pieces(as_text(message.get("reasoning_content"))):
        yield {"reasoning_content": part}
    for part in deltas:
        yield {"content": part}
    for index, call in enumerate(message.get("tool_calls", ())):
        yield from _call_deltas(index, call)


def _call_deltas(index: int, call: JsonObject) -> Iterator[JsonObject]:
    kind = call["type"]
    field = "input" if kind == "custom" else "arguments"
    opening = {"index": index, "id": call["id"], "type": kind, kind: {"name": call[kind]["name"], field: ""}}
    yield {"tool_calls": [opening]}
    for part in pieces(call[kind][field]):
        yield {"tool_calls": [{"index": index, kind: {field: part}}]}
