"""TOML files."""

import tomllib
from typing import Any

from proxy_core.config.edit import EditRefused, edit_text
from proxy_core.config.problems import dotted
from tokenman_tui.wiring.formats import CannotEdit, Format, Path, changed


def parse(text: str) -> Any:  # noqa: ANN401 - whatever TOML holds
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise CannotEdit(f"it is not TOML ({error})") from None


def put(text: str, path: Path, value: object) -> str:
    changed(parse(text), path, value)
    try:
        return edit_text(text, {dotted(path): value})  # type: ignore[dict-item]
    except EditRefused as refused:
        raise CannotEdit(str(refused).rstrip(".")) from None


FORMAT = Format(parse, put)
