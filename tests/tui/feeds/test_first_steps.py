"""The empty screen: what it says can be typed."""

import json
import shlex
import tomllib

from tokenman_tui.feeds.first_steps import codex, curl, export, first_steps
from tokenman_tui.feeds.spans import text_of, width_of

URL = "http://127.0.0.1:54321"


def test_the_request_is_one_shell_command_with_a_json_body() -> None:
    words = shlex.split("\n".join(curl(URL)))
    assert words[:2] == ["curl", f"{URL}/v1/messages"]
    body = json.loads(words[words.index("-d") + 1])
    assert body["messages"] == [{"role": "user", "content": "hi"}]


def test_the_lines_for_codex_are_a_provider_and_the_choice_of_it() -> None:
    config = tomllib.loads("\n".join(codex(URL)))
    assert config["model_providers"][config["model_provider"]]["base_url"] == f"{URL}/v1"


def test_it_fits_the_smallest_screen_and_names_the_port() -> None:
    lines = first_steps(URL)
    assert max(width_of(line) for line in lines) <= 80
    assert len(lines) <= 24 - 3
    text = "\n".join(text_of(line) for line in lines)
    for line in (export(URL), *codex(URL), *curl(URL)):
        assert line in text
