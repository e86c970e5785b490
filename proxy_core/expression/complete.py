"""What may come next while an expression is typed."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from proxy_core.expression.fields import FIELDS, Field, Kind
from proxy_core.expression.lexer import ExpressionError, Lexeme, Mark, lexemes

MAX_SUGGESTIONS = 12


@dataclass(frozen=True, slots=True)
class Suggestion:
    """`text` goes in place of the characters from `start` to the cursor."""

    text: str
    start: int
    help: str


def suggestions(
    text: str, values: Callable[[str], Iterable[str]], fields: Mapping[str, Field] = FIELDS
) -> list[Suggestion]:
    """For a cursor at the end of `text`. `values(field)` tells which values are known of a text field."""
    try:
        marks = lexemes(text)[:-1]
    except ExpressionError:
        return []
    is_typing = bool(marks) and not text[-1:].isspace() and marks[-1].mark is Mark.WORD
    typed = marks.pop() if is_typing else None
    before = marks[-1] if marks else None
    return _matching(typed, len(text), _candidates(before, marks, values, fields))


def _matching(typed: Lexeme | None, end: int, candidates: Iterable[tuple[str, str]]) -> list[Suggestion]:
    start, begun = (typed.at, typed.text.casefold()) if typed else (end, "")
    found = [
        Suggestion(text, start, help_)
        for text, help_ in candidates
        if text.casefold().startswith(begun) and text.casefold() != begun
    ]
    return found[:MAX_SUGGESTIONS]


def _candidates(
    before: Lexeme | None, marks: list[Lexeme], values: Callable[[str], Iterable[str]], fields: Mapping[str, Field]
) -> list[tuple[str, str]]:
    asked = _field(
        marks[-2] if before is not None and before.mark is Mark.OPERATOR and len(marks) > 1 else None, fields
    )
    if asked is not None:
        return [(_quoted(value), asked.help) for value in values(asked.name)]
    named = _field(before, fields)
    if named is not None and named.kind is not Kind.FLAG:
        signs = ("~", "=", "!=", "!~") if named.kind is Kind.TEXT else (">", "<", "=", "!=", ">=", "<=")
        return [(sign, named.help) for sign in signs]
    started = [(field.name, field.help) for field in fields.values()]
    if before is None or before.mark is Mark.OPEN or before.text.casefold() in ("and", "or", "not"):
        return [*started, ("not", "the opposite of what follows")]
    return [("and", "both"), ("or", "either"), *started]


def _field(lexeme: Lexeme | None, fields: Mapping[str, Field]) -> Field | None:
    return fields.get(lexeme.text.casefold()) if lexeme is not None and lexeme.mark is Mark.WORD else None


def _quoted(value: str) -> str:
    return f'"{value}"' if any(character in value for character in " ()'=<>~!") else value
