"""How late the loop runs its timers: the one figure that tells whether anything on it takes too long."""

import asyncio
import time
from collections import deque

PERIOD_S = 0.02
WINDOW_S = 10.0


class LoopLag:
    """Samples a timer every 20 ms. Lag is how many milliseconds later than asked it ran."""

    def __init__(self) -> None:
        self.max_ms = 0.0
        """The longest lag since the start."""
        self._recent: deque[float] = deque(maxlen=int(WINDOW_S / PERIOD_S))
        self._timer: asyncio.TimerHandle | None = None

    @property
    def now_ms(self) -> float:
        """The latest sample."""
        return self._recent[-1] if self._recent else 0.0

    @property
    def recent_max_ms(self) -> float:
        """The longest lag of the last ten seconds."""
        return max(self._recent, default=0.0)

    def start(self) -> None:
        self._arm(asyncio.get_running_loop())

    def stop(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _arm(self, loop: asyncio.AbstractEventLoop) -> None:
        due = time.monotonic() + PERIOD_S
        self._timer = loop.call_later(PERIOD_S, self._sample, loop, due)

    def _sample(self, loop: asyncio.AbstractEventLoop, due: float) -> None:
        lag_ms = max(0.0, (time.monotonic() - due) * 1e3)
        self._recent.append(lag_ms)
        self.max_ms = max(self.max_ms, lag_ms)
        self._arm(loop)
