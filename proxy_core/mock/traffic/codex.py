"""A client like Codex: one growing Responses conversation per session, with tools and encrypted reasoning."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from proxy_core.mock.traffic import material
from proxy_core.mock.traffic.accidents import accident
from proxy_core.mock.traffic.talk import JsonObject, Line

_MAX_ITEMS = 90

_TOOLS: Sequence[JsonObject] = (
    {
        "type": "function",
        "name": "exec_command",
        "description": "Run a command and return its output. " + " ".join(material.RULES),
        "strict": False,
        "parameters": {"type": "object", "properties": {"cmd": {"type": "string"}}, "required": ["cmd"]},
    },
    {
        "type": "function",
        "name": "update_plan",
        "description": "Keep the plan up to date.",
        "strict": False,
        "parameters": {"type": "object", "properties": {"plan": {"type": "string"}}, "required": ["plan"]},
    },
    {"type": "web_search"},
)


@dataclass(frozen=True, slots=True)
class Session:
    """One conversation and the items it consists of so far."""

    line: Line
    project: str
    model: str
    id: str
    items: list[JsonObject]

    async def turn(self, ask: str) -> None:
        """Say something, and run tools until the reply ends the turn."""
        kept = len(self.items)
        self.items.append(_user(ask))
        while len(self.items) < _MAX_ITEMS:
            mishap = accident(self.line.rng)
            output = _output(await self.line.stream("/v1/responses", _body(self), _headers(self), mishap) or [])
            if not output:
                # Given up, as a person would: the question is taken back.
                del self.items[kept:]
                return
            self.items.extend(output)
            called = [item for item in output if item["type"] == "function_call"]
            if not called:
                return
            self.items.extend(_answer(self.line, item) for item in called)
            await self.line.pause(0.2, 1.5)


async def work(line: Line, project: str, model: str) -> None:
    """Sessions one after the other, for ever."""
    place = f"<environment_context>\n  <cwd>/home/dev/{project}</cwd>\n</environment_context>"
    while True:
        session_id = str(uuid.UUID(int=line.rng.getrandbits(128), version=4))
        session = Session(line, project, model, session_id, [_user(place)])
        for ask in (line.rng.choice(material.TASKS), *line.rng.sample(material.FOLLOW_UPS, 3)):
            await session.turn(ask)
            await line.pause(2.5, 8.0)


def _output(events: list[JsonObject]) -> list[JsonObject]:
    """The items of a reply; none if it did not come to its proper end."""
    if not any(event.get("type") == "response.completed" for event in events):
        return []
    return [event["item"] for event in events if event.get("type") == "response.output_item.done"]


def _answer(line: Line, item: JsonObject) -> JsonObject:
    output = material.tool_output(line.rng)
    return {"type": "function_call_output", "call_id": item["call_id"], "output": output}


def _body(session: Session) -> JsonObject:
    return {
        "model": session.model,
        "instructions": material.instructions(session.project, 20_000),
        "input": session.items,
        "tools": list(_TOOLS),
        "tool_choice": "auto",
        "parallel_tool_calls": False,
        "reasoning": {"effort": "medium", "summary": "auto"},
        "store": False,
        "stream": True,
        "include": ["reasoning.encrypted_content"],
        "prompt_cache_key": session.id,
    }


def _headers(session: Session) -> dict[str, str]:
    return {
        "user-agent": "codex_cli_rs/0.169.0 (Debian 12; x86_64)",
        "originator": "codex_cli_rs",
        "authorization": "Bearer demo-key",
        "session-id": session.id,
        "x-tokenman-project": session.project,
    }


def _user(text: str) -> JsonObject:
    return {"type": "message", "role": "user", "content": [{"type": "input_text", "text": text}]}
