"""Continue: `apiBase` of each model in config.yaml that would call Anthropic or OpenAI."""

from collections.abc import Iterator
from pathlib import Path as FilePath
from typing import Any
from urllib.parse import urlsplit

from tokenman_tui.wiring.client import Client, Environment, Gateway, SettingsFile, Values, home
from tokenman_tui.wiring.formats import CannotEdit, Path, value_at
from tokenman_tui.wiring.yaml_text import FORMAT

_VENDORS = {"anthropic": "api.anthropic.com", "openai": "api.openai.com"}


def _place(environ: Environment) -> FilePath:
    folder = environ.get("CONTINUE_GLOBAL_DIR")
    return (FilePath(folder).expanduser() if folder else home(environ) / ".continue") / "config.yaml"


def _models(document: Any) -> Iterator[tuple[int, str, str | None]]:  # noqa: ANN401
    """Index, provider and address of each model of the two vendors."""
    models = value_at(document, ("models",))
    for index, one in enumerate(models if isinstance(models, list) else []):
        if isinstance(one, dict) and one.get("provider") in _VENDORS:
            yield index, one["provider"], one.get("apiBase")


def _values(gateway: Gateway, document: Any) -> Values:  # noqa: ANN401
    own: dict[Path, str] = {
        ("models", index, "apiBase"): f"{gateway.openai_url}/"
        for index, vendor, address in _models(document)
        if address is None or urlsplit(str(address)).hostname == _VENDORS[vendor] or gateway.is_meant_by(address)
    }
    if not own:
        raise CannotEdit("it lists no model that calls Anthropic or OpenAI")
    return own


def _addresses(document: Any) -> list[Path]:  # noqa: ANN401
    return [("models", index, "apiBase") for index, _, address in _models(document) if address is not None]


CONTINUE = Client(
    key="continue",
    title="Continue",
    file=SettingsFile(_place, FORMAT, _values, _addresses),
    steps=lambda _: ["Models that Continue takes from its hub keep their own addresses."],
)
