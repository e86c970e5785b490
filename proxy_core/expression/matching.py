"""An expression asked of a row in memory."""

import operator
from collections.abc import Callable, Mapping
from decimal import Decimal

from proxy_core.expression.fields import Kind
from proxy_core.expression.tree import ANYWHERE, Compare, Every, Expression, Not, Some, Words

Known = str | int | float | bool | None
"""What a row knows of a field, numbers in the field's base unit; None is unknown."""
Look = Callable[[str], Known]
Matcher = Callable[[Look], bool]

_ORDER: Mapping[str, Callable[[float, float], bool]] = {
    "=": operator.eq,
    "!=": operator.ne,
    ">": operator.gt,
    ">=": operator.ge,
    "<": operator.lt,
    "<=": operator.le,
}


def matcher(expression: Expression) -> Matcher:
    """A function of a row's `look(field name)`. What is unknown satisfies no comparison, nor its negation by operator;
    `not` turns whatever was said."""
    if isinstance(expression, Every):
        parts = [matcher(part) for part in expression.of]
        return lambda look: all(part(look) for part in parts)
    if isinstance(expression, Some):
        parts = [matcher(part) for part in expression.of]
        return lambda look: any(part(look) for part in parts)
    if isinstance(expression, Not):
        inner = matcher(expression.of)
        return lambda look: not inner(look)
    if isinstance(expression, Words):
        return _words(expression.text)
    return _comparison(expression)


def _words(text: str) -> Matcher:
    return lambda look: any(text in str(look(name) or "").casefold() for name in ANYWHERE)


def _comparison(compare: Compare) -> Matcher:
    name, value = compare.field.name, compare.value
    if compare.field.kind is Kind.FLAG:
        wanted = bool(value) is (compare.operator == "=")
        return lambda look: bool(look(name)) is wanted
    if isinstance(value, str):
        return _text(name, compare.operator, value)
    if isinstance(value, range):
        return _class(name, compare.operator, value)
    return _number(name, compare.operator, value)


def _text(name: str, sign: str, value: str) -> Matcher:
    exact, wanted = sign in ("=", "!="), not sign.startswith("!")

    def match(look: Look) -> bool:
        known = str(look(name) or "").casefold()
        return (known == value if exact else value in known) is wanted

    return match


def _class(name: str, sign: str, statuses: range) -> Matcher:
    def match(look: Look) -> bool:
        known = look(name)
        if not isinstance(known, int):
            return False
        if sign in ("=", "!="):
            return (known in statuses) is (sign == "=")
        bound = statuses.start if sign in (">=", "<") else statuses.stop - 1
        return _ORDER[sign](known, bound)

    return match


def _number(name: str, sign: str, value: object) -> Matcher:
    compare = _ORDER[sign]
    wanted = float(value) if isinstance(value, Decimal) else 0.0

    def match(look: Look) -> bool:
        known = look(name)
        return known is not None and not isinstance(known, str) and compare(known, wanted)

    return match
