"""Which exchanges a reader asks for."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from proxy_core.exchange.outcome import Ending
from proxy_core.expression import Expression
from proxy_core.ledger import asked

Values = list[Any]


@dataclass(frozen=True, slots=True)
class Filter:
    """All that is given must hold; None and empty ask for nothing. `since` is inclusive, `until` is not."""

    since: datetime | None = None
    until: datetime | None = None
    project: str | None = None
    model: str | None = None
    """As requested or as served."""
    upstream: str | None = None
    client: str | None = None
    session: str | None = None
    status: int | None = None
    """An exact status, or a class: 4 stands for 400 to 499."""
    ending: Ending | None = None
    cost_min_nanousd: int | None = None
    text: str = ""
    """Part of a model's name, a path or an error; ASCII letters match in either case."""
    expression: Expression | None = None
    marked: Collection[str] = ()
    """The ids that `marked` in the expression means."""

    def where(self, time_column: str) -> tuple[str, Values]:
        """An SQL condition with its values. `time_column` is what `since` and `until` compare."""
        parts = [*self._times(time_column), *self._names(), *self._ends(), *self._texts(), *self._expressed()]
        condition = " AND ".join(condition for condition, _ in parts) or "1"
        return condition, [value for _, values in parts for value in values]

    def _times(self, column: str) -> list[tuple[str, Values]]:
        parts: list[tuple[str, Values]] = []
        if self.since is not None:
            parts.append((f"{column} >= ?", [unix_ns(self.since)]))
        if self.until is not None:
            parts.append((f"{column} < ?", [unix_ns(self.until)]))
        return parts

    def _names(self) -> list[tuple[str, Values]]:
        wanted = {"project": self.project, "upstream": self.upstream, "client": self.client, "session": self.session}
        parts: list[tuple[str, Values]] = [
            (f"{name} = ?", [value]) for name, value in wanted.items() if value is not None
        ]
        if self.model is not None:
            parts.append(("(model = ? OR served_model = ?)", [self.model, self.model]))
        return parts

    def _ends(self) -> list[tuple[str, Values]]:
        parts: list[tuple[str, Values]] = []
        if self.status is not None:
            low, high = (
                (self.status * 100, self.status * 100 + 99) if 1 <= self.status <= 9 else (self.status, self.status)
            )
            parts.append(("status BETWEEN ? AND ?", [low, high]))
        if self.ending is not None:
            parts.append(("ending = ?", [self.ending.value]))
        if self.cost_min_nanousd is not None:
            parts.append(("cost_nanousd >= ?", [self.cost_min_nanousd]))
        return parts

    def _texts(self) -> list[tuple[str, Values]]:
        if not self.text:
            return []
        escaped = self.text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
        columns = ("model", "served_model", "path", "reason")
        condition = " OR ".join(f"{column} LIKE ? ESCAPE '\\'" for column in columns)
        return [(f"({condition})", [f"%{escaped}%"] * len(columns))]

    def _expressed(self) -> list[tuple[str, Values]]:
        return [] if self.expression is None else [asked.where(self.expression, self.marked)]


def unix_ns(moment: datetime) -> int:
    """Exact to the microsecond. Raises ValueError for a time without a zone."""
    if moment.tzinfo is None:
        raise ValueError("A time needs a zone to be compared with the ledger's; add one, such as +00:00.")
    return int(moment.timestamp()) * 1_000_000_000 + moment.microsecond * 1000
