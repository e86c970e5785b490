"""Whether the ledger can be written, and what people are told about it: once when it begins, once when it ends."""

from collections.abc import Callable
from pathlib import Path

from proxy_core.events import Event, NoticeRaised, Severity
from proxy_core.exchange.identity import ExchangeId
from proxy_core.ledger.errors import damage_mark, is_corrupt


class Condition:
    """Health, the number of rows lost, and the notices about both."""

    def __init__(self, publish: Callable[[Event], None], place: Path) -> None:
        self.healthy = True
        self.rows_lost = 0
        """Rows that never reached the disk. Their cost is in the totals all the same, unless the row was unfit."""
        self._lost_before = 0
        self._publish, self._place = publish, place

    def failing(self, error: Exception) -> None:
        if not self.healthy:
            return
        self.healthy = False
        if is_corrupt(error):
            damage_mark(self._place).touch()
        self._lost_before = self.rows_lost
        self._say(
            Severity.ERROR,
            f"The ledger {self._place} cannot be written ({error}), and exchanges wait in memory;"
            " free the disk or the lock.",
        )

    def well(self) -> None:
        if self.healthy:
            return
        self.healthy = True
        lost = self.rows_lost - self._lost_before
        told = f"{lost} rows were lost meanwhile" if lost else "nothing was lost"
        self._say(Severity.INFO, f"The ledger {self._place} is being written again; {told}.")

    def lost(self) -> None:
        if self.rows_lost == self._lost_before:
            self._say(
                Severity.ERROR,
                f"More exchanges wait for the ledger {self._place} than may be kept, and the oldest rows are dropped;"
                " free the disk or the lock.",
            )
        self.rows_lost += 1

    def unfit(self, exchange_id: ExchangeId, error: Exception) -> None:
        self.rows_lost += 1
        self._publish(
            NoticeRaised(
                Severity.ERROR,
                f"The ledger {self._place} refused a row ({type(error).__name__}): this exchange is not recorded;"
                " please report it.",
                exchange_id,
            )
        )

    def _say(self, severity: Severity, sentence: str) -> None:
        self._publish(NoticeRaised(severity, sentence))
