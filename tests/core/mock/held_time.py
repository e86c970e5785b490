"""A clock that a test moves by hand."""

import asyncio

from proxy_core.mock.clocks import Clock


class HeldTime:
    """Time that passes only when somebody waits, or when the test says so; no wait takes real time."""

    def __init__(self, now_s: float = 1_800_000_000.0) -> None:
        self.now_s = now_s
        self.waits_s: list[float] = []

    @property
    def clock(self) -> Clock:
        return Clock(wall=lambda: self.now_s, steady=lambda: self.now_s, sleep=self._sleep)

    async def _sleep(self, seconds: float) -> None:
        self.waits_s.append(seconds)
        self.now_s += seconds
        await asyncio.sleep(0)
