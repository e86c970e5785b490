"""A finished response as the events that would have built it, numbered as Codex and the SDKs expect them."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import count

from proxy_core.mock.jsonshape import JsonObject, to_json
from proxy_core.mock.replies import Frame
from proxy_core.mock.reply_plan import pieces

_Events = Iterator[tuple[str, JsonObject]]

_ERROR = {"code": "server_error", "message": "The server had an error while processing your request. Sorry about that!"}


def response_frames(response: JsonObject, deltas: Sequence[str]) -> Iterator[Frame]:
    """Every event of the stream; `deltas` are the pieces of the message's text."""
    numbers = count()
    for kind, fields in _events(response, deltas):
        yield Frame(kind, to_json({"type": kind, "sequence_number": next(numbers), **fields}))


def failed_frame(response: JsonObject) -> Frame:
    """What a stream says when it fails in the middle."""
    failed = {**response, "status": "failed", "error": _ERROR, "output": [], "usage": None}
    return Frame(
        "response.failed", to_json({"type": "response.failed", "sequence_number": 999_999, "response": failed})
    )


def _events(response: JsonObject, deltas: Sequence[str]) -> _Events:
    started = {**response, "status": "in_progress", "output": [], "incomplete_details": None, "usage": None}
    yield "response.created", {"response": started}
    yield "response.in_progress", {"response": started}
    for index, item in enumerate(response["output"]):
        yield "response.output_item.added", {"output_index": index, "item": _opened(item)}
        where = {"output_index": index, "item_id": item["id"]}
        for kind, fields in _WRITERS.get(item["type"], _nothing)(item, deltas):
            yield kind, {**where, **fields}
        yield "response.output_item.done", {"output_index": index, "item": item}
    yield f"response.{response['status']}", {"response": response}


def _opened(item: JsonObject) -> JsonObject:
    emptied: Mapping[str, JsonObject] = {
        "reasoning": {"summary": []},
        "message": {"status": "in_progress", "content": []},
        "function_call": {"status": "in_progress", "arguments": ""},
        "custom_tool_call": {"status": "in_progress", "input": ""},
    }
    return {**item, **emptied.get(item["type"], {})}


def _nothing(_item: JsonObject, _deltas: Sequence[str]) -> _Events:
    yield from ()


def _message(item: JsonObject, deltas: Sequence[str]) -> _Events:
    for index, part in enumerate(item["content"]):
        where = {"content_index": index}
        yield "response.content_part.added", {**where, "part": {**part, "text": ""}}
        for delta in deltas:
            yield "response.output_text.delta", {**where, "delta": delta, "logprobs": []}
        yield "response.output_text.done", {**where, "text": part["text"], "logprobs": []}
        yield "response.content_part.done", {**where, "part": part}


def _reasoning(item: JsonObject, _deltas: Sequence[str]) -> _Events:
    for index, part in enumerate(item["summary"]):
        where = {"summary_index": index}
        yield "response.reasoning_summary_part.added", {**where, "part": {**part, "text": ""}}
        for delta in pieces(part["text"]):
            yield "response.reasoning_summary_text.delta", {**where, "delta": delta}
        yield "response.reasoning_summary_text.done", {**where, "text": part["text"]}
        yield "response.reasoning_summary_part.done", {**where, "part": part}


def _function_call(item: JsonObject, _deltas: Sequence[str]) -> _Events:
    for delta in pieces(item["arguments"]):
        yield "response.function_call_arguments.delta", {"delta": delta}
    yield "response.function_call_arguments.done", {"name": item["name"], "arguments": item["arguments"]}


def _custom_call(item: JsonObject, _deltas: Sequence[str]) -> _Events:
    for delta in pieces(item["input"]):
        yield "response.custom_tool_call_input.delta", {"delta": delta}
    yield "response.custom_tool_call_input.done", {"input": item["input"]}


_WRITERS: Mapping[str, Callable[[JsonObject, Sequence[str]], _Events]] = {
    "message": _message,
    "reasoning": _reasoning,
    "function_call": _function_call,
    "custom_tool_call": _custom_call,
}
