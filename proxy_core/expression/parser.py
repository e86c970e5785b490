"""Marks into a tree: `or` binds least, then `and` (which may be left out), then `not`."""

import difflib
from collections.abc import Mapping

from proxy_core.expression.fields import FIELDS, Field, Kind, read_value
from proxy_core.expression.lexer import ExpressionError, Lexeme, Mark, lexemes
from proxy_core.expression.tree import Compare, Every, Expression, Not, Some, Words

__all__ = ["ExpressionError", "parse"]

MAX_CHARS = 2_000
MAX_DEPTH = 50
_CONNECTIVES = ("and", "or", "not")


def parse(text: str, fields: Mapping[str, Field] = FIELDS) -> Expression | None:
    """The expression; None for an empty text. Raises ExpressionError with a sentence and the place of the trouble."""
    if len(text) > MAX_CHARS:
        raise ExpressionError(f"a filter has at most {MAX_CHARS} characters", MAX_CHARS)
    marks = lexemes(text)
    if len(marks) == 1:
        return None
    return _Parser(marks, fields).whole()


class _Parser:
    def __init__(self, marks: list[Lexeme], fields: Mapping[str, Field]) -> None:
        self._marks = marks
        self._fields = fields
        self._at = 0
        self._depth = 0

    def whole(self) -> Expression:
        expression = self._some()
        if self._next.mark is not Mark.END:
            raise self._error("this bracket closes nothing" if self._next.mark is Mark.CLOSE else "a value is missing")
        return expression

    @property
    def _next(self) -> Lexeme:
        return self._marks[self._at]

    def _take(self) -> Lexeme:
        lexeme = self._next
        self._at += 1
        return lexeme

    def _error(self, sentence: str, lexeme: Lexeme | None = None) -> ExpressionError:
        at = (lexeme or self._next).at
        return ExpressionError(f"{sentence} (at {at + 1})", at)

    def _is_word(self, *words: str) -> bool:
        return self._next.mark is Mark.WORD and self._next.text.casefold() in words

    def _some(self) -> Expression:
        parts = [self._every()]
        while self._is_word("or"):
            self._take()
            parts.append(self._every())
        return parts[0] if len(parts) == 1 else Some(tuple(parts))

    def _every(self) -> Expression:
        parts = [self._not()]
        while self._is_word("and") or not (self._next.mark in (Mark.END, Mark.CLOSE) or self._is_word("or")):
            if self._is_word("and"):
                self._take()
            parts.append(self._not())
        return parts[0] if len(parts) == 1 else Every(tuple(parts))

    def _not(self) -> Expression:
        self._depth += 1
        if self._depth > MAX_DEPTH:
            raise self._error("this is nested too deeply")
        try:
            if self._is_word("not"):
                self._take()
                return Not(self._not())
            return self._primary()
        finally:
            self._depth -= 1

    def _primary(self) -> Expression:
        lexeme = self._take()
        if lexeme.mark is Mark.OPEN:
            return self._bracket(lexeme)
        if lexeme.mark is Mark.QUOTED:
            return Words(lexeme.text.casefold())
        if lexeme.mark is not Mark.WORD or lexeme.text.casefold() in _CONNECTIVES:
            raise self._error("a field or a word is missing", lexeme)
        field = self._fields.get(lexeme.text.casefold())
        if field is None:
            return self._bare(lexeme)
        return self._flag(field) if field.kind is Kind.FLAG else self._comparison(field)

    def _bracket(self, opening: Lexeme) -> Expression:
        inner = self._some()
        if self._next.mark is not Mark.CLOSE:
            raise self._error("this bracket is not closed", opening)
        self._take()
        return inner

    def _bare(self, lexeme: Lexeme) -> Expression:
        if self._next.mark is not Mark.OPERATOR:
            return Words(lexeme.text.casefold())
        near = difflib.get_close_matches(lexeme.text.casefold(), self._fields, n=1)
        hint = f"; did you mean {near[0]}?" if near else ""
        raise self._error(f"there is no field {lexeme.text!r}{hint}", lexeme)

    def _flag(self, field: Field) -> Expression:
        if self._next.mark is Mark.OPERATOR:
            return self._comparison(field)
        return Compare(field, "=", value=True)

    def _comparison(self, field: Field) -> Expression:
        operator = self._take().text if self._next.mark is Mark.OPERATOR else ""
        if field.kind is not Kind.TEXT and operator in ("~", "!~"):
            raise self._error(f"{field.name} is not text: use =, <, > instead of {operator}", self._marks[self._at - 1])
        if field.kind in (Kind.TEXT, Kind.FLAG) and operator in (">", ">=", "<", "<="):
            raise self._error(f"{field.name} is not a number: use = or ~", self._marks[self._at - 1])
        lexeme = self._next
        if lexeme.mark not in (Mark.WORD, Mark.QUOTED):
            raise self._error(f"a value is missing after {field.name}")
        self._take()
        try:
            value = read_value(field, lexeme.text)
        except ValueError as error:
            raise self._error(f"expected {error} after {field.name}, not {lexeme.text!r}", lexeme) from None
        return Compare(field, operator or ("~" if field.kind is Kind.TEXT else "="), value)
