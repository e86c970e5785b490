"""Clients and upstreams in a thread of their own, so that only the proxy runs on the test's loop."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Coroutine
from typing import Any, TypeVar

T = TypeVar("T")


class Elsewhere:
    """A loop in another thread."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop

    async def run(self, work: Coroutine[Any, Any, T]) -> T:
        """The result of a coroutine that runs over there."""
        return await asyncio.wrap_future(asyncio.run_coroutine_threadsafe(work, self._loop))

    @contextlib.asynccontextmanager
    async def within(self, manager: contextlib.AbstractAsyncContextManager[T]) -> AsyncIterator[T]:
        """An asynchronous context that is entered and left over there, by one task."""
        inside: asyncio.Future[T] = asyncio.get_running_loop().create_future()
        here, leave = asyncio.get_running_loop(), asyncio.Event()

        async def hold() -> None:
            async with manager as value:
                here.call_soon_threadsafe(inside.set_result, value)
                await leave.wait()

        held = asyncio.run_coroutine_threadsafe(hold(), self._loop)
        try:
            yield await inside
        finally:
            self._loop.call_soon_threadsafe(leave.set)
            await asyncio.wrap_future(held)


@contextlib.asynccontextmanager
async def elsewhere() -> AsyncIterator[Elsewhere]:
    here = asyncio.get_running_loop()
    begun: asyncio.Future[tuple[asyncio.AbstractEventLoop, asyncio.Event]] = here.create_future()

    async def stay() -> None:
        leave = asyncio.Event()
        here.call_soon_threadsafe(begun.set_result, (asyncio.get_running_loop(), leave))
        await leave.wait()

    staying = here.run_in_executor(None, asyncio.run, stay())
    loop, leave = await begun
    try:
        yield Elsewhere(loop)
    finally:
        loop.call_soon_threadsafe(leave.set)
        await staying
