"""opencode: `provider.<vendor>.options.baseURL` in its configuration, for one run through a variable."""

import json
from pathlib import Path as FilePath
from typing import Any

from tokenman_tui.wiring.client import Client, Environment, Gateway, SettingsFile, Started, Values, home
from tokenman_tui.wiring.formats import Path
from tokenman_tui.wiring.json_text import FORMAT, put

_VENDORS = ("anthropic", "openai")
_CONTENT = "OPENCODE_CONFIG_CONTENT"


def _path(vendor: str) -> Path:
    return ("provider", vendor, "options", "baseURL")


def _place(environ: Environment) -> FilePath:
    named = environ.get("OPENCODE_CONFIG")
    if named:
        return FilePath(named).expanduser()
    folder = FilePath(environ.get("XDG_CONFIG_HOME") or home(environ) / ".config") / "opencode"
    commented = folder / "opencode.jsonc"
    return commented if commented.exists() else folder / "opencode.json"


def _values(gateway: Gateway, _: Any) -> Values:  # noqa: ANN401
    return {_path(vendor): gateway.openai_url for vendor in _VENDORS}


def _start(gateway: Gateway, arguments: list[str], environ: Environment) -> Started:
    content = environ.get(_CONTENT) or json.dumps({})
    for path, value in _values(gateway, None).items():
        content = put(content, path, value)
    return Started(["opencode", *arguments], {_CONTENT: content})


OPENCODE = Client(
    key="opencode",
    title="opencode",
    file=SettingsFile(_place, FORMAT, _values, lambda _: [_path(vendor) for vendor in _VENDORS]),
    start=_start,
)
