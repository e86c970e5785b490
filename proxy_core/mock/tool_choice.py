"""Which of the offered tools the mock calls: one that does no harm when a real client runs it."""

import re
from dataclasses import dataclass
from typing import Literal

from proxy_core.mock.jsonshape import JsonObject, as_object

_WORDS = re.compile(r"[A-Z]?[a-z0-9]+|[A-Z]+(?![a-z])")
_SHELLS = frozenset({"bash", "shell", "exec", "terminal", "command", "cmd", "console"})
_READERS = frozenset({"read", "get", "glob", "grep", "ls", "list", "search", "find", "view", "show", "lookup", "cat"})
_ACTORS = frozenset(
    re.findall(
        r"\w+",
        """write edit delete remove create update send push kill stop patch apply task agent ask plan exit enter todo
        notebook cron schedule deploy move rename install commit merge post publish spawn wait close resume request set
        skill worktree workflow interrupt followup message monitor trigger""",
    )
)


@dataclass(frozen=True, slots=True)
class OfferedTool:
    """A tool a request offers. `kind` says in which form its input comes: JSON arguments, or free text."""

    name: str
    schema: JsonObject
    kind: Literal["function", "custom"] = "function"
    namespace: str | None = None
    description: str = ""

    @property
    def runs_scripts(self) -> bool:
        """Whether free text is a script that can call a shell, as Codex offers it: `tools.exec_command({cmd})`."""
        return self.kind == "custom" and "exec_command(" in self.description


def choose_tool(tools: tuple[OfferedTool, ...], wanted: str) -> OfferedTool | None:
    """The tool to call.

    `wanted` is `auto` (a harmless one or none), `any` (some tool, harmless if there is one) or a tool's name.
    """
    if wanted not in {"auto", "any"}:
        return next((tool for tool in tools if tool.name == wanted), None)
    ranked = sorted((rank, position) for position, tool in enumerate(tools) if (rank := _rank(tool)) is not None)
    if ranked:
        return tools[ranked[0][1]]
    return tools[0] if wanted == "any" and tools else None


def _rank(tool: OfferedTool) -> int | None:
    """How well a tool suits, 0 being best; None when it might change something."""
    if tool.kind != "function":
        return 0 if tool.runs_scripts else None
    words = {word.lower() for word in _WORDS.findall(tool.name)}
    properties = as_object(tool.schema.get("properties"))
    if words & _SHELLS and properties.keys() & {"command", "cmd"}:
        return 0
    if words & _ACTORS:
        return None
    return 1 if words & _READERS else 2
