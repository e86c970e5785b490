"""Putting a provider behind a real server, on a free port of the loopback interface."""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, cast

from hypercorn.asyncio import serve
from hypercorn.config import Config, Sockets

from proxy_core.mock import MockProvider


@asynccontextmanager
async def served(provider: MockProvider) -> AsyncIterator[str]:
    """The base URL of `provider`, served by hypercorn on this loop until the block ends."""
    listener = socket.create_server(("127.0.0.1", 0))
    config = _OnSocket(listener)
    stop = asyncio.Event()
    async with asyncio.TaskGroup() as group:
        group.create_task(serve(cast("Any", provider), config, shutdown_trigger=stop.wait))
        try:
            yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        finally:
            stop.set()


class _OnSocket(Config):
    """Serve on a socket that is bound already, so that its port is known before the server runs."""

    def __init__(self, listener: socket.socket) -> None:
        super().__init__()
        self._listener = listener
        self.accesslog = None
        self.errorlog = None
        self.graceful_timeout = 0.5

    def create_sockets(self) -> Sockets:
        return Sockets([], [self._listener], [])
