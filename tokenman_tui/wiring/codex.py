"""Codex: a provider of its own in config.toml, because the built-in one called openai cannot be overridden.

Without `supports_websockets = false` it tries a WebSocket first; `requires_openai_auth` keeps the login that it has.
"""

from pathlib import Path as FilePath
from typing import Any

import tomlkit

from tokenman_tui.wiring.client import Client, Environment, Gateway, SettingsFile, Started, Values, home
from tokenman_tui.wiring.formats import Path
from tokenman_tui.wiring.toml_text import FORMAT

_ADDRESS: Path = ("model_providers", "tokenman", "base_url")


def provider(gateway: Gateway) -> dict[str, str | bool]:
    return {
        "name": "TokenMan",
        "base_url": gateway.openai_url,
        "wire_api": "responses",
        "requires_openai_auth": True,
        "supports_websockets": False,
    }


def _place(environ: Environment) -> FilePath:
    folder = environ.get("CODEX_HOME")
    return (FilePath(folder).expanduser() if folder else home(environ) / ".codex") / "config.toml"


def _values(gateway: Gateway, _: Any) -> Values:  # noqa: ANN401
    values: dict[Path, str | bool] = {("model_provider",): "tokenman"}
    values |= {("model_providers", "tokenman", name): value for name, value in provider(gateway).items()}
    return values


def _start(gateway: Gateway, arguments: list[str], _: Environment) -> Started:
    own = {f"model_providers.tokenman.{name}": value for name, value in provider(gateway).items()}
    options = {"model_provider": "tokenman", **own}
    said = [part for name, value in options.items() for part in ("-c", f"{name}={tomlkit.item(value).as_string()}")]
    return Started(["codex", *said, *arguments], {})


CODEX = Client(
    key="codex",
    title="Codex",
    file=SettingsFile(_place, FORMAT, _values, lambda _: [_ADDRESS]),
    start=_start,
    steps=lambda _: ["A login with a ChatGPT account is answered elsewhere than an API key's: use an API key here."],
)
