"""The program's own log as a list: filtered by level and by words, bounded, oldest first."""

import logging
from collections import deque
from dataclasses import dataclass

from proxy_core.observe.log_ring import RECORDS_KEPT, LogLine, LogRing

LEVELS: tuple[tuple[int, str], ...] = (
    (logging.DEBUG, "every level"),
    (logging.INFO, "info and above"),
    (logging.WARNING, "warnings and errors"),
    (logging.ERROR, "errors only"),
)
"""The least severe level that is shown, and what that is called."""


@dataclass(frozen=True, slots=True)
class LogChange:
    """Rows that left at the beginning and came at the end; `anew` when the list is another one."""

    dropped: int = 0
    appended: int = 0
    anew: bool = False

    def __bool__(self) -> bool:
        return bool(self.dropped or self.appended or self.anew)


class LogFeed:
    """Takes from the ring what has come since the last time."""

    def __init__(self, ring: LogRing, capacity: int = RECORDS_KEPT) -> None:
        self._ring = ring
        self._capacity = capacity
        self._rows: deque[LogLine] = deque()
        self._next = 0
        self._anew = False
        self.level = 0
        """An index into LEVELS."""
        self.search = ""

    def __len__(self) -> int:
        return len(self._rows)

    def row(self, position: int) -> LogLine:
        """Raises IndexError outside of the list."""
        return self._rows[position]

    @property
    def level_name(self) -> str:
        return LEVELS[self.level][1]

    def narrow(self, *, level: int | None = None, search: str | None = None) -> None:
        """From now on only records of this level or above, and with these words in them; the next `take` tells."""
        self.level = self.level if level is None else level % len(LEVELS)
        self.search = self.search if search is None else search
        self._rows.clear()
        self._next, self._anew = 0, True

    def take(self) -> LogChange:
        lines, self._next = self._ring.since(self._next)
        wanted = [line for line in lines if self._wants(line)]
        self._rows.extend(wanted)
        dropped = max(0, len(self._rows) - self._capacity)
        for _ in range(dropped):
            self._rows.popleft()
        anew, self._anew = self._anew, False
        return LogChange(dropped, len(wanted), anew)

    def _wants(self, line: LogLine) -> bool:
        if line.level < LEVELS[self.level][0]:
            return False
        words = self.search.casefold().split()
        return not words or all(word in _text(line) for word in words)


def _text(line: LogLine) -> str:
    told = " ".join(f"{key}={value}" for key, value in line.fields)
    return f"{line.logger} {line.event} {told}".casefold()
