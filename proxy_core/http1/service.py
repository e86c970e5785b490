"""What the connections of one door share."""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any, Protocol

from proxy_core.http1.asgi import ASGIApp
from proxy_core.http1.settings import ServerSettings

Spawn = Callable[[Coroutine[Any, Any, None]], object]
OnError = Callable[[BaseException], None]


class Guest(Protocol):
    """A connection, as the door sees it."""

    def tick(self, now_s: float) -> None: ...
    def stop(self) -> None: ...
    def abort(self) -> None: ...


class Service:
    """Who is connected, and whether the door still serves."""

    def __init__(self, app: ASGIApp, settings: ServerSettings, spawn: Spawn, on_error: OnError) -> None:
        self.app = app
        self.settings = settings
        self.spawn = spawn
        self.on_error = on_error
        self.loop = asyncio.get_running_loop()
        self.guests: set[Guest] = set()
        self.stopping = False
        self._running = 0
        self._quiet = asyncio.Event()

    def left(self, guest: Guest) -> None:
        self.guests.discard(guest)
        self._look()

    def app_started(self) -> None:
        self._running += 1

    def app_ended(self) -> None:
        self._running -= 1
        self._look()

    def stop(self) -> None:
        """End idle connections; those at work end with the reply they are at."""
        self.stopping = True
        for guest in list(self.guests):
            guest.stop()
        self._look()

    def abort(self) -> None:
        for guest in list(self.guests):
            guest.abort()

    def _look(self) -> None:
        if self.stopping and not self.guests and not self._running:
            self._quiet.set()

    async def quiet(self, patience_s: float) -> bool:
        """Whether, within that time, the last connection and the last application ended."""
        try:
            async with asyncio.timeout(patience_s):
                await self._quiet.wait()
        except TimeoutError:
            return False
        return True
