"""Validation errors to problems: which file position, variable or argument is at fault, and what it should say."""

from collections.abc import Mapping, Sequence

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from proxy_core.config.catalogue import ANY_KEY, Entry, entries
from proxy_core.config.document import Document
from proxy_core.config.layers import Setting
from proxy_core.config.problems import Problem, dotted, nearest
from proxy_core.config.providers import BUILT_IN

_TOLD = 1_000
"""Most problems that are looked into: a file can hold more mistakes than anybody reads."""

_SIZES = {
    "string_too_short": "text that is not empty",
    "string_too_long": "text of at most {max_length} characters",
    "too_long": "at most {max_length} entries",
}
_FOUND = {str: "text", bool: "true or false", list: "a list", dict: "a table"}


class Blame:
    """Knows the layers that were validated. `settings` are in the order in which the later covers the earlier."""

    def __init__(self, document: Document, settings: Sequence[Setting]) -> None:
        self._document = document
        self._settings: Mapping[tuple[str | int, ...], Setting] = {setting.path: setting for setting in settings}
        self._entries = {entry.path: entry for entry in entries()}

    def problems(self, error: ValidationError) -> list[Problem]:
        details = error.errors(include_url=False)[:_TOLD]
        refused = [detail["loc"][:-1] for detail in details if _is_about_a_key(detail)]
        found = [self._problem(detail) for detail in details if not _follows(detail, refused)]
        return sorted(found, key=lambda problem: (problem.line or 0, problem.column or 0))

    def _problem(self, detail: ErrorDetails) -> Problem:
        path = detail["loc"]
        if detail["type"] == "sibling":
            path = (*path, detail["ctx"]["option"])
        if _is_about_a_key(detail):
            path = path[:-1]
        return self._placed(path, self._text(path, detail))

    def _placed(self, path: tuple[str | int, ...], text: str) -> Problem:
        key = dotted(path)
        setting = next(
            (self._settings[part] for end in range(len(path), 0, -1) if (part := path[:end]) in self._settings), None
        )
        if setting is not None:
            return Problem(text, key, source=setting.origin.detail)
        at = self._document.where(path)
        if at is None:
            return Problem(text, key)
        return Problem(text, key, file=self._document.path, line=at.line, column=at.column)

    def _text(self, path: tuple[str | int, ...], detail: ErrorDetails) -> str:
        name = dotted(path)
        match detail["type"]:
            case "extra_forbidden":
                return f"{name} is not an option{self._nearest(path)}"
            case "missing":
                return f"{dotted(path[:-1])} lacks {path[-1]}{nearest(str(path[-2]), BUILT_IN)}"
            case "value_error":
                return f"{name} must be {detail['ctx']['error']}"
            case "sibling":
                return f"{name} must be {detail['msg']}"
        return f"{name} must be {self._expected(path, detail)}"

    def _expected(self, path: tuple[str | int, ...], detail: ErrorDetails) -> str:
        if detail["type"] in _SIZES:
            return _SIZES[detail["type"]].format(**detail["ctx"])
        entry = self._entry(path)
        whole = entry is not None and len(entry.path) == len(path)
        expected = entry.expected if entry and whole else "text" if entry else "a table"
        hint = nearest(str(detail["input"]), entry.choices) if entry else ""
        return f"{expected}, not {_found(detail['input'])}{hint}"

    def _entry(self, path: tuple[str | int, ...]) -> Entry | None:
        return next((entry for pattern, entry in self._entries.items() if _fits(pattern, path)), None)

    def _nearest(self, path: tuple[str | int, ...]) -> str:
        depth = len(path) - 1
        siblings = {
            entry[depth] for entry in self._entries if _fits(entry[:depth], path[:depth]) and len(entry) > depth
        }
        return nearest(str(path[-1]), sorted(siblings - {ANY_KEY}))


def _fits(pattern: tuple[str, ...], path: tuple[str | int, ...]) -> bool:
    """Whether `path` is `pattern` or below it."""
    return len(path) >= len(pattern) and all(a in {ANY_KEY, b} for a, b in zip(pattern, path, strict=False))


def _follows(detail: ErrorDetails, refused: Sequence[tuple[str | int, ...]]) -> bool:
    """Whether this error is only about the contents of an entry whose very key was refused."""
    return not _is_about_a_key(detail) and any(detail["loc"][: len(path)] == path for path in refused)


def _is_about_a_key(detail: ErrorDetails) -> bool:
    """Whether a chosen key itself was refused, which pydantic marks with a last part that a key could also be."""
    return detail["loc"][-1:] == ("[key]",) and detail["type"] in {"value_error", *_SIZES}


def _found(value: object) -> str:
    """What was found, told so that a pasted key is not repeated: numbers as they are, all else by its kind."""
    if isinstance(value, int | float) and not isinstance(value, bool):
        return str(value)
    return _FOUND.get(type(value), "a date or time")
