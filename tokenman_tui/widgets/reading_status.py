"""The line below a reader: what is searched for, and how far down it is."""

from collections.abc import Sequence

from tokenman_tui.feeds.exchange_head import reading_status
from tokenman_tui.feeds.reading import Reading
from tokenman_tui.feeds.spans import BLANK, Line
from tokenman_tui.widgets.lines import Lines


class ReadingStatus(Lines):
    def __init__(self) -> None:
        super().__init__()
        self._reading: Reading | None = None
        self._hint = ""

    def show(self, reading: Reading | None, hint: str = "") -> None:
        self._reading, self._hint = reading, hint
        self.repaint()

    def lines_for(self, width: int) -> Sequence[Line]:
        return (BLANK if self._reading is None else reading_status(self._reading, width, self._hint),)
