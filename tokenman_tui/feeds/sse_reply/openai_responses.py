"""OpenAI's stream of response events becomes a response: as its last event tells it, or, cut short, from its pieces.

Source: https://platform.openai.com/docs/api-reference/responses-streaming
"""

from collections.abc import Mapping

from tokenman_tui.feeds.loose_json import as_list, as_object, as_text
from tokenman_tui.feeds.sse_reply.pieces import Pieces, index_of

ARGUMENTS = {
    "response.function_call_arguments.delta": "arguments",
    "response.mcp_call_arguments.delta": "arguments",
    "response.custom_tool_call_input.delta": "input",
}
TEXTS = {
    "response.output_text.delta": "content",
    "response.refusal.delta": "content",
    "response.reasoning_text.delta": "content",
    "response.reasoning_summary_text.delta": "summary",
}


class ResponsesReply:
    def __init__(self) -> None:
        self._response: dict[str, object] = {}
        self._items: dict[int, dict[str, object]] = {}
        self._done: set[int] = set()
        self._pieces: dict[int, Pieces] = {}

    def take(self, event: Mapping[str, object]) -> None:
        kind = as_text(event.get("type"))
        index = index_of(event.get("output_index"))
        if isinstance(event.get("response"), dict):
            self._response = dict(as_object(event["response"]))
        elif kind in ("response.output_item.added", "response.output_item.done"):
            self._items[index] = dict(as_object(event.get("item")))
            if kind.endswith("done"):
                self._done.add(index)
        elif kind in ARGUMENTS or kind in TEXTS:
            key = ARGUMENTS.get(kind) or TEXTS[kind]
            self._pieces.setdefault(index, Pieces()).add(key, event.get("delta"))
        elif kind == "error" or "error" in event:
            self._response["error"] = event.get("error") or dict(event)

    def value(self) -> dict[str, object]:
        if as_list(self._response.get("output")):
            return self._response
        indexes = sorted({*self._items, *self._pieces})
        return {**self._response, "output": [self._item(index) for index in indexes]}

    def _item(self, index: int) -> dict[str, object]:
        """What has been told as done is whole; of the rest there are pieces."""
        item = self._items.get(index, {"type": "message", "role": "assistant"})
        pieces = self._pieces.get(index)
        if index in self._done or pieces is None:
            return item
        said = {key: [{"type": "text", "text": pieces.text(key)}] for key in ("content", "summary") if pieces.text(key)}
        given = {key: pieces.text(key) for key in ("arguments", "input") if pieces.text(key)}
        return {**item, **said, **given}
