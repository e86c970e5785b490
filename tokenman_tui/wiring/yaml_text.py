"""YAML files. The parser says where each node stands; what is written goes between the bytes that are there."""

import json
import re
from typing import Any

import yaml
from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from tokenman_tui.wiring.formats import CannotEdit, Format, Path, changed


def parse(text: str) -> Any:  # noqa: ANN401 - whatever YAML holds
    try:
        document = yaml.safe_load(text)
    except (yaml.YAMLError, RecursionError) as error:
        raise CannotEdit(f"it is not YAML ({str(error).splitlines()[0]})") from None
    return {} if document is None else document


def put(text: str, path: Path, value: object) -> str:
    before = parse(text)
    wanted = changed(before, path, value)
    if wanted == before:
        return text
    root = yaml.compose(text, Loader=yaml.SafeLoader)
    new = _with_root(text, path, value) if root is None else _spliced(text, root, path, value)
    try:
        right = parse(new) == wanted
    except CannotEdit:
        right = False
    if not right:
        raise CannotEdit("its form is too unusual to be edited safely")
    return new


FORMAT = Format(parse, put, upwards=True)


def _with_root(text: str, path: Path, value: object) -> str:
    gap = "" if not text or text.endswith("\n") else "\n"
    return f"{text}{gap}{_said(path, value)}\n"


def _said(path: Path, value: object) -> str:
    """The member as one line: JSON is YAML."""
    nested = changed(None, path[1:], value)
    return f"{_key(path[0])}: {json.dumps(nested, ensure_ascii=False)}"


def _key(name: str | int) -> str:
    return str(name) if re.fullmatch(r"[A-Za-z][\w-]*", str(name)) and parse(str(name)) == name else json.dumps(name)


def _spliced(text: str, root: Node, path: Path, value: object) -> str:
    node = root
    for depth, part in enumerate(path):
        if isinstance(node, SequenceNode) and isinstance(part, int):
            node = node.value[part]
            continue
        if not isinstance(node, MappingNode):
            raise CannotEdit("it holds something else where a table belongs")
        member = next((pair for pair in node.value if pair[0].value == part), None)
        if member is None:
            return _inserted(text, node, _said(path[depth:], value))
        if depth + 1 == len(path):
            return _removed(text, node, member) if value is None else _replaced(text, member, value)
        node = member[1]
    raise CannotEdit("it holds a list where a table belongs")


def _end(node: Node) -> int:
    """Where the last character of a node stands; a block's own end mark is at whatever follows it."""
    if isinstance(node, MappingNode) and not node.flow_style and node.value:
        return _end(node.value[-1][1])
    if isinstance(node, SequenceNode) and not node.flow_style and node.value:
        return _end(node.value[-1])
    return int(node.end_mark.index)


def _replaced(text: str, member: tuple[Node, Node], value: object) -> str:
    key, old = member
    colon = text.index(":", key.end_mark.index)
    return f"{text[: colon + 1]} {json.dumps(value, ensure_ascii=False)}{text[_end(old) :]}"


def _inserted(text: str, table: MappingNode, said: str) -> str:
    """Below the first member when that is one line, else above it: comments at the end stay at the end."""
    if table.flow_style:
        at = table.start_mark.index + 1
        return f"{text[:at]}{said}{', ' if table.value else ''}{text[at:]}"
    key, value = table.value[0]
    indent = " " * key.start_mark.column
    if isinstance(value, ScalarNode) and value.style not in {"|", ">"}:
        at = _line_end(text, _end(value))
        gap = "" if text[:at].endswith("\n") else "\n"
        return f"{text[:at]}{gap}{indent}{said}\n{text[at:]}"
    at = key.start_mark.index
    return f"{text[:at]}{said}\n{indent}{text[at:]}"


def _line_end(text: str, at: int) -> int:
    newline = text.find("\n", at)
    return len(text) if newline < 0 else newline + 1


def _removed(text: str, table: MappingNode, member: tuple[Node, Node]) -> str:
    key, value = member
    index = next(at for at, pair in enumerate(table.value) if pair[0] is key)
    if table.flow_style and index + 1 < len(table.value):
        return text[: key.start_mark.index] + text[table.value[index + 1][0].start_mark.index :]
    line = text.rfind("\n", 0, key.start_mark.index) + 1
    if not table.flow_style and not text[line : key.start_mark.index].strip():
        return text[:line] + text[_line_end(text, _end(value)) :]
    raise CannotEdit("what was set cannot be taken out on its own")
