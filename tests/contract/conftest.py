"""The engine in front of the mock, on the loop that the program is hosted on."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from pathlib import Path

import pytest
import structlog
import uvloop

from tests.support.running import Running, running

LoopFactory = Callable[[], asyncio.AbstractEventLoop]
TRANSPARENT = "test_loop.py"
"""Looks at every callback, which uvloop does not show."""


def pytest_asyncio_loop_factories(config: pytest.Config, item: pytest.Item) -> Mapping[str, LoopFactory]:
    return {"asyncio": asyncio.new_event_loop} if item.path.name == TRANSPARENT else {"uvloop": uvloop.new_event_loop}


@pytest.fixture
async def proxy(tmp_path: Path) -> AsyncIterator[Running]:
    async with running(tmp_path) as engine:
        yield engine


@pytest.fixture(autouse=True)
def nothing_failed_behind_the_scenes() -> Iterator[None]:
    """Faults that are caught and logged, by the bus for instance, fail the test as well."""
    with structlog.testing.capture_logs() as logs:
        yield
    assert [entry for entry in logs if entry["log_level"] in {"error", "critical"}] == []
