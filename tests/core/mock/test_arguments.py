"""Arguments that fit the schemas of tools."""

import shlex
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from proxy_core.mock.arguments import COMMANDS, Filler
from proxy_core.mock.canonical import digest
from proxy_core.mock.jsonshape import JsonObject

SEED = digest(b"seed")


def filled(schema: JsonObject, text: str | None = None) -> Any:  # noqa: ANN401
    return Filler(schema, SEED, text).value()


def test_required_properties_and_a_description() -> None:
    schema = {
        "type": "object",
        "properties": {
            "command": {"type": "string"},
            "description": {"type": "string"},
            "timeout": {"type": "number"},
        },
        "required": ["command"],
    }
    value = filled(schema)
    assert value.keys() == {"command", "description"}
    assert value["command"] in COMMANDS


def test_a_shell_that_takes_a_list() -> None:
    schema = {
        "type": "object",
        "properties": {"command": {"type": "array", "items": {"type": "string"}}},
        "required": ["command"],
    }
    assert filled(schema)["command"][:2] == ["bash", "-lc"]


@pytest.mark.parametrize(
    ("schema", "expected"),
    [
        ({"const": 7}, 7),
        ({"enum": ["only"]}, "only"),
        ({"type": ["string", "null"]}, "value"),
        ({"anyOf": [{"type": "null"}, {"type": "integer", "minimum": 5}]}, 5),
        ({"$ref": "#/$defs/n", "$defs": {"n": {"type": "boolean"}}}, False),
        ({"allOf": [{"properties": {"a": {"type": "integer"}}, "required": ["a"]}], "type": "object"}, {"a": 1}),
        ({"type": "string", "format": "date"}, "2026-01-15"),
        ({"type": "string", "minLength": 8}, "value..."),
        ({"type": "string", "maxLength": 2}, "va"),
        ({"type": "array", "items": {"type": "integer"}, "minItems": 2}, [1, 1]),
        ({"type": "number", "exclusiveMinimum": 3}, 4),
        ({"type": "integer", "maximum": -2}, -2),
        ({"type": "null"}, None),
        ({}, "value"),
    ],
)
def test_fits(schema: JsonObject, expected: object) -> None:
    assert filled(schema) == expected


def test_a_schema_that_refers_to_itself_ends() -> None:
    schema = {"type": "object", "properties": {"next": {"$ref": "#"}}, "required": ["next"]}
    assert filled(schema)["next"]["next"]


def test_given_text_goes_into_free_strings() -> None:
    schema = {"type": "object", "properties": {"note": {"type": "string"}}, "required": ["note"]}
    assert filled(schema, "say this") == {"note": "say this"}


@pytest.mark.parametrize("form", [{"type": "string"}, {"type": "array", "items": {"type": "string"}}])
def test_given_text_is_printed_by_a_shell_and_never_run(form: JsonObject) -> None:
    schema = {"type": "object", "properties": {"command": form}, "required": ["command"]}
    command = filled(schema, "$(touch x); rm -rf '/'")["command"]
    line = command if isinstance(command, str) else command[-1]
    assert shlex.split(line) == ["echo", "$(touch x); rm -rf '/'"]
    assert line.startswith("echo '")


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8) | st.floats(allow_nan=False),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=10,
)
keywords = st.sampled_from(
    ["type", "properties", "required", "items", "anyOf", "allOf", "$ref", "enum", "minimum", "minLength", "minItems"]
)
odd_schemas = st.dictionaries(keywords, json_values | st.sampled_from(["object", "array", "string", "integer"]))


@given(odd_schemas)
def test_no_schema_is_too_odd(schema: JsonObject) -> None:
    filled(schema)
