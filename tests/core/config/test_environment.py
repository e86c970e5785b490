"""Which variables are read, how their text becomes a value, and which of them are errors."""

from pathlib import Path

import pytest

from proxy_core.config import ConfigError, load
from proxy_core.config.environment import parse


def problem_of(tmp_path: Path, text: str = "", **variables: str) -> str:
    (tmp_path / "tokenman.toml").write_text(text)
    with pytest.raises(ConfigError) as caught:
        load(environ={"TOKENMAN_HOME": str(tmp_path)} | variables)
    (problem,) = caught.value.problems
    return str(problem)


@pytest.mark.parametrize(
    ("text", "kind", "value"),
    [
        ("7", int, 7),
        ("7.0", int, "7.0"),
        ("9" * 5000, int, "9" * 5000),
        ("0.25", float, 0.25),
        ("soon", float, "soon"),
        ("ON", bool, True),
        ("0", bool, False),
        ("maybe", bool, "maybe"),
        ("a, b,,c ", tuple, ["a", "b", "c"]),
        ('["a,b", "c"]', tuple, ["a,b", "c"]),
        ("[broken", tuple, "[broken"),
        ('{"gpt-4.1": "openai"}', dict, {"gpt-4.1": "openai"}),
        ("7", str, "7"),
    ],
)
def test_text_becomes_a_value_of_the_options_type(text: str, kind: type, value: object) -> None:
    assert parse(text, kind) == value


def test_variables_that_are_no_options_are_left_alone(tmp_path: Path) -> None:
    others = {
        "TOKENMAN_KEY_ANTHROPIC": "k",
        "TOKENMAN_SERVERLESS": "1",
        "TOKENMAN_ELSEWHERE_X": "1",
        "SERVER_PORT": "1",
    }
    assert load(environ={"TOKENMAN_HOME": str(tmp_path)} | others).path is None


def test_a_variable_set_to_nothing_counts_as_not_set(tmp_path: Path) -> None:
    variables = {"TOKENMAN_HOME": str(tmp_path), "TOKENMAN_SERVER_PROXY_PORT": "", "TOKENMAN_SERVER_NONSENSE": ""}
    assert load(environ=variables).config.server.proxy_port == 7677


def test_a_misnamed_variable_is_told_with_the_nearest_name(tmp_path: Path) -> None:
    assert problem_of(tmp_path, TOKENMAN_PROVIDERS_ANTHROPIC_API_BSE="x") == (
        "TOKENMAN_PROVIDERS_ANTHROPIC_API_BSE: there is no such option; "
        "did you mean TOKENMAN_PROVIDERS_ANTHROPIC_API_BASE?"
    )


def test_a_wrong_value_names_the_variable(tmp_path: Path) -> None:
    assert problem_of(tmp_path, TOKENMAN_SERVER_PROXY_PORT="abc") == (
        "TOKENMAN_SERVER_PROXY_PORT: server.proxy_port must be a whole number from 0 to 65535, not text"
    )


def test_a_provider_known_only_to_a_variable_must_be_complete(tmp_path: Path) -> None:
    assert "providers.local lacks api_base" in problem_of(tmp_path, TOKENMAN_PROVIDERS_LOCAL_TIMEOUT="3")


def test_a_variable_that_could_mean_two_keys_is_an_error(tmp_path: Path) -> None:
    text = "[providers.'a.b']\napi_base = 'http://x'\n[providers.a-b]\napi_base = 'http://y'\n"
    assert problem_of(tmp_path, text, TOKENMAN_PROVIDERS_A_B_TIMEOUT="3") == (
        "TOKENMAN_PROVIDERS_A_B_TIMEOUT: this could mean any of a.b, a-b"
    )
