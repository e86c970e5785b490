"""N connections, each sending its next request as soon as it has the last reply."""

import asyncio
import time
from dataclasses import dataclass, field

from tests.bench.cpu import cpu_ns
from tests.bench.figures import Figures, summary
from tests.bench.load.requests import Request, agent_request
from tests.bench.load.spec import ClosedLoop, Target
from tests.bench.load.wire import Wire, dial

GRACE_S = 15.0
MAX_ERRORS = 1_000


@dataclass(slots=True)
class Tally:
    """What the workers share: until when to send, and what came back while ``measuring``."""

    measuring: bool = False
    stopping: bool = False
    sent: int = 0
    errors: int = 0
    latencies_ns: list[int] = field(default_factory=list)


async def run(load: ClosedLoop) -> Figures:
    tally = Tally()
    requests = [agent_request(load.target.dialect, load.body_bytes, seed) for seed in range(load.connections)]
    async with asyncio.TaskGroup() as group:
        workers = [group.create_task(work(load.target, request, tally)) for request in requests]
        figures = await window(load, tally)
        _, hung = await asyncio.wait(workers, timeout=GRACE_S)
        for worker in hung:
            worker.cancel()
    figures |= {"errors": float(tally.errors + len(hung)), "sent": float(tally.sent)}
    return figures | summary(tally.latencies_ns)


async def window(load: ClosedLoop, tally: Tally) -> Figures:
    """Let the load run for its time; CPU and rate are those of the window only."""
    await asyncio.sleep(load.warmup_s)
    tally.measuring = True
    start_ns, start_cpu_ns = time.monotonic_ns(), cpu_ns(load.target.pids)
    await asyncio.sleep(load.window_s)
    done, tally.measuring, tally.stopping = len(tally.latencies_ns), False, True
    return rates(done, time.monotonic_ns() - start_ns, cpu_ns(load.target.pids) - start_cpu_ns)


def rates(done: int, took_ns: int, used_ns: int) -> Figures:
    """Requests per second, CPU per request, and what one core could carry.

    A server that the load does not saturate is given the rate its CPU per request allows: the load is one Python
    process, and nginx waits for it most of the time.
    """
    rps = done / (took_ns / 1e9)
    if not done or not used_ns:
        return {"rps": rps}
    busy, cpu_us = used_ns / took_ns, used_ns / done / 1e3
    return {"rps": rps, "core_rps": rps if busy > 0.9 else 1e6 / cpu_us, "cpu_us": cpu_us, "busy": busy}


async def work(target: Target, request: Request, tally: Tally) -> None:
    while not tally.stopping and tally.errors < MAX_ERRORS:
        wire = None
        try:
            wire = await dial(target.port)
            await converse(wire, request, tally)
        except OSError:
            tally.errors += 1
        finally:
            if wire is not None:
                wire.close()


async def converse(wire: Wire, request: Request, tally: Tally) -> None:
    while not tally.stopping:
        tally.sent += 1
        await wire.exchange(request.next())
        if wire.status != 200:
            tally.errors += 1
        elif tally.measuring:
            tally.latencies_ns.append(wire.done_ns - wire.started_ns)
