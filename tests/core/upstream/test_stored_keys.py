"""Stored keys are remembered, missed once, and asked for anew when they change."""

import os
from dataclasses import replace
from pathlib import Path

import pytest

from proxy_core.config import load
from proxy_core.upstream import stored_keys
from proxy_core.upstream.provider import Provider, providers
from proxy_core.upstream.stored_keys import StoredKeys


@pytest.fixture
def provider(tmp_path: Path) -> Provider:
    anthropic = providers(load(environ={"TOKENMAN_HOME": str(tmp_path)}).config)["anthropic"]
    return replace(anthropic, key_ref=f"file://{tmp_path}/key")


async def test_a_key_is_read_once_and_then_remembered(tmp_path: Path, provider: Provider) -> None:
    (tmp_path / "key").write_text("sk-one\n")
    keys = StoredKeys(pytest.fail)
    assert await keys.key(provider) == "sk-one"
    (tmp_path / "key").unlink()
    assert await keys.key(provider) == "sk-one"


async def test_a_key_that_is_missing_is_told_once(provider: Provider) -> None:
    told: list[str] = []
    keys = StoredKeys(told.append)
    assert [await keys.key(provider) for _ in range(3)] == [None, None, None]
    assert len(told) == 1
    assert "anthropic" in told[0]


async def test_no_reference_is_no_key(provider: Provider) -> None:
    assert await StoredKeys(pytest.fail).key(replace(provider, key_ref="")) is None


async def test_a_key_that_is_set_while_the_program_runs_is_used(
    tmp_path: Path, provider: Provider, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stored_keys, "LOOK_S", 0.0)
    notes = tmp_path / "keys.json"
    keys = StoredKeys(lambda _: None, notes)
    assert await keys.key(provider) is None
    for number, text in enumerate(("sk-one", "sk-two")):
        (tmp_path / "key").write_text(text)
        notes.write_text("{}")
        os.utime(notes, ns=(number, number + 1))
        assert await keys.key(provider) == text
