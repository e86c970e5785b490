"""Putting an Anthropic reply together again from its events, as every client has to."""

import json
from collections.abc import Iterable

from proxy_core.mock.traffic.talk import JsonObject

_TEXT_FIELDS = {"text_delta": "text", "thinking_delta": "thinking", "signature_delta": "signature"}


def read_reply(events: Iterable[JsonObject]) -> list[JsonObject]:
    """The content blocks of a stream; none if it did not come to its proper end."""
    blocks: list[JsonObject] = []
    arguments: dict[int, str] = {}
    ended = False
    for event in events:
        kind = event.get("type")
        if kind == "content_block_start":
            blocks.append(dict(event["content_block"]))
        elif kind == "content_block_delta":
            _add(blocks, arguments, event)
        ended = ended or kind == "message_stop"
    for index, text in arguments.items():
        blocks[index]["input"] = json.loads(text or "{}")
    return blocks if ended else []


def _add(blocks: list[JsonObject], arguments: dict[int, str], event: JsonObject) -> None:
    index, delta = event["index"], event["delta"]
    if delta["type"] == "input_json_delta":
        arguments[index] = arguments.get(index, "") + delta["partial_json"]
    elif field := _TEXT_FIELDS.get(delta["type"]):
        blocks[index][field] += delta[field]
