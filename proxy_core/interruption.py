"""Ending an exchange from outside: its client has left, or the program stops."""

import asyncio

from proxy_core.exchange.outcome import Ending


class Interruption:
    """Cancels the task that created it, once, and remembers why. After `disarm` nothing interrupts any more."""

    def __init__(self) -> None:
        self._task = asyncio.current_task()
        self._armed = True
        self.ending: Ending | None = None

    def trigger(self, ending: Ending) -> None:
        if self._armed and self._task is not None:
            self._armed = False
            self.ending = ending
            self._task.cancel()

    def take(self) -> Ending | None:
        """Why the task was cancelled, and the cancellation is over; None when it was somebody else's."""
        if self.ending is not None and self._task is not None:
            self._task.uncancel()
        return self.ending

    def disarm(self) -> None:
        self._armed = False
