"""One timer for all streams."""

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass

from tests.bench.load.stamps import stamp
from tests.bench.upstream.replies import STREAM_END, STREAM_HEAD, StreamShape, chunk

EVENTS_PER_S = 100
PHASES = 10
TICK_S = 1 / (EVENTS_PER_S * PHASES)


@dataclass(slots=True, eq=False)
class Stream:
    """A stream that still has ``left`` events to send; ``done`` is called after its last byte."""

    transport: asyncio.Transport
    shape: StreamShape
    left: int
    done: Callable[[], None]

    def open(self) -> None:
        self.transport.write(STREAM_HEAD + chunk(self.shape.first))

    def send(self) -> bool:
        """Send the next event, stamped at the last moment; False when the stream is over."""
        if self.transport.is_closing():
            return False
        if self.left <= 0:
            self.transport.write(chunk(self.shape.last) + STREAM_END)
            self.done()
            return False
        self.left -= 1
        self.transport.write(chunk(self.shape.before + stamp(time.monotonic_ns()) + self.shape.after))
        return True


class Ticker:
    """Sends every stream 100 events a second.

    Streams are dealt to ten phases in turn, whenever they began, so that all competitors see the same evenly spread
    events instead of bursts that depend on how fast they opened their streams.
    """

    def __init__(self) -> None:
        self._phases: tuple[set[Stream], ...] = tuple(set() for _ in range(PHASES))
        self._joined = 0
        self._tick = 0
        self._start_s = 0.0
        self._timer: asyncio.TimerHandle | None = None

    def start(self) -> None:
        self._start_s = asyncio.get_running_loop().time()
        self._later()

    def stop(self) -> None:
        if self._timer is not None:
            self._timer.cancel()

    def join(self, stream: Stream) -> None:
        stream.open()
        self._phases[self._joined % PHASES].add(stream)
        self._joined += 1

    def _later(self) -> None:
        self._timer = asyncio.get_running_loop().call_at(self._start_s + (self._tick + 1) * TICK_S, self._run)

    def _run(self) -> None:
        """All ticks that are due: the rate holds even when this process was late."""
        due = int((asyncio.get_running_loop().time() - self._start_s) / TICK_S)
        while self._tick < due:
            self._tick += 1
            phase = self._phases[self._tick % PHASES]
            phase.difference_update([stream for stream in phase if not stream.send()])
        self._later()
