"""What each client is told, in its own file."""

import json
import tomllib
from pathlib import Path

import yaml

from tests.tui.wiring.files import CODEX, HERE, OTHER_PORT, written
from tokenman_tui.wiring import CLIENTS
from tokenman_tui.wiring.attach import wire


def test_claude_code_gets_back_what_a_base_url_takes_away(environ: dict[str, str], tmp_path: Path) -> None:
    file = written("claude-code", tmp_path)
    done = wire(CLIENTS["claude-code"], HERE, environ)
    assert json.loads(file.read_text()) == {
        "env": {
            "ANTHROPIC_BASE_URL": "http://127.0.0.1:7677",
            "ENABLE_TOOL_SEARCH": "true",
            "CLAUDE_CODE_ENABLE_FINE_GRAINED_TOOL_STREAMING": "1",
            "CLAUDE_CODE_PROPAGATE_TRACEPARENT": "1",
            "CLAUDE_CODE_GATEWAY_HINT_HEADERS": "1",
            "X": "1",
        },
        "model": "opus",
    }
    assert dict(done.before) == {("env", "ANTHROPIC_BASE_URL"): "https://gw.example.com"}


def test_tool_search_is_only_for_anthropic_itself(environ: dict[str, str], tmp_path: Path) -> None:
    file = written("claude-code", tmp_path)
    wire(CLIENTS["claude-code"], OTHER_PORT, environ)
    assert "ENABLE_TOOL_SEARCH" not in json.loads(file.read_text())["env"]
    assert CLIENTS["claude-code"].steps(OTHER_PORT)
    assert not CLIENTS["claude-code"].steps(HERE)


def test_codex_gets_a_provider_beside_the_one_that_cannot_be_overridden(
    environ: dict[str, str], tmp_path: Path
) -> None:
    file = written("codex", tmp_path)
    wire(CLIENTS["codex"], HERE, environ)
    assert tomllib.loads(file.read_text()) == tomllib.loads(CODEX) | {
        "model_provider": "tokenman",
        "model_providers": {
            "tokenman": {
                "name": "TokenMan",
                "base_url": "http://127.0.0.1:7677/v1",
                "wire_api": "responses",
                "requires_openai_auth": True,
                "supports_websockets": False,
            }
        },
    }
    assert file.read_text().startswith('# mine\nmodel = "gpt-5" # m\nmodel_provider = "tokenman"\n')


def test_aider_keeps_the_variables_it_sets(environ: dict[str, str], tmp_path: Path) -> None:
    file = written("aider", tmp_path)
    wire(CLIENTS["aider"], HERE, environ)
    assert yaml.safe_load(file.read_text()) == {
        "model": "opus",
        "openai-api-base": "http://127.0.0.1:7677/v1",
        "set-env": ["A=1", "ANTHROPIC_API_BASE=http://127.0.0.1:7677"],
    }


def test_continue_redirects_the_vendors_models_and_no_others(environ: dict[str, str], tmp_path: Path) -> None:
    file = written("continue", tmp_path)
    wire(CLIENTS["continue"], HERE, environ)
    assert [model.get("apiBase") for model in yaml.safe_load(file.read_text())["models"]] == [
        "http://127.0.0.1:7677/v1/",
        "http://127.0.0.1:7677/v1/",
        "https://llm.example.com/v1",
        None,
    ]
    assert "  - name: Opus\n    apiBase:" in file.read_text()


def test_opencode_keeps_its_comments(environ: dict[str, str], tmp_path: Path) -> None:
    file = written("opencode", tmp_path)
    wire(CLIENTS["opencode"], HERE, environ)
    assert '"$schema": "https://opencode.ai/config.json", // c\n' in file.read_text()
    assert '"openai": {"options": {"baseURL": "http://127.0.0.1:7677/v1", "timeout": 5}}' in file.read_text()
    assert '"anthropic": {"options": {"baseURL": "http://127.0.0.1:7677/v1"}}' in file.read_text()
