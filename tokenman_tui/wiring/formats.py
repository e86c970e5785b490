"""Single values in a client's settings file: read, set and taken out, with every other byte left as it is."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

Path = tuple[str | int, ...]
"""Where a value is: keys of tables and indices of lists."""


class CannotEdit(ValueError):
    """A file that cannot be read, or changed without disturbing it. `str()` completes "not changed, because …"."""


@dataclass(frozen=True, slots=True)
class Format:
    """How one kind of file is edited. An empty text stands for a file that is not there. Both raise `CannotEdit`.

    `put` with None takes the value out. What an edit means is checked against the whole file.
    """

    parse: Callable[[str], Any]
    put: Callable[[str, Path, object], str]
    upwards: bool = False
    """Whether `put` writes a new value in front of its siblings."""

    def put_all(self, text: str, values: Mapping[Path, object]) -> str:
        """New values stand in the order of `values`."""
        for path, value in reversed([*values.items()]) if self.upwards else values.items():
            text = self.put(text, path, value)
        return text


def value_at(document: object, path: Path) -> Any:  # noqa: ANN401 - whatever the file holds
    """The value at `path`, or None."""
    node = document
    for part in path:
        if isinstance(part, int):
            node = node[part] if isinstance(node, list) and part < len(node) else None
        else:
            node = node.get(part) if isinstance(node, Mapping) else None
    return node


def changed(document: object, path: Path, value: object) -> Any:  # noqa: ANN401
    """A copy of `document` with the value at `path` replaced, or taken out for None. Missing tables appear."""
    if not path:
        return value
    part, rest = path[0], path[1:]
    if isinstance(part, int):
        if not isinstance(document, list) or part >= len(document):
            raise CannotEdit("a list in it is not as long as it was")
        return [changed(one, rest, value) if index == part else one for index, one in enumerate(document)]
    if document is not None and not isinstance(document, dict):
        raise CannotEdit("it holds something else where a table belongs")
    table: dict[str, Any] = dict(document or {})
    if value is None and (not rest or part not in table):
        table.pop(part, None)
    else:
        table[part] = changed(table.get(part), rest, value)
    return table
