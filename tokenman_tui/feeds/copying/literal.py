"""JSON values as Python literals."""

import math

DEEPEST = 40
"""Python's own parser gives up at a hundred brackets."""
PAD = "    "


def literal(value: object, depth: int = 0) -> str:
    """Source that evaluates to the value, over several lines. Raises ValueError for what has no literal: infinities,
    and what is nested too deeply."""
    if depth > DEEPEST:
        raise ValueError("nested too deeply for a literal")
    if isinstance(value, dict):
        return _block("{}", [f"{key!r}: {literal(each, depth + 1)}" for key, each in value.items()], depth)
    if isinstance(value, list):
        return _block("[]", [literal(each, depth + 1) for each in value], depth)
    if isinstance(value, float) and not math.isfinite(value):
        raise ValueError("no literal for an infinite number")
    return repr(value)


def _block(brackets: str, parts: list[str], depth: int) -> str:
    if not parts:
        return brackets
    pad = PAD * (depth + 1)
    lines = "".join(f"{pad}{part},\n" for part in parts)
    return f"{brackets[0]}\n{lines}{PAD * depth}{brackets[1]}"
