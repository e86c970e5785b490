"""The latest records of the program's own log, kept in memory for the screen."""

import logging
import threading
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import islice
from typing import Final

from proxy_core.exchange.identity import ExchangeId

RECORDS_KEPT: Final = 2_000
EVENT_CHARACTERS: Final = 2_000
VALUE_CHARACTERS: Final = 500
FIELDS: Final = 24
TRACE_CHARACTERS: Final = 16_000
_APART: Final = frozenset({"event", "level", "logger", "timestamp", "exception"})
_traces = logging.Formatter()


@dataclass(frozen=True, slots=True)
class LogLine:
    """One record, cut to size. `level` is the standard library's number; `at_ns` is Unix time."""

    at_ns: int
    level: int
    logger: str
    event: str
    fields: tuple[tuple[str, str], ...] = ()
    exchange_id: ExchangeId | None = None
    """The exchange that it is about; None when it is about none."""
    trace: str = ""

    @classmethod
    def of(cls, record: logging.LogRecord) -> "LogLine":
        """From the structured record of this program, or from the plain one of a library."""
        facts: Mapping[str, object] = record.msg if isinstance(record.msg, dict) else {"event": record.getMessage()}
        trace = str(facts.get("exception") or "")
        if not trace and record.exc_info:
            trace = _traces.formatException(record.exc_info)
        told = ((key, str(value)) for key, value in facts.items() if key not in _APART and not key.startswith("_"))
        about = facts.get("exchange_id")
        return cls(
            at_ns=round(record.created * 1e9),
            level=record.levelno,
            logger=record.name,
            event=str(facts.get("event", ""))[:EVENT_CHARACTERS],
            fields=tuple((key[:VALUE_CHARACTERS], text[:VALUE_CHARACTERS]) for key, text in islice(told, FIELDS)),
            exchange_id=ExchangeId(str(about)[:VALUE_CHARACTERS]) if about else None,
            trace=trace[-TRACE_CHARACTERS:],
        )


class LogRing(logging.Handler):
    """Fed by the log's own thread, read by the loop. What is older than `kept` records is forgotten."""

    def __init__(self, kept: int = RECORDS_KEPT) -> None:
        super().__init__()
        self._lines: deque[LogLine] = deque(maxlen=kept)
        self._count = 0
        self._guard = threading.Lock()

    def emit(self, record: logging.LogRecord) -> None:
        try:
            self.append(LogLine.of(record))
        except Exception:
            # Whatever a library logs must not end the thread that writes the log.
            self.handleError(record)

    def append(self, line: LogLine) -> None:
        with self._guard:
            self._lines.append(line)
            self._count += 1

    @property
    def count(self) -> int:
        """How many there have been."""
        return self._count

    def since(self, number: int) -> tuple[list[LogLine], int]:
        """The records from the `number`-th on that are still kept, and the number to ask with next."""
        with self._guard:
            first = max(number - (self._count - len(self._lines)), 0)
            return list(islice(self._lines, first, None)), self._count
