"""Dotted names of options, as people and problems write them, back to paths: the inverse of `problems.dotted`."""

import re
import tomllib

_PART = r"""(?:[A-Za-z0-9_-]+|"(?:[^"\\\n]|\\[^\n])*"|'[^'\n]*')"""
_NAME = re.compile(rf"{_PART}(?:\.{_PART})*")


def parse_path(name: str) -> tuple[str, ...]:
    """`providers."my.llm".api_base` as ("providers", "my.llm", "api_base"). `ValueError` for anything else."""
    if _NAME.fullmatch(name) is None:
        raise ValueError(f"{name[:80]!r} is not an option's name: parts joined by dots, quoted where they hold one")
    try:
        node: object = tomllib.loads(f"{name} = 0")
    except tomllib.TOMLDecodeError:
        raise ValueError(f"{name[:80]!r} is not an option's name: an escape in it means nothing") from None
    path: tuple[str, ...] = ()
    while isinstance(node, dict):
        ((part, node),) = node.items()
        path = (*path, part)
    return path
