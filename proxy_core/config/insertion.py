"""Writing a new option where a reader looks for it: below its commented-out default, else after its table's last."""

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass

import tomlkit

from proxy_core.config.positions import statements


@dataclass(frozen=True, slots=True)
class _Line:
    start: int
    end: int
    text: str


def insert(text: str, path: tuple[str, ...], value: object) -> str | None:
    """`text` with a new line for the option, or with a new table at its end. None where that is not the way."""
    if value is None or len(path) < 2:
        return None
    newline = "\r\n" if "\r\n" in text else "\n"
    line = f"{_key(path[-1])} = {tomlkit.item(value).as_string()}{newline}"
    block = _block(text, path[:-1])
    if not block:
        return _with_table(text, path[:-1], line, newline)
    at = _place(block, path[-1])
    gap = "" if at == 0 or text[:at].endswith("\n") else newline
    return f"{text[:at]}{gap}{line}{text[at:]}"


def _key(part: str) -> str:
    return tomlkit.key(part).as_string()


def _with_table(text: str, table: tuple[str, ...], line: str, newline: str) -> str:
    header = f"[{'.'.join(_key(part) for part in table)}]{newline}"
    if not text:
        return header + line
    gap = newline if text.endswith("\n") else newline * 2
    return f"{text}{gap}{header}{line}"


def _block(text: str, table: tuple[str, ...]) -> list[_Line]:
    """The statements from the table's own header up to the next header; empty when it has no header of its own."""
    found: list[_Line] = []
    for line in _lines(text):
        header = line.text.lstrip().startswith("[")
        if found and header:
            break
        if found or (header and _header_path(line.text) == table):
            found.append(line)
    return found


def _lines(text: str) -> Iterator[_Line]:
    for start, statement in statements(text):
        yield _Line(start, start + len(statement), statement)


def _header_path(header: str) -> tuple[str, ...]:
    path: tuple[str, ...] = ()
    node: object = tomllib.loads(header)
    while isinstance(node, dict) and node:
        ((part, node),) = node.items()
        path = (*path, part)
    return path if isinstance(node, dict) else ()


def _place(block: list[_Line], key: str) -> int:
    commented = re.compile(rf"#\s*{re.escape(_key(key))}\s*=")
    below = [line.end for line in block[1:] if commented.match(line.text.lstrip())]
    if below:
        return below[0]
    taken = [line.end for line in block[1:] if line.text.strip() and not line.text.lstrip().startswith("#")]
    return taken[-1] if taken else block[0].end
