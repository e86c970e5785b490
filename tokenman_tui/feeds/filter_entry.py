"""What stands below a filter while it is typed: where the trouble is, or what may come next."""

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from proxy_core.asking import Facts, look
from proxy_core.expression import FIELDS, ExpressionError, Kind, Suggestion, parse, suggestions
from tokenman_tui.feeds.inert import inert
from tokenman_tui.feeds.spans import Line, Part, Span, clipped

LOOKED_AT = 1_000
SEEN_VALUES = 12


@dataclass(frozen=True, slots=True)
class Trouble:
    """`at` counts characters from 0; None is nowhere in particular."""

    sentence: str
    at: int | None = None


def trouble_with(text: str) -> Trouble | None:
    """None for a filter that can be read."""
    try:
        parse(text)
    except ExpressionError as error:
        return Trouble(str(error), error.at)
    return None


def suggest(text: str, facts: Callable[[], Iterable[Facts]]) -> list[Suggestion]:
    """Fields, operators, and the values seen in `facts`, the most frequent first."""
    return suggestions(text, lambda name: seen(name, facts()))


def seen(name: str, facts: Iterable[Facts]) -> list[str]:
    if name not in FIELDS or FIELDS[name].kind is not Kind.TEXT:
        return []
    counted = Counter(str(look(each, 0)(name) or "") for each, _ in zip(facts, range(LOOKED_AT), strict=False))
    return [value for value, _ in counted.most_common(SEEN_VALUES + 1) if value and '"' not in value][:SEEN_VALUES]


def trouble_line(trouble: Trouble, indent: int, width: int) -> Line:
    """A caret under the place, with the sentence on the side that has room."""
    if trouble.at is None:
        return clipped((Span(" " * indent), Span(inert(trouble.sentence), Part.BAD)), width)
    place = min(indent + trouble.at, width - 1)
    sentence = inert(trouble.sentence)
    if place + 2 + len(sentence) <= width or place < len(sentence) + 1:
        return clipped((Span(" " * place), Span("^ " + sentence, Part.BAD)), width)
    return (Span(" " * (place - len(sentence) - 1)), Span(sentence + " ^", Part.BAD))


def suggestion_line(found: list[Suggestion], picked: int, indent: int, width: int) -> Line:
    """The suggestions from the picked one on, with the help of the picked one at first."""
    if not found:
        return ()
    spans = [Span(" " * indent)]
    for number, each in enumerate(found):
        spans += [Span(inert(each.text), Part.ACCENT if number == picked else Part.MUTED), Span("  ")]
    spans.append(Span(inert(found[picked].help), Part.FAINT))
    return clipped(tuple(spans), width)
