"""Book-keeping of a connection pool: places taken and connections unused. Nothing in here waits."""

from collections import OrderedDict
from dataclasses import dataclass, field

from proxy_core.upstream.http1_connection import Http1Connection
from proxy_core.upstream.origin import Origin


@dataclass(frozen=True, slots=True)
class PoolLimits:
    """Bounds of a pool: connections to one origin and in total (busy, unused and being opened), calls that may wait
    for one, and how long an unused one is kept."""

    per_origin: int = 128
    total: int = 400
    waiting: int = 2048
    keep_s: float = 60.0


@dataclass(slots=True, eq=False)
class Shelf:
    """One origin's share: `idle` in the order in which they came to rest, with the time when they did."""

    places: int = 0
    idle: "OrderedDict[Http1Connection, float]" = field(default_factory=OrderedDict)


class Shelves:
    """A place is taken before a connection is opened and freed when the connection is given up."""

    def __init__(self, limits: PoolLimits) -> None:
        self._limits = limits
        self._by_origin: dict[Origin, Shelf] = {}
        self._places = 0

    def take(self, origin: Origin, now: float) -> Http1Connection | None:
        """The most recently used connection that is still good, for the caller to give back."""
        shelf = self._by_origin.get(origin)
        while shelf is not None and shelf.idle:
            connection, idle_since = shelf.idle.popitem()
            if connection.open and now - idle_since <= self._limits.keep_s:
                return connection
            self._give_up(connection)
        return None

    def reserve(self, origin: Origin) -> bool:
        """Take a place for a new connection, if need be that of another origin's longest unused one."""
        shelf = self._by_origin.get(origin)
        if shelf is not None and shelf.places >= self._limits.per_origin:
            return False
        if self._places >= self._limits.total and not self._give_up_oldest():
            return False
        self._by_origin.setdefault(origin, Shelf()).places += 1
        self._places += 1
        return True

    def vacate(self, origin: Origin) -> None:
        """Free the place of a connection that is gone."""
        shelf = self._by_origin[origin]
        shelf.places -= 1
        self._places -= 1
        if not shelf.places:
            del self._by_origin[origin]

    def put(self, connection: Http1Connection, now: float) -> None:
        self._by_origin[connection.origin].idle[connection] = now

    def lost(self, connection: Http1Connection) -> bool:
        """An unused connection was closed by the upstream; False when the connection is not an unused one."""
        shelf = self._by_origin.get(connection.origin)
        if shelf is None or shelf.idle.pop(connection, None) is None:
            return False
        self.vacate(connection.origin)
        return True

    def expire(self, now: float) -> float | None:
        """Give up what has been unused for too long; returns when the next one will have been."""
        oldest = self._oldest()
        while oldest is not None:
            connection, idle_since = oldest
            if now - idle_since < self._limits.keep_s:
                return idle_since + self._limits.keep_s
            self._by_origin[connection.origin].idle.pop(connection)
            self._give_up(connection)
            oldest = self._oldest()
        return None

    def _oldest(self) -> tuple[Http1Connection, float] | None:
        firsts = [next(iter(shelf.idle.items())) for shelf in self._by_origin.values() if shelf.idle]
        return min(firsts, key=lambda entry: entry[1], default=None)

    def _give_up_oldest(self) -> bool:
        oldest = self._oldest()
        if oldest is not None:
            self._by_origin[oldest[0].origin].idle.pop(oldest[0])
            self._give_up(oldest[0])
        return oldest is not None

    def _give_up(self, connection: Http1Connection) -> None:
        connection.abort()
        self.vacate(connection.origin)
