"""The configuration as a value: what exists unasked, how partial tables are completed, and that it is frozen."""

import pytest
from pydantic import ValidationError

from proxy_core.config import Config


def test_an_empty_configuration_has_both_providers_enabled() -> None:
    providers = Config().providers
    assert {key: (one.api_base, one.dialect, one.enabled) for key, one in providers.items()} == {
        "anthropic": ("https://api.anthropic.com", "anthropic", True),
        "openai": ("https://api.openai.com", "openai", True),
    }


def test_a_partial_provider_table_keeps_its_other_defaults() -> None:
    providers = Config.model_validate({"providers": {"anthropic": {"timeout": 5}}}).providers
    assert providers["anthropic"].timeout == 5
    assert providers["anthropic"].enabled
    assert providers["anthropic"].api_base == "https://api.anthropic.com"
    assert providers["anthropic"].key_ref == "keyring://tokenman/anthropic"
    assert "openai" in providers


def test_keys_and_models_keep_their_dots_and_capitals() -> None:
    table = {"api_base": "http://127.0.0.1:11434/", "models": ["Qwen2.5-Coder", "gpt-4.1"]}
    provider = Config.model_validate({"providers": {"My.LLM": table}}).providers["My.LLM"]
    assert provider.models == ("Qwen2.5-Coder", "gpt-4.1")
    assert (provider.name, provider.key_ref) == ("My.LLM", "keyring://tokenman/My.LLM")
    assert provider.api_base == "http://127.0.0.1:11434"


@pytest.mark.parametrize(
    ("key", "table", "dialect"),
    [
        ("anthropic", {"api_base": "http://127.0.0.1:1"}, "anthropic"),
        ("work", {"api_base": "https://api.anthropic.com"}, "anthropic"),
        ("work", {"api_base": "http://x", "name": "Claude at work"}, "anthropic"),
        ("My-Claude", {"api_base": "http://x"}, "anthropic"),
        ("work", {"api_base": "http://x"}, "openai"),
        ("claude", {"api_base": "http://x", "dialect": "openai"}, "openai"),
        ("work", {"api_base": "http://x", "dialect": "anthropic"}, "anthropic"),
    ],
)
def test_the_dialect_is_told_from_key_name_or_address(key: str, table: dict[str, object], dialect: str) -> None:
    assert Config.model_validate({"providers": {key: table}}).providers[key].dialect == dialect


def test_nothing_in_it_can_be_changed() -> None:
    config = Config()
    with pytest.raises(ValidationError):
        config.server.proxy_port = 1
    with pytest.raises(TypeError):
        config.providers["x"] = config.providers["openai"]  # type: ignore[index]
