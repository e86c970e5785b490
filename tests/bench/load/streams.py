"""Many streams at once: the CPU of an event, its delay from provider to client, the first byte of a new stream."""

import asyncio
import time
from dataclasses import dataclass, field

from tests.bench.cpu import cpu_ns
from tests.bench.figures import Figures, percentile
from tests.bench.load.requests import agent_request
from tests.bench.load.spec import Streams
from tests.bench.load.stamps import Delays
from tests.bench.load.wire import Wire, dial

GRACE_S = 20.0


@dataclass(slots=True)
class Stream:
    """One stream's observations. ``first_byte_ns`` counts from the moment the request was written; 0: none came."""

    delays: Delays = field(default_factory=Delays)
    first_byte_ns: int = 0
    complete: bool = False


async def run(load: Streams) -> Figures:
    streams = [Stream() for _ in range(load.streams)]
    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(follow(load, number, stream)) for number, stream in enumerate(streams)]
        await asyncio.sleep(load.stagger_s)
        start_ns, start_cpu_ns = time.monotonic_ns(), cpu_ns(load.target.pids)
        await asyncio.sleep(load.window_s)
        end_ns, end_cpu_ns = time.monotonic_ns(), cpu_ns(load.target.pids)
        _, late = await asyncio.wait(tasks, timeout=load.stagger_s + GRACE_S)
        for task in late:
            task.cancel()
    return event_figures(streams, start_ns, end_ns, end_cpu_ns - start_cpu_ns) | stream_figures(streams)


def events_per_stream(load: Streams) -> int:
    """Enough for the first stream to last until the window closes."""
    return round((load.stagger_s + load.window_s) * load.events_per_s)


async def follow(load: Streams, number: int, stream: Stream) -> None:
    events = events_per_stream(load)
    request = agent_request(load.target.dialect, load.body_bytes, number, stream_events=events)
    await asyncio.sleep(number * load.stagger_s / load.streams)
    wire: Wire | None = None
    try:
        wire = await dial(load.target.port, stream.delays.piece)
        await wire.exchange(request.next())
        stream.complete = wire.status == 200 and len(stream.delays.sent_ns) == events
    except OSError:
        pass  # it stays incomplete, which is counted
    finally:
        if wire is not None:
            stream.first_byte_ns = max(0, wire.first_byte_ns - wire.started_ns)
            wire.close()


def event_figures(streams: list[Stream], start_ns: int, end_ns: int, used_ns: int) -> Figures:
    delays_ns = [delay_ns for stream in streams for delay_ns in stream.delays.between(start_ns, end_ns)]
    if not delays_ns:
        return {}
    arrived = sum(stream.delays.arrived(start_ns, end_ns) for stream in streams)
    delay = {"delay_p50_ms": 0.5, "delay_p99_ms": 0.99, "delay_max_ms": 1.0}
    figures = {name: percentile(delays_ns, share) / 1e6 for name, share in delay.items()}
    figures["events_per_s"] = arrived / ((end_ns - start_ns) / 1e9)
    if used_ns and arrived:
        figures["cpu_event_us"] = used_ns / arrived / 1e3
    return figures


def stream_figures(streams: list[Stream]) -> Figures:
    """An error is a stream that failed, stopped early, or lost or doubled an event."""
    figures = {"errors": float(sum(not stream.complete for stream in streams))}
    first_bytes_ns = [stream.first_byte_ns for stream in streams if stream.first_byte_ns]
    if first_bytes_ns:
        figures["first_byte_p50_ms"] = percentile(first_bytes_ns, 0.5) / 1e6
    return figures
