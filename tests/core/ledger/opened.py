"""A ledger for a test, closed however the test ends."""

import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

from proxy_core.events import Event
from proxy_core.exchange.record import ExchangeRecord
from proxy_core.ledger import Ledger, LedgerLimits
from proxy_core.ledger.labels import Labels

FILE_NAME = "tokenman.db"


def _nobody(_: Event) -> None:
    return


@asynccontextmanager
async def opened(
    directory: Path,
    *records: ExchangeRecord,
    publish: Callable[[Event], None] = _nobody,
    labels: Labels | None = None,
    limits: LedgerLimits | None = None,
    now_ns: Callable[[], int] = time.time_ns,
) -> AsyncIterator[Ledger]:
    """The ledger in `directory`, with `records` committed."""
    ledger = await Ledger.open(directory / FILE_NAME, publish=publish, labels=labels, limits=limits, now_ns=now_ns)
    try:
        for record in records:
            ledger.settle(record)
        await ledger.flush()
        yield ledger
    finally:
        await ledger.close()
