"""Claude Code: `env` in its settings.json, which beats the shell's environment.

A custom base URL makes it leave out three things; the settings that bring them back are set with it. Tool search works
only where Anthropic itself answers.
"""

import json
from pathlib import Path as FilePath
from typing import Any

from tokenman_tui.wiring.client import Client, Environment, Gateway, SettingsFile, Started, Values, home
from tokenman_tui.wiring.formats import Path
from tokenman_tui.wiring.json_text import FORMAT

_ADDRESS: Path = ("env", "ANTHROPIC_BASE_URL")


def variables(gateway: Gateway) -> dict[str, str]:
    search = {"ENABLE_TOOL_SEARCH": "true"} if gateway.anthropic_upstream else {}
    return {
        "ANTHROPIC_BASE_URL": gateway.base_url,
        **search,
        "CLAUDE_CODE_ENABLE_FINE_GRAINED_TOOL_STREAMING": "1",
        "CLAUDE_CODE_PROPAGATE_TRACEPARENT": "1",
        "CLAUDE_CODE_GATEWAY_HINT_HEADERS": "1",
    }


def _place(environ: Environment) -> FilePath:
    folder = environ.get("CLAUDE_CONFIG_DIR")
    return (FilePath(folder).expanduser() if folder else home(environ) / ".claude") / "settings.json"


def _values(gateway: Gateway, _: Any) -> Values:  # noqa: ANN401
    return {("env", name): value for name, value in variables(gateway).items()}


def _start(gateway: Gateway, arguments: list[str], _: Environment) -> Started:
    own = variables(gateway)
    given = any(one == "--settings" or one.startswith("--settings=") for one in arguments)
    settings = [] if given else ["--settings", json.dumps({"env": own})]
    return Started(["claude", *settings, *arguments], own)


def _steps(gateway: Gateway) -> list[str]:
    if gateway.anthropic_upstream:
        return []
    return ["MCP tool search stays off, because a provider other than Anthropic answers."]


CLAUDE_CODE = Client(
    key="claude-code",
    title="Claude Code",
    file=SettingsFile(_place, FORMAT, _values, lambda _: [_ADDRESS]),
    start=_start,
    steps=_steps,
)
