"""The door under the loops that may host it: the plain one, uvloop's, and the terminal's with its eager tasks."""

import asyncio
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.core.api import samples
from tests.core.api.stand import stand

if sys.platform != "win32":
    import uvloop

    LOOPS: list[Callable[[], asyncio.AbstractEventLoop]] = [asyncio.new_event_loop, uvloop.new_event_loop]
else:
    LOOPS = [asyncio.new_event_loop]


async def ask_listen_and_stop(data_dir: Path) -> str:
    """What a listener hears last after a request, an exchange and a stop."""
    async with stand(data_dir) as api:
        assert (await api.client.get("/api/stats")).json()["total_requests"] == 0
        async with api.client.stream("GET", "/api/events") as reply:
            lines = reply.aiter_lines()
            assert await anext(lines) == ": listening"
            api.settle(samples.record())
            api.stop.set()
            return [line async for line in lines if line.startswith("event:")][-1]


@pytest.mark.parametrize("new_loop", LOOPS)
def test_every_loop(tmp_path: Path, new_loop: Callable[[], asyncio.AbstractEventLoop]) -> None:
    with asyncio.Runner(loop_factory=new_loop) as runner:
        assert runner.run(ask_listen_and_stop(tmp_path)) == "event: end"


@pytest.mark.skipif(sys.version_info < (3, 12), reason="there are no eager tasks before 3.12")
def test_eager_tasks(tmp_path: Path) -> None:
    with asyncio.Runner() as runner:
        runner.get_loop().set_task_factory(getattr(asyncio, "eager_task_factory", None))
        assert runner.run(ask_listen_and_stop(tmp_path)) == "event: end"
