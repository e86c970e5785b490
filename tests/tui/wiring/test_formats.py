"""Edits of JSON, TOML and YAML: what they mean, and that other bytes stay."""

import json
import tomllib
from collections.abc import Callable
from typing import Any

import pytest
import tomlkit
import yaml
from hypothesis import assume, given
from hypothesis import strategies as st

from tokenman_tui.wiring import json_text, toml_text, yaml_text
from tokenman_tui.wiring.formats import CannotEdit, Format, Path, changed, value_at

COMMENTED = """\
// mine
{
  "a": 1, // one
  "env": { "B": "x" }, /* two */
  "list": [1, {"c": "// no comment"},],
}
"""


@pytest.mark.parametrize(
    ("text", "path", "value", "new"),
    [
        ("", ("env", "A"), "1", '{\n  "env": {\n    "A": "1"\n  }\n}\n'),
        ("{}", ("a",), True, '{\n  "a": true\n}'),
        ('{"b": 1}', ("a",), "é", '{"a": "é", "b": 1}'),
        ('{\n\t"b": 1\n}\n', ("e", "a"), 2, '{\n\t"e": {\n\t\t"a": 2\n\t},\n\t"b": 1\n}\n'),
        ('{\n  "env": {}\n}', ("env", "A"), 1, '{\n  "env": {\n    "A": 1\n  }\n}'),
        (COMMENTED, ("env", "A"), 1, COMMENTED.replace('{ "B"', '{ "A": 1, "B"')),
        (COMMENTED, ("env", "B"), 1, COMMENTED.replace('"x"', "1")),
        (COMMENTED, ("env", "B"), None, COMMENTED.replace('{ "B": "x" }', "{}")),
        ('{"a": 1, "b": 2}', ("b",), None, '{"a": 1}'),
        ('{"a": 1, "b": 2,}', ("a",), None, '{"b": 2,}'),
        (COMMENTED, ("new",), None, COMMENTED),
    ],
)
def test_json(text: str, path: Path, value: object, new: str) -> None:
    assert json_text.put(text, path, value) == new


@pytest.mark.parametrize(
    ("text", "path", "value", "new"),
    [
        ("", ("a",), "x", 'a: "x"\n'),
        ("# only\n", ("a", "b"), 1, '# only\na: {"b": 1}\n'),
        ("a: 1 # one\nb: 2\n# end\n", ("c",), 3, "a: 1 # one\nc: 3\nb: 2\n# end\n"),
        ("a: 1", ("c",), 3, "a: 1\nc: 3\n"),
        ("a: 1 # one\nb: 2\n", ("a",), "x", 'a: "x" # one\nb: 2\n'),
        ("set:\n- A=1 # c\n- B=2\n\nz: 1\n", ("set",), ["A=1"], 'set: ["A=1"]\n\nz: 1\n'),
        ("a: 1 # one\nb: 2\n", ("b",), None, "a: 1 # one\n"),
        ("m:\n  - name: x\n    p: y\n", ("m", 0, "u"), "v", 'm:\n  - name: x\n    u: "v"\n    p: y\n'),
        ("m: [{name: x}]\n", ("m", 0, "u"), "v", 'm: [{u: "v", name: x}]\n'),
        ("m: [{u: v, name: x}]\n", ("m", 0, "u"), None, "m: [{name: x}]\n"),
        ("t: |\n  two\n  lines\n", ("a",), 1, "a: 1\nt: |\n  two\n  lines\n"),
    ],
)
def test_yaml(text: str, path: Path, value: object, new: str) -> None:
    assert yaml_text.put(text, path, value) == new


@pytest.mark.parametrize(
    ("put", "text", "path"),
    [
        (json_text.put, "{", ("a",)),
        (json_text.put, "[1]", ("a",)),
        (json_text.put, '{"a": 1}', ("a", "b")),
        (yaml_text.put, "a: [", ("a",)),
        (yaml_text.put, "- a\n", ("a",)),
        (yaml_text.put, "a: 1\n---\nb: 2\n", ("c",)),
        (yaml_text.put, "m: []\n", ("m", 0, "a")),
        (toml_text.put, "[", ("a",)),
        (toml_text.put, "a = 1", ("a", "b")),
    ],
)
def test_what_cannot_be_edited_is_refused(put: Callable[..., str], text: str, path: Path) -> None:
    with pytest.raises(CannotEdit):
        put(text, path, "x")


def test_a_repeated_key_means_its_last_value() -> None:
    assert json_text.put('{"a": 1, "a": 2}', ("a",), 3) == '{"a": 1, "a": 3}'


words = st.text(st.characters(codec="ascii", exclude_categories=["Cc"]), min_size=1, max_size=6)
texts = st.text(st.characters(categories=["L", "N", "P", "S", "Zs"]), max_size=6)
leaves = st.one_of(st.integers(-9, 9), st.booleans(), texts, st.lists(words, max_size=2))
tables = st.recursive(
    st.dictionaries(words, leaves, max_size=3),
    lambda inner: st.dictionaries(words, inner | leaves, max_size=3),
    max_leaves=8,
)
FORMS: list[tuple[Format, Callable[..., str]]] = [
    (json_text.FORMAT, lambda table: json.dumps(table, indent=2)),
    (json_text.FORMAT, json.dumps),
    (toml_text.FORMAT, tomlkit.dumps),
    (yaml_text.FORMAT, lambda table: yaml.safe_dump(table, allow_unicode=True)),
    (yaml_text.FORMAT, lambda table: yaml.safe_dump(table, default_flow_style=True)),
]


@pytest.mark.parametrize(("form", "written"), FORMS, ids=["json", "inline json", "toml", "yaml", "inline yaml"])
@given(table=tables, path=st.lists(words, min_size=1, max_size=3).map(tuple), value=leaves)
def test_any_file_means_the_same_but_for_the_change(
    form: Format, written: Callable[[Any], str], table: dict[str, Any], path: Path, value: object
) -> None:
    text = written(table)
    assume(form.parse(text) == table)
    try:
        wanted = changed(table, path, value)
    except CannotEdit:
        return
    new = form.put(text, path, value)
    assert form.parse(new) == wanted
    assert value_at(form.parse(new), path) == value


@given(table=tables, key=words, value=leaves)
def test_a_new_json_member_comes_out_as_it_went_in(table: dict[str, Any], key: str, value: object) -> None:
    assume(key not in table and table)
    for text in (json.dumps(table), json.dumps(table, indent=2)):
        assert json_text.put(json_text.put(text, (key,), value), (key,), None) == text


def test_toml_goes_through_the_configurations_own_editor() -> None:
    text = '# c\n[p."a.b"]\nx = 1 # one\n'
    new = toml_text.put(text, ("p", "a.b", "y"), "z")
    assert new == '# c\n[p."a.b"]\nx = 1 # one\ny = "z"\n'
    assert tomllib.loads(toml_text.put(new, ("p", "a.b"), None)) == {}
