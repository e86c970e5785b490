"""Anthropic's stream of events becomes a message.

Source: https://docs.anthropic.com/en/api/messages-streaming
"""

from collections.abc import Mapping

from tokenman_tui.feeds.loose_json import as_list, as_object, as_text, decoded
from tokenman_tui.feeds.sse_reply.pieces import Pieces, index_of

DELTAS = {"text_delta": "text", "thinking_delta": "thinking", "signature_delta": "signature"}


class AnthropicReply:
    def __init__(self) -> None:
        self._message: dict[str, object] = {}
        self._usage: dict[str, object] = {}
        self._blocks: dict[int, dict[str, object]] = {}
        self._pieces: dict[int, Pieces] = {}

    def take(self, event: Mapping[str, object]) -> None:
        kind = as_text(event.get("type"))
        if kind == "message_start":
            self._message |= as_object(event.get("message"))
            self._usage |= as_object(self._message.get("usage"))
        elif kind == "content_block_start":
            self._blocks[index_of(event.get("index"))] = dict(as_object(event.get("content_block")))
        elif kind == "content_block_delta":
            self._delta(index_of(event.get("index")), as_object(event.get("delta")))
        elif kind == "message_delta":
            self._message |= as_object(event.get("delta"))
            self._usage |= {key: value for key, value in as_object(event.get("usage")).items() if value is not None}
        elif "error" in event:
            self._message["error"] = event["error"]

    def _delta(self, index: int, delta: Mapping[str, object]) -> None:
        kind = as_text(delta.get("type"))
        pieces = self._pieces.setdefault(index, Pieces())
        if kind in DELTAS:
            pieces.add(DELTAS[kind], delta.get(DELTAS[kind]))
        elif kind == "input_json_delta":
            pieces.add("partial_json", delta.get("partial_json"))
        elif kind == "citations_delta":
            block = self._blocks.setdefault(index, {"type": "text"})
            block["citations"] = [*as_list(block.get("citations")), delta.get("citation")]

    def value(self) -> dict[str, object]:
        indexes = sorted({*self._blocks, *self._pieces})
        content = [self._block(index) for index in indexes] or self._message.get("content")
        usage = {"usage": self._usage} if self._usage else {}
        return {**self._message, "content": content, **usage} if content is not None else {**self._message, **usage}

    def _block(self, index: int) -> dict[str, object]:
        block = self._pieces.get(index, Pieces()).onto(self._blocks.get(index, {"type": "text"}))
        arguments = as_text(block.pop("partial_json", None))
        if arguments:
            try:
                block["input"] = decoded(arguments.encode("utf-8", "replace"))
            except ValueError:
                block["input"] = arguments
        return block
