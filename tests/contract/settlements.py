"""The records that exchanges leave, found by what the client knows of them."""

import asyncio
import time
from collections.abc import Callable

from proxy_core.events import ExchangeSettled
from proxy_core.exchange.record import ExchangeRecord
from tests.support.running import Running

PATIENCE_S = 10.0


async def record_of(proxy: Running, exchange_id: str) -> ExchangeRecord:
    """The only record of the exchange that a reply named in `x-tokenman-id`, once there is one."""
    return await _only(proxy, lambda record: record.id == exchange_id)


async def record_for(proxy: Running, project: str) -> ExchangeRecord:
    """The only record of a project: for exchanges whose clients saw no reply."""
    return await _only(proxy, lambda record: record.arrival.project == project)


async def _only(proxy: Running, wanted: Callable[[ExchangeRecord], bool]) -> ExchangeRecord:
    settled = asyncio.Event()
    forget = proxy.engine.state.bus.subscribe(ExchangeSettled, lambda _: settled.set())
    try:
        async with asyncio.timeout(PATIENCE_S):
            while not (found := [record for record in proxy.settled if wanted(record)]):
                settled.clear()
                await settled.wait()
    finally:
        forget()
    (only,) = found
    return only


async def settled(figure: Callable[[], int]) -> int:
    """The figure once it has stopped growing for a hundred rounds of the loop and a tenth of a second."""
    before, since_s, rounds = -1, time.monotonic(), 0
    while rounds < 100 or time.monotonic() - since_s < 0.1:
        await asyncio.sleep(0.001)
        rounds += 1
        if figure() != before:
            before, since_s, rounds = figure(), time.monotonic(), 0
    return before
