"""One text means the same in memory and in the database, and mistakes are told with their place."""

import sqlite3
from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from proxy_core.expression import FIELDS, ExpressionError, Kind, condition, matcher, parse, suggestions
from proxy_core.expression.matching import Known

Row = Mapping[str, Known]
ROWS: list[Row] = [
    {"model": "claude-Opus-4-5", "project": "web", "status": 200, "cost": 60_000_000, "in": 160_000, "took": 4_200.0},
    {"model": "gpt-5", "project": "cli tool", "status": 429, "cost": 0, "failed": True, "in": None, "took": 80.0},
    {"model": "", "status": None, "cost": None, "unpriced": True, "live": True, "path": "/v1/messages?beta=true"},
    {"model": "gpt-5-mini", "status": 404, "cost": 50_000_000, "hit": 97.5, "marked": True, "reason": "not found"},
]


def matching(text: str) -> list[int]:
    expression = parse(text)
    assert expression is not None
    found = [number for number, row in enumerate(ROWS) if matcher(expression)(row.get)]
    assert found == in_database(text)
    return found


def in_database(text: str) -> list[int]:
    names = sorted(FIELDS)
    expression = parse(text)
    assert expression is not None
    sql, values = condition(expression, {name: f'"{name}"' for name in names})
    with sqlite3.connect(":memory:") as db:
        db.execute(_create(names))
        marks = ", ".join("?" * len(names))
        db.executemany(f"INSERT INTO rows VALUES ({marks})", [[row.get(name) for name in names] for row in ROWS])
        found = [row[0] - 1 for row in db.execute(f"SELECT rowid FROM rows WHERE {sql} ORDER BY rowid", values)]
    db.close()
    return found


def _create(names: list[str]) -> str:
    columns = ", ".join(f'"{name}"' for name in names)
    return f"CREATE TABLE rows ({columns})"


@pytest.mark.parametrize(
    ("text", "rows"),
    [
        ("model ~ opus", [0]),
        ("model ~ OPUS and cost > 0.05 and not status 429", [0]),
        ("opus", [0]),
        ("gpt", [1, 3]),
        ("model = gpt-5", [1]),
        ("model gpt-5", [1, 3]),
        ("model != gpt-5", [0, 2, 3]),
        ("model !~ gpt", [0, 2]),
        ('project = "cli tool"', [1]),
        ("status 200", [0]),
        ("status 4xx", [1, 3]),
        ("status != 4xx", [0]),
        ("not status 4xx", [0, 2]),
        ("status >= 4xx", [1, 3]),
        ("status < 4xx", [0]),
        ("status > 4xx", []),
        ("cost >= $0.05", [0, 3]),
        ("cost > 0.05", [0]),
        ("cost = 0", [1]),
        ("cost < 1 or live", [0, 1, 2, 3]),
        ("in > 150k", [0]),
        ("took < 100ms", [1]),
        ("took > 4s", [0]),
        ("took >= 0.07m", [0]),
        ("hit >= 97%", [3]),
        ("failed", [1]),
        ("not failed", [0, 2, 3]),
        ("failed = no", [0, 2, 3]),
        ("failed != yes", [0, 2, 3]),
        ("marked or failed", [1, 3]),
        ("gpt failed", [1]),
        ("(gpt or opus) and (failed or cost > 0.01)", [0, 1, 3]),
        ("not (gpt or opus)", [2]),
        ("not not gpt", [1, 3]),
        ("beta", [2]),
        ("'not found'", [3]),
        ("unpriced", [2]),
    ],
)
def test_it_means_the_same_in_memory_and_in_the_database(text: str, rows: list[int]) -> None:
    assert matching(text) == rows


