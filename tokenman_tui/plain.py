"""`--plain`: instead of the app a line for each exchange, on standard output; no colours, nothing moves."""

import asyncio
import contextlib
from collections.abc import Callable, Iterator
from datetime import tzinfo
from typing import Protocol

from proxy_core.bus import Bus
from proxy_core.events import ExchangeSettled, NoticeRaised
from proxy_core.ledger.figures import cost_is_unknown
from tokenman_tui.feeds.inert import inert
from tokenman_tui.feeds.spoken import spoken
from tokenman_tui.line_writer import LineWriter

NOTICE_CHARACTERS = 400


class Told(Protocol):
    """What the lines are made from."""

    @property
    def bus(self) -> Bus: ...


def begins(proxy_url: str) -> str:
    """The first line."""
    return f"TokenMan is serving at {proxy_url} and writes a line for each request that has ended."


@contextlib.contextmanager
def plain_lines(
    state: Told, descriptor: int, encoding: str, gone: Callable[[], object], zone: tzinfo | None = None
) -> Iterator[Callable[[str], None]]:
    """Writes what happens until it is left; yields what writes another line. `gone` is called on the loop when nobody
    reads any more."""
    loop = asyncio.get_running_loop()
    writer = LineWriter(descriptor, encoding, lambda: loop.call_soon_threadsafe(gone))

    def settled(event: ExchangeSettled) -> None:
        writer.put(spoken(event.record, unpriced=cost_is_unknown(event.record), zone=zone))

    def raised(event: NoticeRaised) -> None:
        writer.put(f"{event.severity}: {inert(event.sentence, NOTICE_CHARACTERS)}")

    subscriptions = [state.bus.subscribe(ExchangeSettled, settled), state.bus.subscribe(NoticeRaised, raised)]
    writer.start()
    try:
        yield writer.put
    finally:
        for unsubscribe in subscriptions:
            unsubscribe()
        writer.close()
