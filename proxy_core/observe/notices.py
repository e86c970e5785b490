"""How often people were told something since the start, by severity."""

from collections.abc import Mapping

from proxy_core.bus import Bus
from proxy_core.events import NoticeRaised, Severity


class NoticeCounts:
    """Counts from its making until `close`."""

    def __init__(self, bus: Bus) -> None:
        self._counts = dict.fromkeys(Severity, 0)
        self.close = bus.subscribe(NoticeRaised, self._count)

    @property
    def by_severity(self) -> Mapping[Severity, int]:
        return dict(self._counts)

    def _count(self, notice: NoticeRaised) -> None:
        self._counts[notice.severity] += 1
