"""A client like Claude Code: a main conversation with tools and cache marks, subagents, token counts."""

import asyncio
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from random import Random

from proxy_core.mock.traffic import material
from proxy_core.mock.traffic.accidents import accident
from proxy_core.mock.traffic.claude_reply import read_reply
from proxy_core.mock.traffic.talk import JsonObject, Line

_PATH = "/v1/messages?beta=true"
_MARK = {"type": "ephemeral"}
_MAX_MESSAGES = 40

_TOOLS: Sequence[JsonObject] = tuple(
    {
        "name": name,
        "description": f"{what} " + " ".join(material.RULES),
        "input_schema": {"type": "object", "properties": {key: {"type": "string"}}, "required": [key]},
    }
    for name, what, key in (
        ("Bash", "Run a command in the shell and return what it prints.", "command"),
        ("Read", "Read a file.", "file_path"),
        ("Grep", "Search file contents.", "pattern"),
        ("Glob", "Find files by name.", "pattern"),
        ("Edit", "Replace text in a file.", "file_path"),
        ("Write", "Write a file.", "file_path"),
        ("Task", "Hand a task to a subagent.", "prompt"),
        ("TodoWrite", "Keep a list of what is to be done.", "todos"),
        ("WebFetch", "Fetch a page and answer a question about it.", "url"),
    )
)


@dataclass(slots=True)
class Conversation:
    """One conversation with its own system prompt, tools and model."""

    line: Line
    project: str
    model: str
    headers: Mapping[str, str]
    tools: Sequence[JsonObject]
    prompt: str
    messages: list[JsonObject] = field(default_factory=list)

    async def turn(self, ask: str) -> None:
        """Say something, and run tools until the reply ends the turn."""
        kept = len(self.messages)
        self.messages.append({"role": "user", "content": [{"type": "text", "text": ask}]})
        while len(self.messages) < _MAX_MESSAGES:
            events = await self.line.stream(_PATH, self._body(), self.headers, accident(self.line.rng))
            content = read_reply(events or ())
            if not content:
                # Given up, as a person would: the question is taken back.
                del self.messages[kept:]
                return
            self.messages.append({"role": "assistant", "content": content})
            results = [self._result(block) for block in content if block["type"] == "tool_use"]
            if not results:
                return
            self.messages.append({"role": "user", "content": results})
            await self.line.pause(0.2, 1.5)

    async def count(self, parts: int) -> None:
        """Count the tokens of several parts of the conversation at once, as `/context` does."""
        bodies = [{"model": self.model, "tools": [tool], "messages": [_user("x")]} for tool in self.tools[:parts]]
        async with asyncio.TaskGroup() as group:
            for body in bodies:
                group.create_task(self.line.post("/v1/messages/count_tokens?beta=true", body, self.headers))

    def _body(self) -> JsonObject:
        attribution = f"x-anthropic-billing-header: cc_version=2.1.329; cch={self.line.rng.randrange(16**5):05x};"
        return {
            "model": self.model,
            "max_tokens": 32_000,
            "stream": True,
            "thinking": {"type": "enabled", "budget_tokens": 16_000},
            "system": [
                {"type": "text", "text": attribution},
                {"type": "text", "text": self.prompt, "cache_control": _MARK},
            ],
            "tools": list(self.tools),
            "messages": [*self.messages[:-1], _marked(self.messages[-1])],
            "metadata": {
                "user_id": f'{{"device_id":"demo","session_id":"{self.headers["x-claude-code-session-id"]}"}}'
            },
        }

    def _result(self, block: JsonObject) -> JsonObject:
        return {"type": "tool_result", "tool_use_id": block["id"], "content": material.tool_output(self.line.rng)}


async def work(line: Line, project: str, model: str) -> None:
    """Sessions one after the other, for ever."""
    while True:
        session = str(uuid.UUID(int=line.rng.getrandbits(128), version=4))
        main = _main(line, project, model, session)
        for ask in (line.rng.choice(material.TASKS), *line.rng.sample(material.FOLLOW_UPS, 3)):
            async with asyncio.TaskGroup() as group:
                group.create_task(main.turn(ask))
                if line.rng.random() < 0.4:
                    group.create_task(_subagent(line, project, session).turn(line.rng.choice(material.TASKS)))
            if line.rng.random() < 0.25:
                await main.count(line.rng.randint(3, 8))
            await line.pause(2.0, 7.0)


def _main(line: Line, project: str, model: str, session: str) -> Conversation:
    headers = {**_headers(line.rng, project, session), "x-claude-code-request-class": "main"}
    return Conversation(line, project, model, headers, _TOOLS, material.instructions(project, 24_000))


def _subagent(line: Line, project: str, session: str) -> Conversation:
    agent = f"{line.rng.getrandbits(32):08x}"
    headers = {
        **_headers(line.rng, project, session),
        "x-claude-code-request-class": "subagent",
        "x-claude-code-agent-type": "Explore",
        "x-claude-code-agent-id": agent,
    }
    prompt = "You search a code base and report.\n" + material.instructions(project, 18_000)
    return Conversation(line, project, "claude-haiku-4-5", headers, _TOOLS[:4], prompt)


def _headers(rng: Random, project: str, session: str) -> dict[str, str]:
    return {
        "user-agent": "claude-cli/2.1.329 (external, cli)",
        "x-app": "cli",
        "x-api-key": "demo-key",
        "anthropic-version": "2023-06-01",
        "anthropic-beta": "claude-code-20250219,interleaved-thinking-2025-05-14",
        "x-claude-code-session-id": session,
        "x-claude-code-prompt-id": f"{rng.getrandbits(64):016x}",
        "x-tokenman-project": project,
    }


def _user(text: str) -> JsonObject:
    return {"role": "user", "content": text}


def _marked(message: JsonObject) -> JsonObject:
    """The message with a cache mark on its last block."""
    *earlier, last = message["content"]
    return {**message, "content": [*earlier, {**last, "cache_control": _MARK}]}
