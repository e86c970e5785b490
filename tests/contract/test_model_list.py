"""`GET /v1/models` is answered within the three seconds that Claude Code waits, whatever the provider does."""

import time
from pathlib import Path

import pytest

from tests.contract.talks import ANTHROPIC, CHAT, Talk
from tests.contract.upstreams import in_front_of
from tests.contract.wire import Answer, ask, request
from tests.core.upstream.scripted import Peer, Script
from tests.support.running import Running, running

KNOWN = ("claude-sonnet-4-5", "gpt-4o")
LISTED = {f"providers.{key}": {"models": KNOWN} for key in ("anthropic", "openai")}


async def listed(talk: Talk, proxy: Running) -> tuple[Answer, float]:
    started_s = time.monotonic()
    answer = await ask(proxy.url, request("GET", "/v1/models?limit=1000", talk.headers))
    return answer, time.monotonic() - started_s


async def silent(peer: Peer) -> None:
    await peer.request()
    await peer.gone()


async def dropping(peer: Peer) -> None:
    await peer.request()


HANGS: dict[str, tuple[Script, Talk]] = {
    "says nothing": (silent, ANTHROPIC),
    "drops the connection": (dropping, ANTHROPIC),
    "drops the connection of an OpenAI-shaped client": (dropping, CHAT),
}


@pytest.mark.parametrize(("hang", "talk"), HANGS.values(), ids=HANGS)
async def test_the_list_is_that_of_the_configuration_when_the_provider(
    hang: Script, talk: Talk, tmp_path: Path
) -> None:
    async with in_front_of(hang, tmp_path, changes=LISTED) as proxy:
        answer, took_s = await listed(talk, proxy)
        record = await proxy.record()
    assert answer.status == 200
    assert [model["id"] for model in answer.json()["data"]] == list(KNOWN)
    assert took_s < 3
    assert (record.outcome.ending, record.status, record.cost_nanousd) == ("answered", 200, 0)


async def test_without_a_list_of_its_own_the_proxy_says_in_time_that_the_provider_hangs(tmp_path: Path) -> None:
    async with in_front_of(silent, tmp_path) as proxy:
        answer, took_s = await listed(ANTHROPIC, proxy)
        record = await proxy.record()
    assert (answer.status, answer.json()["error"]["type"]) == (504, "timeout_error")
    assert took_s < 3
    assert (record.outcome.ending, record.cost_nanousd) == ("upstream_timeout", 0)


@pytest.mark.parametrize("talk", [ANTHROPIC, CHAT], ids=str)
async def test_the_provider_s_own_list_comes_back_when_there_is_one(talk: Talk, tmp_path: Path) -> None:
    async with running(tmp_path, mock=None, upstream_url=None, **LISTED) as proxy:
        answer, _ = await listed(talk, proxy)
        record = await proxy.record()
        (entry,) = proxy.mock.journal
    assert entry.target == "/v1/models?limit=1000"
    assert len(answer.json()["data"]) > len(KNOWN)
    assert (record.outcome.ending, record.arrival.operation, record.cost_nanousd) == ("completed", "models", 0)
