"""The two dialects the load speaks, as far as an agent's request needs them. All pieces are compact JSON bytes."""

import random
from collections.abc import Iterable
from typing import ClassVar, Protocol

import msgspec

from tests.bench.load.prose import text

KEY = "sk-bench-0123456789abcdef"
_TOOLS = (
    "Read",
    "Bash",
    "Edit",
    "Grep",
    "Glob",
    "Write",
    "Task",
    "WebFetch",
    "TodoWrite",
    "NotebookEdit",
    "LSP",
    "Skill",
)


class Shape(Protocol):
    """How a dialect writes a conversation: ``opening + ",".join(turns) + closing``."""

    path: str
    headers: ClassVar[dict[str, str]]

    def opening(self, rng: random.Random, system_bytes: int, tools_bytes: int, max_tokens: int) -> bytes: ...

    def user(self, words: str) -> bytes: ...

    def turn(self, number: int, said: str, result: str, *, newest: bool) -> bytes: ...

    def closing(self, *, stream: bool) -> bytes: ...


def encode(value: object) -> bytes:
    return msgspec.json.encode(value)


def tool_schemas(rng: random.Random, room_bytes: int) -> Iterable[tuple[str, str, dict[str, object]]]:
    """Name, description and parameters of as many tools as fill ``room_bytes``, at about 1,200 each."""
    count = max(1, min(len(_TOOLS), room_bytes // 1_200))
    for name in _TOOLS[:count]:
        argument = {"type": "string", "description": text(rng, 80)}
        yield (
            name,
            text(rng, room_bytes // count - 250),
            {"type": "object", "properties": {"path": argument}, "required": ["path"]},
        )


class Messages:
    """Anthropic Messages, as Claude Code writes it."""

    path = "/v1/messages"
    headers: ClassVar[dict[str, str]] = {
        "x-api-key": KEY,
        "anthropic-version": "2023-06-01",
        "anthropic-beta": "claude-code-20250219,interleaved-thinking-2025-05-14",
        "x-claude-code-session-id": "0b2c7a52-6c1e-4a7e-9d0e-7f3a5a1c9e11",
        "user-agent": "claude-cli/2.1.329 (external, cli)",
    }

    def opening(self, rng: random.Random, system_bytes: int, tools_bytes: int, max_tokens: int) -> bytes:
        blocks: list[dict[str, object]] = [
            {"type": "text", "text": "x-anthropic-billing-header: cc_version=2.1.329; cch=00000;"},
            {"type": "text", "text": text(rng, system_bytes), "cache_control": {"type": "ephemeral"}},
        ]
        tools = [
            {"name": name, "description": about, "input_schema": schema}
            for name, about, schema in tool_schemas(rng, tools_bytes)
        ]
        head = {
            "model": "claude-sonnet-4-5",
            "max_tokens": max_tokens,
            "system": blocks,
            "tools": tools,
            "messages": [],
        }
        return encode(head)[:-2]

    def user(self, words: str) -> bytes:
        return encode({"role": "user", "content": [{"type": "text", "text": words}]})

    def turn(self, number: int, said: str, result: str, *, newest: bool) -> bytes:
        use = f"toolu_{number:024d}"
        called = {"type": "tool_use", "id": use, "name": "Read", "input": {"path": f"src/part_{number}.py"}}
        answer: dict[str, object] = {"type": "tool_result", "tool_use_id": use, "content": result}
        if newest:
            answer["cache_control"] = {"type": "ephemeral"}
        assistant = {"role": "assistant", "content": [{"type": "text", "text": said}, called]}
        return encode(assistant) + b"," + encode({"role": "user", "content": [answer]})

    def closing(self, *, stream: bool) -> bytes:
        return b'],"metadata":{"user_id":"user_bench"},"stream":' + encode(stream) + b"}"


class Chat:
    """OpenAI Chat Completions, as an agent on that SDK writes it."""

    path = "/v1/chat/completions"
    headers: ClassVar[dict[str, str]] = {"authorization": f"Bearer {KEY}", "user-agent": "OpenAI/Python 2.8.0"}

    def opening(self, rng: random.Random, system_bytes: int, tools_bytes: int, max_tokens: int) -> bytes:
        tools = [
            {"type": "function", "function": {"name": name, "description": about, "parameters": schema}}
            for name, about, schema in tool_schemas(rng, tools_bytes)
        ]
        system = {"role": "system", "content": text(rng, system_bytes)}
        head = {"model": "gpt-5", "max_tokens": max_tokens, "tools": tools, "messages": [system]}
        return encode(head)[:-2] + b","

    def user(self, words: str) -> bytes:
        return encode({"role": "user", "content": words})

    def turn(self, number: int, said: str, result: str, *, newest: bool) -> bytes:
        call = f"call_{number:024d}"
        function = {"name": "Read", "arguments": f'{{"path":"src/part_{number}.py"}}'}
        calls = [{"id": call, "type": "function", "function": function}]
        assistant = {"role": "assistant", "content": said, "tool_calls": calls}
        return encode(assistant) + b"," + encode({"role": "tool", "tool_call_id": call, "content": result})

    def closing(self, *, stream: bool) -> bytes:
        return b'],"stream":' + encode(stream) + b"}"


SHAPES: dict[str, Shape] = {"messages": Messages(), "chat": Chat()}
