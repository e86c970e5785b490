"""The two lines on top."""

from collections.abc import Sequence

from tokenman_tui.feeds.spans import Line
from tokenman_tui.feeds.ticker import Ticker, masthead
from tokenman_tui.widgets.lines import Lines


class Masthead(Lines):
    """Draws a `Ticker`, and what the tail has to say."""

    def __init__(self, ticker: Ticker) -> None:
        super().__init__()
        self._ticker = ticker
        self._tail_says: Line = ()

    def show(self, ticker: Ticker, tail_says: Line) -> None:
        self._ticker, self._tail_says = ticker, tail_says
        self.repaint()

    def lines_for(self, width: int) -> Sequence[Line]:
        return masthead(self._ticker, self._tail_says, width)
