"""Query parameters, read strictly: a filter that is silently ignored shows figures that nobody asked for."""

import math
import re
from collections.abc import Collection, Iterable, Mapping
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from enum import Enum
from typing import TypeVar

from proxy_core.expression import Expression, ExpressionError, parse

E = TypeVar("E", bound=Enum)
_STATUS = re.compile(r"([1-5])(?:xx)?|([1-5][0-9]{2})", re.ASCII | re.IGNORECASE)
_END_OF_TIME = datetime(2262, 1, 1, tzinfo=UTC)
"""Nanoseconds from here on do not fit into 64 bits."""


class BadParameter(ValueError):
    """The sentence names the parameter and says what is allowed."""


def gathered(pairs: Iterable[tuple[str, str]], known: Collection[str]) -> Mapping[str, str]:
    """Each parameter once, and none that nobody reads."""
    given: dict[str, str] = {}
    for name, value in pairs:
        if name not in known:
            raise BadParameter(f"Unknown parameter {name[:40]!r}: allowed here are {', '.join(sorted(known))}.")
        if name in given:
            raise BadParameter(f"Parameter {name!r} is given twice: give it once.")
        given[name] = value
    return given


def whole(given: Mapping[str, str], name: str, *, default: int, low: int, high: int) -> int:
    text = given.get(name, str(default))
    # int() alone would take "1_0" and digits of other scripts.
    value = int(text) if text.isascii() and text.isdecimal() and len(text) <= 18 else -1
    if not low <= value <= high:
        raise BadParameter(f"Parameter {name!r} must be a whole number from {low} to {high}.")
    return value


def flag(given: Mapping[str, str], name: str) -> bool:
    text = given.get(name, "0")
    if text not in {"0", "1"}:
        raise BadParameter(f"Parameter {name!r} must be 0 or 1.")
    return text == "1"


def choice(given: Mapping[str, str], name: str, choices: Mapping[str, E]) -> E | None:
    text = given.get(name)
    if text is None:
        return None
    if text not in choices:
        raise BadParameter(f"Parameter {name!r} must be one of {', '.join(choices)}.")
    return choices[text]


def moment(given: Mapping[str, str], name: str) -> datetime | None:
    """RFC 3339, or Unix time in seconds. A time without an offset is UTC."""
    text = given.get(name)
    if text is None:
        return None
    try:
        read = _time(text)
    except (ValueError, OverflowError, OSError):
        read = _END_OF_TIME
    if read.year < 1970 or read >= _END_OF_TIME:
        raise BadParameter(
            f"Parameter {name!r} must be a time such as 2025-01-31T08:00:00Z, a date, or Unix time in seconds."
        )
    return read


def _time(text: str) -> datetime:
    if text.isascii() and text.isdecimal():
        return datetime.fromtimestamp(int(text), UTC)
    # A plus sign that nobody escaped arrives as a space.
    read = datetime.fromisoformat(text.replace(" ", "+") if "T" in text else text)
    return read.replace(tzinfo=UTC) if read.tzinfo is None else read.astimezone(UTC)


def nanousd(given: Mapping[str, str], name: str) -> int | None:
    """An amount in dollars, exactly; a part of a nano-dollar counts as a whole one."""
    text = given.get(name)
    if text is None:
        return None
    try:
        amount = Decimal(text) * 1_000_000_000
        if 0 <= amount <= 10**18:
            return math.ceil(amount)
    except InvalidOperation:
        pass
    raise BadParameter(f"Parameter {name!r} must be an amount in dollars from 0 to 1000000000, such as 0.25.")


def status(given: Mapping[str, str], name: str) -> int | None:
    """A status, or its first digit for the whole class."""
    text = given.get(name)
    if text is None:
        return None
    found = _STATUS.fullmatch(text)
    if found is None:
        raise BadParameter(f"Parameter {name!r} must be an HTTP status such as 429, or a class such as 4xx.")
    return int(found[1] or found[2])


def text(given: Mapping[str, str], name: str, *, max_characters: int = 200) -> str | None:
    value = given.get(name)
    if value is not None and len(value) > max_characters:
        raise BadParameter(f"Parameter {name!r} must have at most {max_characters} characters.")
    return value


def expression(given: Mapping[str, str], name: str) -> Expression | None:
    """A filter expression. The refusal says where in the text the trouble is, counted from 1."""
    try:
        return parse(given.get(name, ""))
    except ExpressionError as error:
        raise BadParameter(f"Parameter {name!r} is no filter: {error}.") from None
