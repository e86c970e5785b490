"""The body of a reply on its way out: compressed if asked for, cut if asked for, sent piece by piece."""

import asyncio

from proxy_core.mock.asgi import Send
from proxy_core.mock.bodies import Coder


class BodyWriter:
    """Writes one reply body."""

    def __init__(self, send: Send, coder: Coder | None, chunk_bytes: int | None) -> None:
        self._send = send
        self._coder = coder
        self._chunk_bytes = chunk_bytes

    async def write(self, data: bytes) -> None:
        """Send `data` so that the client can read all of it now."""
        await self._put(self._coder.feed(data) if self._coder else data)

    async def end(self) -> None:
        """Finish the body properly."""
        if self._coder:
            await self._put(self._coder.end())
        await self._send({"type": "http.response.body", "body": b"", "more_body": False})

    async def _put(self, data: bytes) -> None:
        step = self._chunk_bytes or max(len(data), 1)
        for start in range(0, len(data), step):
            await self._send({"type": "http.response.body", "body": data[start : start + step], "more_body": True})
            # Lets the server put each piece on the wire by itself, and notice that the client has left.
            await asyncio.sleep(0)
