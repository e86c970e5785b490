"""aider: .aider.conf.yml in the home directory. It calls Anthropic through litellm, which reads a variable."""

from pathlib import Path as FilePath
from typing import Any

from tokenman_tui.wiring.client import Client, Environment, Gateway, SettingsFile, Started, Values, home
from tokenman_tui.wiring.formats import CannotEdit, Path, value_at
from tokenman_tui.wiring.yaml_text import FORMAT

_ADDRESS: Path = ("openai-api-base",)
_VARIABLES: Path = ("set-env",)
_ANTHROPIC = "ANTHROPIC_API_BASE="


def _place(environ: Environment) -> FilePath:
    return home(environ) / ".aider.conf.yml"


def _values(gateway: Gateway, document: Any) -> Values:  # noqa: ANN401
    known = value_at(document, _VARIABLES) or []
    known = [known] if isinstance(known, str) else known
    if not isinstance(known, list):
        raise CannotEdit("set-env in it is neither text nor a list")
    others = [one for one in known if not str(one).startswith(_ANTHROPIC)]
    return {_ADDRESS: gateway.openai_url, _VARIABLES: [*others, f"{_ANTHROPIC}{gateway.base_url}"]}


def _start(gateway: Gateway, arguments: list[str], _: Environment) -> Started:
    own = ["--openai-api-base", gateway.openai_url, "--set-env", f"{_ANTHROPIC}{gateway.base_url}"]
    return Started(["aider", *own, *arguments], {})


AIDER = Client(
    key="aider",
    title="aider",
    file=SettingsFile(_place, FORMAT, _values, lambda _: [_ADDRESS]),
    start=_start,
    steps=lambda _: ["A .aider.conf.yml in a project's own directory comes before this one."],
)
