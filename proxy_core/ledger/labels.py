"""Names that clients choose, kept from growing without end."""

from collections.abc import Callable, Iterable
from typing import Final

from proxy_core.exchange.record import ExchangeRecord

OTHER: Final = "other"


class Labels:
    """Keeps what clients name from growing without end: the first names keep their own line, later ones share `other`.

    One object serves the ledger and the tally of a process, so that both sort a record the same way.
    """

    def __init__(self, *, is_known_model: Callable[[str], bool] = lambda _: True, names_max: int = 200) -> None:
        self.is_known_model = is_known_model
        self._names_max = names_max
        self._admitted: dict[str, set[str]] = {}

    def upstream(self, name: str) -> str:
        return self._admit("upstream", name)

    def project(self, name: str) -> str:
        return self._admit("project", name)

    def model(self, name: str) -> str:
        """A model that the price list or the configuration knows, else `other`."""
        if name in self._admitted.get("model", ()):
            return name
        return self._admit("model", name) if self.is_known_model(name) else OTHER

    def restore(self, scope: str, names: Iterable[str]) -> None:
        """Takes names that were admitted before a restart."""
        self._admitted.setdefault(scope, set()).update(name for name in names if name != OTHER)

    def note(self, record: ExchangeRecord) -> None:
        """Decides for a record's names now, so that a later look-up in another thread finds them decided."""
        self.upstream(record.upstream)
        self.project(record.arrival.project)
        if record.upstream:
            self.model(record.arrival.model)

    def _admit(self, scope: str, name: str) -> str:
        admitted = self._admitted.setdefault(scope, set())
        if name in admitted:
            return name
        if len(admitted) >= self._names_max or name == OTHER:
            return OTHER
        admitted.add(name)
        return name
