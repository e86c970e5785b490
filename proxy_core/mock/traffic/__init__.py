"""Lively sample traffic for the demo: several clients, projects and models, with an accident now and then."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from random import Random

import httpx

from proxy_core.mock.traffic import claude_code, codex, simple_clients
from proxy_core.mock.traffic.talk import Line

Client = Callable[[Line, str, str], Awaitable[None]]

MAX_AT_ONCE = 12

CLIENTS: Sequence[tuple[Client, str, str]] = (
    (claude_code.work, "web-shop", "claude-sonnet-4-5"),
    (codex.work, "billing-api", "gpt-5.1"),
    (simple_clients.index_documents, "docs-search", "text-embedding-3-small"),
    (claude_code.work, "billing-api", "claude-opus-4-5"),
    (simple_clients.pair_program, "mobile-app", "gpt-4o-mini"),
    (codex.work, "mobile-app", "gpt-5.3-codex"),
    (simple_clients.run_scripts, "nightly-reports", "gpt-4.1-mini"),
    (claude_code.work, "mobile-app", "claude-sonnet-4-6"),
)
"""Who works on what, with which model."""

_START_APART_S = 0.4
_TIMEOUT = httpx.Timeout(connect=5.0, read=60.0, write=30.0, pool=60.0)


async def generate(base_url: str, stop: asyncio.Event, *, seed: int = 7, pace: float = 1.0) -> None:
    """Send sample traffic to `base_url` until `stop` is set; failures of any request are part of the picture.

    About two requests a second at pace 1, at most `MAX_AT_ONCE` under way. The same seed asks the same things, and
    directives for the mock travel in the header `x-mock`. Returns at once when stopped, whatever is under way.
    """
    slots = asyncio.Semaphore(MAX_AT_ONCE)
    limits = httpx.Limits(max_connections=MAX_AT_ONCE, max_keepalive_connections=MAX_AT_ONCE)
    async with (
        httpx.AsyncClient(base_url=base_url, timeout=_TIMEOUT, limits=limits, trust_env=False) as http,
        asyncio.TaskGroup() as group,
    ):
        working = [
            # Sample traffic is no secret: what matters is that a seed repeats it.
            group.create_task(_work(number, Line(http, {}, Random(seed * 1_000 + number), pace, slots)))  # noqa: S311
            for number in range(len(CLIENTS))
        ]
        await stop.wait()
        for task in working:
            task.cancel()


async def _work(number: int, line: Line) -> None:
    """One client, started a little after the one before; one that breaks starts again."""
    client, project, model = CLIENTS[number]
    await asyncio.sleep(number * _START_APART_S / line.pace)
    while True:
        try:
            await client(line, project, model)
        except Exception:
            # A reply that makes no sense must end neither the client nor the demo.
            await line.pause(1.0, 2.0)
