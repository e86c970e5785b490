"""Careful reading of JSON that a stranger sent, and the one way the mock writes it."""

from typing import Any, TypeGuard

import msgspec

JsonObject = dict[str, Any]
"""A decoded JSON object; its values are whatever the sender put there."""

_ENCODER = msgspec.json.Encoder()


def is_object(value: object) -> TypeGuard[JsonObject]:
    """Whether `value` is a JSON object."""
    return isinstance(value, dict)


def as_object(value: object) -> JsonObject:
    """`value` when it is an object, else an empty one."""
    return value if is_object(value) else {}


def as_objects(value: object) -> list[JsonObject]:
    """The objects of a list; anything else in it, or anything that is no list, is left out."""
    return [item for item in value if is_object(item)] if isinstance(value, list) else []


def as_list(value: object) -> list[object]:
    """`value` when it is a list, else an empty one."""
    return value if isinstance(value, list) else []


def as_number(value: object) -> int | float | None:
    """`value` when it is a number and no boolean, else None."""
    return value if isinstance(value, (int, float)) and not isinstance(value, bool) else None


def as_text(value: object) -> str:
    """`value` when it is a string, else an empty one."""
    return value if isinstance(value, str) else ""


def as_count(value: object) -> int | None:
    """`value` when it is a whole number and no boolean, else None."""
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def text_parts(content: object) -> str:
    """The text of a message content: the string itself, or the `text` of its parts joined with line ends."""
    if isinstance(content, str):
        return content
    return "\n".join(text for part in as_objects(content) if (text := as_text(part.get("text"))))


def to_json(value: object) -> bytes:
    """Compact UTF-8 JSON with every character beyond ASCII written as itself, as the vendors write it."""
    return _ENCODER.encode(value)


def from_json(data: bytes) -> object:
    """The value in `data`.

    Raises:
        ValueError: it is not JSON, or nested deeper than the parser goes.
    """
    try:
        return msgspec.json.decode(data)
    except RecursionError as error:
        raise ValueError("the JSON is nested too deeply") from error
