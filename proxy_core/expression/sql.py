"""An expression asked of a database: a condition with its values, never with text of the user's in it."""

from collections.abc import Mapping
from decimal import Decimal

from proxy_core.expression.fields import Kind
from proxy_core.expression.tree import ANYWHERE, Compare, Every, Expression, Not, Some, Words

Values = list[str | int | float]


def condition(expression: Expression, columns: Mapping[str, str]) -> tuple[str, Values]:
    """`columns` gives the SQL for each field, in the field's base unit; a field that it lacks is unknown everywhere.

    The condition is 0 or 1 for every row, never NULL, so that `not` means in SQL what it means in memory.
    """
    if isinstance(expression, Not):
        inner, values = condition(expression.of, columns)
        return f"NOT {inner}", values
    if isinstance(expression, Every | Some):
        return _joined(expression, columns)
    if isinstance(expression, Words):
        return _words(expression.text, columns)
    column = columns.get(expression.field.name)
    return _comparison(expression, column) if column is not None else _unknown(expression)


def _joined(expression: Every | Some, columns: Mapping[str, str]) -> tuple[str, Values]:
    parts = [condition(part, columns) for part in expression.of]
    word = " AND " if isinstance(expression, Every) else " OR "
    return f"({word.join(sql for sql, _ in parts)})", [value for _, values in parts for value in values]


def _words(text: str, columns: Mapping[str, str]) -> tuple[str, Values]:
    looked_in = [columns[name] for name in ANYWHERE if name in columns]
    sql = " OR ".join(f"instr(lower(ifnull({column}, '')), ?) > 0" for column in looked_in)
    return f"({sql or '0'})", [text] * len(looked_in)


def _unknown(compare: Compare) -> tuple[str, Values]:
    """What memory says of a field that the row does not know."""
    if compare.field.kind is Kind.FLAG:
        return ("0" if bool(compare.value) is (compare.operator == "=") else "1"), []
    if compare.field.kind is Kind.TEXT:
        return ("1" if compare.operator.startswith("!") else "0"), []
    return "0", []


def _comparison(compare: Compare, column: str) -> tuple[str, Values]:
    value, sign = compare.value, compare.operator
    if compare.field.kind is Kind.FLAG:
        wanted = bool(value) is (sign == "=")
        return f"(ifnull({column}, 0) {'!=' if wanted else '='} 0)", []
    if isinstance(value, str):
        return _text(column, sign, value)
    if isinstance(value, range):
        return _class(column, sign, value)
    number = float(value) if isinstance(value, Decimal) else 0.0
    return f"ifnull({column} {sign} ?, 0)", [number]


def _text(column: str, sign: str, value: str) -> tuple[str, Values]:
    negated = "NOT " if sign.startswith("!") else ""
    known = f"lower(ifnull({column}, ''))"
    found = f"{known} = ?" if sign in ("=", "!=") else f"instr({known}, ?) > 0"
    return f"{negated}({found})", [value]


def _class(column: str, sign: str, statuses: range) -> tuple[str, Values]:
    first, last = statuses.start, statuses.stop - 1
    if sign == "=":
        return f"ifnull({column} BETWEEN ? AND ?, 0)", [first, last]
    if sign == "!=":
        return f"ifnull({column} NOT BETWEEN ? AND ?, 0)", [first, last]
    return f"ifnull({column} {sign} ?, 0)", [first if sign in (">=", "<") else last]
