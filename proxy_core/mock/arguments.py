"""Values that fit a JSON Schema, made from a digest: for tool arguments and for structured replies."""

import shlex
from collections.abc import Callable, Mapping

from proxy_core.mock.jsonshape import (
    JsonObject,
    as_count,
    as_list,
    as_number,
    as_object,
    as_objects,
    as_text,
    is_object,
)

_MAX_DEPTH = 12

COMMANDS = ("ls", "pwd", 'echo "checking the working tree"', 'echo "looking for the failing test"', "ls -a")
"""Shell commands that any client may run for real: they read or print, and change nothing."""

_BY_NAME: Mapping[str, str] = {
    "description": "Look at the working tree",
    "justification": "Only reads",
    "file_path": "README.md",
    "path": ".",
    "dir_path": ".",
    "workdir": ".",
    "pattern": "TODO",
    "query": "how requests are retried",
    "url": "https://example.com/",
    "location": "Paris",
    "city": "Paris",
    "prompt": "Summarise the page in a sentence.",
}
_BY_FORMAT: Mapping[str, str] = {
    "date": "2026-01-15",
    "time": "12:00:00Z",
    "date-time": "2026-01-15T12:00:00Z",
    "uri": "https://example.com/",
    "email": "someone@example.com",
    "uuid": "00000000-0000-4000-8000-000000000000",
    "ipv4": "192.0.2.1",
    "hostname": "example.com",
}


def harmless_command(seed: bytes, text: str | None = None) -> str:
    """One of `COMMANDS`, or a command that prints `text` and cannot do anything else."""
    return COMMANDS[seed[1] % len(COMMANDS)] if text is None else f"echo {shlex.quote(text)}"


class Filler:
    """Fills one schema. `text`, if given, is what free strings say instead of something harmless."""

    def __init__(self, schema: JsonObject, seed: bytes, text: str | None = None) -> None:
        self._root = schema
        self._seed = seed
        self._text = text

    def value(self) -> object:
        """A value for the whole schema."""
        return self._fill(self._root, "", 0)

    def _fill(self, schema: JsonObject, name: str, depth: int) -> object:
        schema = self._resolved(schema)
        if depth > _MAX_DEPTH:
            return None
        if "const" in schema:
            return schema["const"]
        if choices := as_list(schema.get("enum")):
            return choices[self._seed[0] % len(choices)]
        for key in ("anyOf", "oneOf"):
            if options := as_objects(schema.get(key)):
                return self._fill(_simplest(options), name, depth + 1)
        maker = self._makers().get(_kind(schema))
        return maker(schema, name, depth) if maker else None

    def _makers(self) -> Mapping[str, Callable[[JsonObject, str, int], object]]:
        return {
            "object": self._object,
            "array": self._array,
            "string": self._string,
            "integer": lambda schema, _name, _depth: _number(schema),
            "number": lambda schema, _name, _depth: _number(schema),
            "boolean": lambda schema, _name, _depth: bool(schema.get("default", False)),
        }

    def _object(self, schema: JsonObject, _name: str, depth: int) -> JsonObject:
        properties = as_object(schema.get("properties"))
        required = [key for key in as_list(schema.get("required")) if isinstance(key, str)]
        if depth == 0 and "description" in properties and "description" not in required:
            required.append("description")
        return {key: self._fill(as_object(properties.get(key)), key, depth + 1) for key in required}

    def _array(self, schema: JsonObject, name: str, depth: int) -> list[object]:
        if name in {"command", "cmd"}:
            return ["bash", "-lc", harmless_command(self._seed, self._text)]
        count = min(max(as_count(schema.get("minItems")) or 0, 1), 16)
        return [self._fill(as_object(schema.get("items")), name, depth + 1) for _ in range(count)]

    def _string(self, schema: JsonObject, name: str, _depth: int) -> str:
        if name in {"command", "cmd"}:
            text = harmless_command(self._seed, self._text)
        else:
            fallback = self._text if self._text is not None else _BY_NAME.get(name, name or "value")
            text = _BY_FORMAT.get(as_text(schema.get("format")), fallback)
        text = text.ljust(min(as_count(schema.get("minLength")) or 0, 10_000), ".")
        longest = as_count(schema.get("maxLength"))
        return text if longest is None else text[: max(longest, 0)]

    def _resolved(self, schema: JsonObject) -> JsonObject:
        for _ in range(_MAX_DEPTH):
            reference = as_text(schema.get("$ref"))
            if not reference.startswith("#"):
                break
            target: object = self._root
            for step in reference.split("/")[1:]:
                target = as_object(target).get(step.replace("~1", "/").replace("~0", "~"))
            schema = as_object(target)
        return _merged(schema)


def _merged(schema: JsonObject) -> JsonObject:
    """`schema` with the properties and demands of its `allOf` parts drawn into it."""
    merged = dict(schema)
    for part in as_objects(schema.get("allOf")):
        for key, value in part.items():
            if is_object(merged.get(key)) and is_object(value):
                merged[key] = {**merged[key], **value}
            elif isinstance(merged.get(key), list) and isinstance(value, list):
                merged[key] = [*merged[key], *value]
            else:
                merged.setdefault(key, value)
    return merged


def _simplest(options: list[JsonObject]) -> JsonObject:
    return next((option for option in options if as_text(option.get("type")) not in {"null", ""}), options[0])


def _kind(schema: JsonObject) -> str:
    kind = schema.get("type")
    if isinstance(kind, list):
        kind = next((item for item in kind if item != "null"), "null")
    if isinstance(kind, str):
        return kind
    if "properties" in schema:
        return "object"
    return "array" if "items" in schema else "string"


def _number(schema: JsonObject) -> int | float:
    above, below = as_number(schema.get("exclusiveMinimum")), as_number(schema.get("exclusiveMaximum"))
    lows = [as_number(schema.get("minimum")), None if above is None else above + 1]
    highs = [as_number(schema.get("maximum")), None if below is None else below - 1]
    usual = as_number(schema.get("default"))
    number = max([1 if usual is None else usual, *(low for low in lows if low is not None)])
    return min([number, *(high for high in highs if high is not None)])
