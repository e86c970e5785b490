"""OpenAI's stream of chat chunks becomes a completion.

Source: https://platform.openai.com/docs/api-reference/chat-streaming
"""

from collections.abc import Mapping

from tokenman_tui.feeds.loose_json import as_list, as_object
from tokenman_tui.feeds.sse_reply.pieces import Pieces, index_of

TEXTS = ("content", "reasoning_content", "reasoning", "refusal")


class _Choice:
    def __init__(self) -> None:
        self._told: dict[str, object] = {}
        self._message: dict[str, object] = {}
        self._texts = Pieces()
        self._calls: dict[int, dict[str, object]] = {}
        self._functions: dict[int, Pieces] = {}

    def take(self, choice: Mapping[str, object]) -> None:
        self._told |= {key: value for key, value in choice.items() if key != "delta" and value is not None}
        delta = as_object(choice.get("delta"))
        for key, value in delta.items():
            if key in TEXTS:
                self._texts.add(key, value)
            elif key == "tool_calls":
                for call in as_list(value):
                    self._call(as_object(call))
            elif value is not None:
                self._message[key] = value

    def _call(self, call: Mapping[str, object]) -> None:
        index = index_of(call.get("index"))
        known = self._calls.setdefault(index, {})
        known |= {key: value for key, value in call.items() if key not in ("index", "function") and value}
        pieces = self._functions.setdefault(index, Pieces())
        function = as_object(call.get("function"))
        pieces.add("name", function.get("name"))
        pieces.add("arguments", function.get("arguments"))

    def value(self) -> dict[str, object]:
        calls = [{**call, "function": self._functions[index].onto({})} for index, call in sorted(self._calls.items())]
        message = self._texts.onto(self._message) | ({"tool_calls": calls} if calls else {})
        return {**self._told, "message": message}


class ChatReply:
    def __init__(self) -> None:
        self._told: dict[str, object] = {}
        self._choices: dict[int, _Choice] = {}

    def take(self, event: Mapping[str, object]) -> None:
        self._told |= {key: value for key, value in event.items() if key != "choices" and value is not None}
        for choice in as_list(event.get("choices")):
            found = as_object(choice)
            self._choices.setdefault(index_of(found.get("index")), _Choice()).take(found)

    def value(self) -> dict[str, object]:
        choices = [choice.value() for _, choice in sorted(self._choices.items())]
        return {**self._told, "choices": choices} if choices else self._told
