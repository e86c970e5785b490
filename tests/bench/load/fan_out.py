"""As many requests at once as there are connections, so that a proxy has to open as many to its provider."""

import asyncio

from tests.bench.figures import Figures
from tests.bench.load.requests import agent_request
from tests.bench.load.spec import FanOut
from tests.bench.load.wire import dial


async def run(load: FanOut) -> Figures:
    async with asyncio.TaskGroup() as group:
        held = [group.create_task(hold(load, number)) for number in range(load.connections)]
    return {"errors": float(sum(task.result() != 200 for task in held))}


async def hold(load: FanOut, number: int) -> int:
    wire = await dial(load.target.port)
    request = agent_request(load.target.dialect, 2_000, number, hold_ms=load.hold_ms)
    await wire.exchange(request.next())
    wire.close()
    return wire.status
