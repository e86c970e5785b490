"""Who is next when connections run out."""

import asyncio
import itertools
from collections import OrderedDict

from proxy_core.upstream.http1_connection import Http1Connection
from proxy_core.upstream.origin import Origin

Grant = Http1Connection | None
"""What a waiting call is given: an unused connection, or None for the place of a new one."""

_Line = OrderedDict[int, "asyncio.Future[Grant]"]


class Turns:
    """One line per origin; ticket numbers tell who came first across all lines."""

    def __init__(self) -> None:
        self._lines: dict[Origin, _Line] = {}
        self._tickets = itertools.count()
        self.waiting = 0

    def __contains__(self, origin: Origin) -> bool:
        return origin in self._lines

    def join(self, origin: Origin) -> "tuple[int, asyncio.Future[Grant]]":
        turn: asyncio.Future[Grant] = asyncio.get_running_loop().create_future()
        ticket = next(self._tickets)
        self._lines.setdefault(origin, OrderedDict())[ticket] = turn
        self.waiting += 1
        return ticket, turn

    def leave(self, origin: Origin, ticket: int) -> None:
        """Stop waiting; nothing happens to those who were served already."""
        line = self._lines.get(origin, OrderedDict())
        if line.pop(ticket, None) is not None:
            self._left(origin, line)

    def serve(self, origin: Origin, grant: Grant) -> bool:
        """Give `grant` to the first in the origin's line; False when nobody waits there."""
        while (line := self._lines.get(origin)) is not None:
            _, turn = line.popitem(last=False)
            self._left(origin, line)
            if not turn.done():
                turn.set_result(grant)
                return True
        return False

    def refuse_all(self, error: Exception) -> None:
        for line in self._lines.values():
            for turn in line.values():
                if not turn.done():
                    turn.set_exception(error)

    def in_order(self) -> list[Origin]:
        """The origins somebody waits for, the longest waiting first."""
        return sorted(self._lines, key=lambda origin: next(iter(self._lines[origin])))

    def _left(self, origin: Origin, line: _Line) -> None:
        self.waiting -= 1
        if not line:
            del self._lines[origin]