@pytest.mark.parametrize(
    ("text", "sentence", "at"),
    [
        ("cost > abc", "expected an amount in dollars such as 0.05 after cost, not 'abc'", 7),
        ("cost >", "a value is missing after cost", 6),
        ("cost ~ 1", "cost is not text", 5),
        ("model > 3", "model is not a number", 6),
        ("modle ~ x", "there is no field 'modle'; did you mean model?", 0),
        ("(gpt", "this bracket is not closed", 0),
        ("gpt)", "this bracket closes nothing", 3),
        ("and gpt", "a field or a word is missing", 0),
        ("gpt and", "a field or a word is missing", 7),
        ("not", "a field or a word is missing", 3),
        ("status 700", "expected a status", 7),
        ("took > 3 days", "", -1),
        ("took > 3y", "expected a time such as 300ms", 7),
        ("model = 'x", "a quote is not closed", 8),
        ("failed = perhaps", "expected yes or no", 9),
        ("( " * 60, "nested too deeply", 100),
        ("= 3", "a field or a word is missing", 0),
    ],
)
def test_mistakes_are_told_with_their_place(text: str, sentence: str, at: int) -> None:
    if at < 0:
        assert parse(text) is not None
        return
    with pytest.raises(ExpressionError) as caught:
        parse(text)
    assert sentence in str(caught.value)
    assert caught.value.at == at


@pytest.mark.parametrize("text", ["", "   ", "\t"])
def test_nothing_asks_for_nothing(text: str) -> None:
    assert parse(text) is None


@given(st.text(max_size=60))
def test_any_text_is_read_or_told_wrong(text: str) -> None:
    try:
        expression = parse(text)
    except ExpressionError as error:
        place, expression = error.at, None
    else:
        place = 0
    assert 0 <= place <= len(text)
    if expression is not None:
        for row in ROWS:
            assert matcher(expression)(row.get) in (True, False)


WORDS = st.sampled_from(["opus", "gpt", "web", "-5", "x"])
NUMBERS = st.sampled_from(["0", "0.05", "200", "4xx", "1k", "80ms"])
SIGNS = st.sampled_from(["=", "!=", ">", ">=", "<", "<=", "~", "!~"])
SIMPLE = st.one_of(
    WORDS,
    st.builds(
        lambda name, sign, word: f"{name} {sign} {word}", st.sampled_from(sorted(FIELDS)), SIGNS, WORDS | NUMBERS
    ),
    st.sampled_from([name for name, field in FIELDS.items() if field.kind is Kind.FLAG]),
)
TEXTS = st.recursive(
    SIMPLE,
    lambda inner: st.one_of(
        st.builds("not ({})".format, inner),
        st.builds("({}) and ({})".format, inner, inner),
        st.builds("({}) or ({})".format, inner, inner),
    ),
    max_leaves=5,
)


@given(TEXTS)
def test_memory_and_database_never_disagree(text: str) -> None:
    try:
        parse(text)
    except ExpressionError:
        return
    matching(text)


def known_values(field: str) -> list[str]:
    return {"model": ["claude-opus-4-5", "gpt-5"], "project": ["cli tool"]}.get(field, [])


@pytest.mark.parametrize(
    ("text", "offered"),
    [
        ("", "model"),
        ("mo", "model"),
        ("model ", "~"),
        ("cost ", ">"),
        ("model ~ ", "claude-opus-4-5"),
        ("model ~ gp", "gpt-5"),
        ("project = ", '"cli tool"'),
        ("model ~ opus ", "and"),
        ("model ~ opus and ", "cost"),
        ("model ~ opus and no", "not"),
        ("failed ", "and"),
        ("(", "status"),
    ],
)
def test_what_may_come_next_is_offered(text: str, offered: str) -> None:
    found = {suggestion.text: suggestion for suggestion in suggestions(text, known_values)}
    assert offered in found
    completed = text[: found[offered].start] + offered
    assert completed.startswith(text[: found[offered].start])


@given(st.text(max_size=40))
def test_offering_never_fails(text: str) -> None:
    for suggestion in suggestions(text, known_values):
        assert 0 <= suggestion.start <= len(text)
