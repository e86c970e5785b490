"""Waiting for something to happen on a connection, but not for ever."""

import asyncio
from collections.abc import Callable

_CLOCK_GRAIN_S = 0.001  # uvloop's clock and timers count whole milliseconds


class Wakeup:
    """One task waits; a protocol callback or a deadline wakes it.

    A stream waits thousands of times a second with deadlines that hardly ever come, so a timer is left running when a
    wait ends and moves on by itself when it goes off early. Setting one per wait would cost more than the wait.
    """

    __slots__ = ("_deadline", "_loop", "_on_late", "_timer", "_waiter")

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self._waiter: asyncio.Future[None] | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._deadline = 0.0
        self._on_late: Callable[[], None] | None = None

    async def wait_until(self, deadline: float, on_late: Callable[[], None]) -> None:
        """Return after the next `wake`. At `deadline` (the loop's clock) `on_late` is called, which should wake."""
        if self._waiter is not None:
            raise RuntimeError("Two tasks wait for the same reply; only one may read it.")
        waiter = self._waiter = self._loop.create_future()
        self._deadline = deadline
        self._on_late = on_late
        if self._timer is None:
            self._timer = self._loop.call_at(deadline, self._ring)
        elif self._timer.when() > deadline:
            self._timer.cancel()
            self._timer = self._loop.call_at(deadline, self._ring)
        try:
            await waiter
        finally:
            self._waiter = self._on_late = None

    def wake(self) -> None:
        waiter = self._waiter
        if waiter is not None and not waiter.done():
            waiter.set_result(None)

    def close(self) -> None:
        """Wake whoever waits, and leave no timer behind."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        self.wake()

    def _ring(self) -> None:
        self._timer = None
        if self._on_late is None:
            return
        if self._deadline - self._loop.time() > _CLOCK_GRAIN_S:
            self._timer = self._loop.call_at(self._deadline, self._ring)
        else:
            self._on_late()
