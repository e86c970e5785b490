"""The sample traffic of the demo."""

import asyncio
import gc
import re
from collections import Counter

import pytest

from proxy_core.mock import MockProvider, MockSettings
from proxy_core.mock.directives import Directives, parse
from proxy_core.mock.journal import Journal
from proxy_core.mock.traffic import CLIENTS, MAX_AT_ONCE, generate
from tests.core.mock.serving import served

FAST = 50.0


async def test_it_looks_like_several_clients_at_work() -> None:
    provider = MockProvider()
    stop = asyncio.Event()
    async with served(provider) as url, asyncio.TaskGroup() as group:
        group.create_task(generate(url, stop, pace=FAST))
        await provider.journal.wait_until(lambda journal: journal.received >= 220, timeout_s=30)
        stop.set()
    shows_clients_and_projects(provider.journal)
    succeeds_mostly(provider.journal)
    names_real_models_and_grows(provider.journal)


def shows_clients_and_projects(journal: Journal) -> None:
    assert {entry.target for entry in journal} == {
        "/v1/messages?beta=true",
        "/v1/messages/count_tokens?beta=true",
        "/v1/responses",
        "/v1/chat/completions",
        "/v1/embeddings",
    }
    assert {entry.header("x-tokenman-project") for entry in journal} == {project for _, project, _ in CLIENTS}
    assert {"main", "subagent"} <= {entry.header("x-claude-code-request-class") for entry in journal}


def succeeds_mostly(journal: Journal) -> None:
    statuses = Counter(entry.status for entry in journal)
    assert statuses[200] > 0.8 * len(journal)
    assert {429, 529} & statuses.keys()
    # A refusal of its own making would mean that the clients keep their conversations wrongly.
    assert 400 not in statuses


def names_real_models_and_grows(journal: Journal) -> None:
    models = set(re.findall(rb'"model":\s*"([^"]+)"', b"".join(entry.body for entry in journal)))
    assert models >= {model.encode() for _, _, model in CLIENTS}
    assert not any(b"+" in model for model in models)
    sizes = [len(entry.body) for entry in journal if entry.target.startswith("/v1/messages?")]
    assert max(sizes) > 1.2 * min(sizes)


@pytest.mark.parametrize("directives", ["status=500", "garbage-at=0", "drop-at=1", "end-at=3", "plain"])
async def test_nothing_that_comes_back_can_end_it(directives: str) -> None:
    stop = asyncio.Event()
    provider = MockProvider(MockSettings(directives=parse(directives)))
    async with served(provider) as url, asyncio.TaskGroup() as group:
        going = group.create_task(generate(url, stop, pace=FAST))
        await provider.journal.wait_until(lambda journal: journal.received >= 60, timeout_s=30)
        assert not going.done()
        stop.set()


async def test_nobody_listening_can_end_it() -> None:
    stop = asyncio.Event()
    async with asyncio.TaskGroup() as group:
        going = group.create_task(generate("http://127.0.0.1:1", stop, pace=FAST))
        await asyncio.sleep(0.1)
        assert not going.done()
        stop.set()


async def test_it_stops_at_once_and_leaves_nothing_behind() -> None:
    provider = MockProvider(MockSettings(directives=Directives(stall_at=0)))
    stop = asyncio.Event()
    before = asyncio.all_tasks()
    async with served(provider) as url:
        going = asyncio.ensure_future(generate(url, stop, pace=FAST))
        await provider.journal.wait_until(lambda journal: journal.received >= 3)
        stop.set()
        async with asyncio.timeout(5.0):
            await going
        await provider.journal.wait_until(lambda journal: all(entry.ended != "under way" for entry in journal))
    assert asyncio.all_tasks() == before
    gc.collect()


async def test_what_is_under_way_is_bounded() -> None:
    provider = MockProvider(MockSettings(directives=Directives(stall_at=0)))
    stop = asyncio.Event()
    async with served(provider) as url, asyncio.TaskGroup() as group:
        group.create_task(generate(url, stop, pace=500.0))
        await provider.journal.wait_until(lambda journal: journal.received >= len(CLIENTS))
        assert provider.journal.received <= MAX_AT_ONCE
        stop.set()
