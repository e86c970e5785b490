"""JSON files, with the comments and trailing commas that editors allow in them."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from tokenman_tui.wiring.formats import CannotEdit, Format, Path, changed

_TOKENS = re.compile(r'"(?:\\.|[^"\\])*"|//[^\n]*|/\*.*?\*/', re.DOTALL)
_TRAILING = re.compile(r'"(?:\\.|[^"\\])*"|,(?=\s*[}\]])')
_SPACE = re.compile(r"\s*")


@dataclass(frozen=True, slots=True)
class _Member:
    key: str
    start: int
    value_start: int
    end: int


def parse(text: str) -> Any:  # noqa: ANN401 - whatever JSON holds
    try:
        return json.loads(_bare(text)) if text.strip() else {}
    except (ValueError, RecursionError) as error:
        raise CannotEdit(f"it is not JSON ({error})") from None


def put(text: str, path: Path, value: object) -> str:
    before = parse(text)
    wanted = changed(before, path, value)
    if wanted == before:
        return text
    new = f"{json.dumps(wanted, indent=2, ensure_ascii=False)}\n" if not text.strip() else _spliced(text, path, value)
    if parse(new) != wanted:
        raise CannotEdit("its form is too unusual to be edited safely")
    return new


FORMAT = Format(parse, put, upwards=True)


def _bare(text: str) -> str:
    """Comments and trailing commas as spaces: JSON with every character at the place where it was."""
    text = _TOKENS.sub(lambda found: found[0] if found[0].startswith('"') else _blank(found[0]), text)
    return _TRAILING.sub(lambda found: " " if found[0] == "," else found[0], text)


def _blank(text: str) -> str:
    return re.sub(r"[^\n]", " ", text)


def _spliced(text: str, path: Path, value: object) -> str:
    bare = _bare(text)
    start = _space(bare, 0)
    for depth, part in enumerate(path):
        members = list(_members(bare, start))
        index = next((at for at, member in reversed([*enumerate(members)]) if member.key == part), None)
        rest = path[depth + 1 :]
        if index is None:
            return _inserted(text, start, members, str(part), changed(None, rest, value))
        if not rest:
            return _removed(text, start, members, index) if value is None else _replaced(text, members[index], value)
        start = members[index].value_start
    raise CannotEdit("it holds a list where a table belongs")


def _space(bare: str, at: int) -> int:
    found = _SPACE.match(bare, at)
    return found.end() if found else at


def _members(bare: str, start: int) -> Iterator[_Member]:
    """The members of the object that begins at `start`."""
    if bare[start : start + 1] != "{":
        raise CannotEdit("it holds something else where a table belongs")
    decoder, at = json.JSONDecoder(), _space(bare, start + 1)
    while bare[at] != "}":
        key, after = decoder.raw_decode(bare, at)
        value_start = _space(bare, _space(bare, after) + 1)
        _, end = decoder.raw_decode(bare, value_start)
        yield _Member(key, at, value_start, end)
        at = _space(bare, end)
        at = _space(bare, at + 1) if bare[at] == "," else at


def _replaced(text: str, member: _Member, value: object) -> str:
    return text[: member.value_start] + json.dumps(value, ensure_ascii=False) + text[member.end :]


def _inserted(text: str, start: int, members: list[_Member], key: str, value: object) -> str:
    """In front of the other members: comments that follow those stay beside them."""
    if not members:
        outer = _line_before(text, start)
        outer = outer[: len(outer) - len(outer.lstrip())]
        said = _said(key, value, f"{outer}  ", "  ")
        return f"{text[: start + 1]}\n{outer}  {said}\n{outer}{text[_space(text, start + 1) :]}"
    first = members[0].start
    indent = _line_before(text, first)
    if indent.strip():
        return f"{text[:first]}{_said(key, value, None, '')}, {text[first:]}"
    return f"{text[:first]}{_said(key, value, indent, _step(indent))},\n{indent}{text[first:]}"


def _said(key: str, value: object, indent: str | None, step: str) -> str:
    body = json.dumps(value, indent=None if indent is None else step, ensure_ascii=False)
    return f"{json.dumps(key, ensure_ascii=False)}: {body}".replace("\n", f"\n{indent}")


def _line_before(text: str, at: int) -> str:
    return text[text.rfind("\n", 0, at) + 1 : at]


def _step(indent: str) -> str:
    return "\t" if indent.startswith("\t") else "    " if len(indent) == 4 else "  "


def _removed(text: str, start: int, members: list[_Member], index: int) -> str:
    if index + 1 < len(members):
        return text[: members[index].start] + text[members[index + 1].start :]
    if index:
        return text[: members[index - 1].end] + text[members[index].end :]
    return text[: start + 1] + text[members[index].end :].lstrip()
