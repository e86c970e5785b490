"""An upstream whose answers a test lets out one by one."""

import asyncio
from collections.abc import Callable

from proxy_core.upstream.transport import Transport
from tests.core.upstream.scripted import TIMEOUTS, Peer, Upstream, read_all


class Gate:
    """An upstream that answers one request per `let` with the number of its connection."""

    def __init__(self) -> None:
        self.at_work = 0
        self.most_at_work = 0
        self._permits = asyncio.Semaphore(0)

    def let(self, count: int = 1) -> None:
        for _ in range(count):
            self._permits.release()

    async def script(self, peer: Peer) -> None:
        while await peer.request() is not None:
            self.at_work += 1
            self.most_at_work = max(self.most_at_work, self.at_work)
            try:
                await self._permits.acquire()
            finally:
                self.at_work -= 1
            number = b"%d" % peer.number
            await peer.say(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(number) + number)


async def until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(10):
        while not condition():  # noqa: ASYNC110
            await asyncio.sleep(0.001)


async def ask(transport: Transport, up: Upstream) -> bytes:
    return await read_all(await transport.send(up.call(), TIMEOUTS))
