"""JSON of any shape, read without ever failing: what is not there is empty, what is something else is left alone."""

import json
from collections.abc import Iterator, Mapping, Sequence

import msgspec

_MEMBERS = msgspec.json.Decoder(dict[str, msgspec.Raw])
_ELEMENTS = msgspec.json.Decoder(list[msgspec.Raw])
LARGE_BYTES = 512 * 1024
"""Formatting so much takes about a millisecond."""
PAD = "  "
DEEPEST = 40


def members(raw: bytes) -> dict[str, bytes] | None:
    """The values of an object as they are written; None for anything else. Takes 0.5 ms a megabyte."""
    try:
        return {key: bytes(value) for key, value in _MEMBERS.decode(raw).items()}
    except (ValueError, RecursionError):
        return None


def elements(raw: bytes) -> list[bytes] | None:
    """The elements of an array as they are written; None for anything else."""
    try:
        return [bytes(value) for value in _ELEMENTS.decode(raw)]
    except (ValueError, RecursionError):
        return None


def decoded(raw: bytes) -> object:
    """The value. Raises ValueError for what is not JSON, or is nested too deeply to be read."""
    try:
        return msgspec.json.decode(raw)
    except (ValueError, RecursionError):
        pass
    try:
        return json.loads(raw.decode("utf-8", "replace"))
    except RecursionError:
        raise ValueError("nested too deeply") from None


def as_object(value: object) -> Mapping[str, object]:
    return value if isinstance(value, dict) else {}


def as_list(value: object) -> Sequence[object]:
    return value if isinstance(value, list) else ()


def as_text(value: object) -> str:
    return value if isinstance(value, str) else ""


def pretty(value: object) -> str:
    """A value as indented JSON; a string as itself."""
    if isinstance(value, str):
        return value
    try:
        return msgspec.json.format(msgspec.json.encode(value), indent=len(PAD)).decode()
    except (ValueError, TypeError, RecursionError):
        pass
    try:
        return json.dumps(value, indent=len(PAD))
    except (ValueError, TypeError, RecursionError):
        return "(nested too deeply to be shown here)"


def as_written(raw: bytes) -> str:
    """The bytes as text; what is no text becomes a replacement mark."""
    return raw.decode("utf-8", "replace")


def formatted(raw: bytes, depth: int = 0) -> Iterator[str]:
    """JSON with line breaks and indents, in pieces that each take a millisecond or so; numbers and escapes stay as they
    are written. What is not JSON stays as it is."""
    if len(raw) > LARGE_BYTES and depth < DEEPEST:
        inner = _large(raw, depth)
        if inner is not None:
            yield from inner
            return
    try:
        text = as_written(msgspec.json.format(raw, indent=len(PAD)))
    except (ValueError, RecursionError):
        text = as_written(raw)
    yield text.replace("\n", "\n" + PAD * depth) if depth else text


def _large(raw: bytes, depth: int) -> Iterator[str] | None:
    found = elements(raw)
    if found is not None:
        return _joined("[]", [("", value) for value in found], depth)
    named = members(raw)
    if named is None:
        return None
    return _joined("{}", [(f"{json.dumps(key, ensure_ascii=False)}: ", value) for key, value in named.items()], depth)


def _joined(brackets: str, values: list[tuple[str, bytes]], depth: int) -> Iterator[str]:
    pad = "\n" + PAD * (depth + 1)
    yield brackets[0]
    for index, (label, value) in enumerate(values):
        yield ("," if index else "") + pad + label
        yield from formatted(value, depth + 1)
    yield "\n" + PAD * depth + brackets[1]
