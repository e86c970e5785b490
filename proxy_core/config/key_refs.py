"""The shapes in which the configuration names a key without holding it."""

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Literal
from urllib.parse import unquote, urlsplit

_VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_SHAPES = "keyring://service/name, keychain:service/name, env:VARIABLE, file:///path or empty, never the key itself"


@dataclass(frozen=True, slots=True)
class KeyRef:
    """A parsed reference. `place` is the keyring's service, the variable or the path; `name` is the keyring's entry."""

    kind: Literal["keyring", "env", "file"]
    place: str
    name: str = ""


def parse_key_ref(text: str) -> KeyRef:
    """Read a reference. `ValueError` completes "must be …" and never repeats the text, which may be a pasted key."""
    for prefix in ("keyring://", "keychain:"):
        if text.startswith(prefix):
            service, _, name = text.removeprefix(prefix).partition("/")
            if service and name:
                return KeyRef("keyring", service, name)
    if text.startswith("env:") and _VARIABLE.fullmatch(text.removeprefix("env:")):
        return KeyRef("env", text.removeprefix("env:"))
    if text.startswith("file://"):
        return _file(text)
    raise ValueError(_SHAPES)


def _file(text: str) -> KeyRef:
    try:
        parts = urlsplit(text)
    except ValueError:
        raise ValueError(_SHAPES) from None
    path = unquote(parts.path)
    plain = parts.netloc in {"", "localhost"} and "?" not in text and "#" not in text and "\0" not in path
    if not plain or not Path(path).is_absolute():
        raise ValueError("file:///path with an absolute path")
    return KeyRef("file", path)


def check_key_ref(text: str) -> str:
    """Validator of a `key_ref` option; empty text means that there is no stored key."""
    if text:
        parse_key_ref(text)
    return text
