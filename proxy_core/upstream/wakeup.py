"""Waiting for something to happen on a connection, but not for ever."""

import asyncio
from collections.abc import Callable
from typing import Generic, TypeVar

_CLOCK_GRAIN_S = 0.001  # uvloop's clock and timers count whole milliseconds

Phase = TypeVar("Phase")


class Wakeup(Generic[Phase]):
    """One task waits; a protocol callback or a deadline wakes it.

    A stream waits thousands of times a second with deadlines that hardly ever come, so a timer is left running when a
    wait ends and moves on by itself when it goes off early. Setting one per wait would cost more than the wait.
    """

    __slots__ = ("_deadline", "_loop", "_on_late", "_phase", "_timer", "_waiter")

    def __init__(self, loop: asyncio.AbstractEventLoop, on_late: Callable[[Phase], None]) -> None:
        """`on_late` is told what was waited for when a deadline has passed; it should wake."""
        self._loop = loop
        self._on_late = on_late
        self._waiter: asyncio.Future[None] | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._deadline = 0.0
        self._phase: Phase

    def until(self, deadline: float, phase: Phase) -> "asyncio.Future[None]":
        """What to await: it is done at the next `wake`, which comes by `deadline` (the loop's clock) at the latest."""
        if self._waiter is not None and not self._waiter.done():
            raise RuntimeError("Two tasks wait for the same reply; only one may read it.")
        waiter = self._waiter = self._loop.create_future()
        self._deadline = deadline
        self._phase = phase
        if self._timer is None:
            self._timer = self._loop.call_at(deadline, self._ring)
        elif self._timer.when() > deadline:
            self._timer.cancel()
            self._timer = self._loop.call_at(deadline, self._ring)
        return waiter

    def wake(self) -> None:
        waiter = self._waiter
        if waiter is not None:
            self._waiter = None
            if not waiter.done():
                waiter.set_result(None)

    def close(self) -> None:
        """Wake whoever waits, and leave no timer behind."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        self.wake()

    def _ring(self) -> None:
        self._timer = None
        if self._waiter is None or self._waiter.done():
            return
        if self._deadline - self._loop.time() > _CLOCK_GRAIN_S:
            self._timer = self._loop.call_at(self._deadline, self._ring)
        else:
            self._on_late(self._phase)
