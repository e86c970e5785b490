"""The bus tells subscribers what happened. Nobody is asked: policy lives in the pipeline."""

from collections.abc import Callable
from typing import Any, TypeVar

import structlog

from proxy_core.events import Event

E = TypeVar("E", bound=Event)
log = structlog.get_logger("tokenman.bus")


class Bus:
    """Synchronous, in order, on the loop. A handler takes microseconds: whatever is slow copies what it needs to a
    bounded queue of its own. A handler that raises is logged and the others still hear."""

    def __init__(self) -> None:
        self._handlers: dict[type[Any], tuple[Callable[[Any], None], ...]] = {}

    def subscribe(self, kind: type[E], handler: Callable[[E], None]) -> Callable[[], None]:
        """Calls `handler` for every event of exactly this class; returns what ends the subscription."""
        self._handlers[kind] = (*self._handlers.get(kind, ()), handler)

        def unsubscribe() -> None:
            self._handlers[kind] = tuple(other for other in self._handlers[kind] if other is not handler)

        return unsubscribe

    def publish(self, event: Event) -> None:
        for handler in self._handlers.get(type(event), ()):
            try:
                handler(event)
            except Exception:
                log.exception("a subscriber failed", event_kind=type(event).__name__)
