"""Names that clients choose, kept from growing without end."""

from collections.abc import Callable, Iterable
from enum import Enum
from typing import Final

from proxy_core.exchange.record import ExchangeRecord
from proxy_core.ledger.storable import storable

OTHER: Final = "other"


class Pool(Enum):
    """What names are counted against; the value is how many of them get a line of their own."""

    UPSTREAM = 100
    PROJECT = 300
    KNOWN_MODEL = 200
    OTHER_MODEL = 150


class Labels:
    """The first names of a pool keep a line of their own, later ones share `other`.

    One object serves the ledger and the tally of a process, so that both sort a record the same way.
    """

    def __init__(self, *, is_known_model: Callable[[str], bool] = lambda _: True) -> None:
        """`is_known_model`: whether the price list or the configuration has this model, in microseconds."""
        self._is_known_model = is_known_model
        self._admitted: dict[Pool, set[str]] = {pool: set() for pool in Pool}

    def upstream(self, name: str) -> str:
        return self._admit(Pool.UPSTREAM, name)

    def project(self, name: str) -> str:
        return self._admit(Pool.PROJECT, name)

    def known_model(self, name: str) -> str:
        """A model that is known, else `other`."""
        if name not in self._admitted[Pool.KNOWN_MODEL] and not self._is_known_model(name):
            return OTHER
        return self._admit(Pool.KNOWN_MODEL, name)

    def model(self, name: str) -> str:
        """A model that is known, or one of the first others, such as local ones."""
        known = self.known_model(name)
        return self._admit(Pool.OTHER_MODEL, name) if known == OTHER else known

    def restore(self, pool: Pool, names: Iterable[str]) -> None:
        """Takes names that were admitted before a restart."""
        self._admitted[pool].update(name for name in names if name != OTHER)

    def note(self, record: ExchangeRecord) -> None:
        """Decides for a record's names now, so that a later look-up in another thread finds them decided."""
        self.upstream(record.upstream)
        self.project(record.arrival.project)
        self.model(record.arrival.model)

    def _admit(self, pool: Pool, name: str) -> str:
        name, admitted = storable(name), self._admitted[pool]
        if name in admitted:
            return name
        if len(admitted) >= pool.value or name == OTHER:
            return OTHER
        admitted.add(name)
        return name
