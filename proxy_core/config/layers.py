"""The layers a configuration is made of: where each value comes from, and how a later layer covers an earlier one."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any


class Layer(StrEnum):
    """Where a value can come from, in the order in which the later covers the earlier."""

    DEFAULT = "default"
    FILE = "file"
    ENVIRONMENT = "environment"
    COMMAND_LINE = "command line"


@dataclass(frozen=True, slots=True)
class Origin:
    """Where the value of an option comes from. `detail` is the file with its line, the variable or the argument."""

    layer: Layer
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Setting:
    """One value given outside the file, with its origin. `path` has the provider's key in its place."""

    path: tuple[str, ...]
    value: object
    origin: Origin


def override(key: str, value: object, argument: str) -> Setting:
    """A value from the command line: `override("server.proxy_port", 8000, "--proxy-port")`."""
    return Setting(tuple(key.split(".")), value, Origin(Layer.COMMAND_LINE, argument))


def cover(table: Mapping[str, Any], settings: Iterable[Setting]) -> dict[str, Any]:
    """A copy of `table` with `settings` put over it. What stands where a table belongs is left for validation."""
    covered = _copy(table)
    for setting in settings:
        node: Any = covered
        for part in setting.path[:-1]:
            node = node.setdefault(part, {}) if isinstance(node, dict) else None
        if isinstance(node, dict):
            node[setting.path[-1]] = setting.value
    return covered


def _copy(table: Mapping[str, Any]) -> dict[str, Any]:
    return {key: _copy(value) if isinstance(value, Mapping) else value for key, value in table.items()}
