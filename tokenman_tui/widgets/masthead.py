"""The two lines on top."""

from collections.abc import Sequence

from tokenman_tui.feeds.glance import Glance, masthead
from tokenman_tui.feeds.spans import Line
from tokenman_tui.widgets.lines import Lines


class Masthead(Lines):
    """Draws a `Glance`, and what the tail has to say."""

    def __init__(self, glance: Glance) -> None:
        super().__init__()
        self._glance = glance
        self._tail_says: Line = ()

    def show(self, glance: Glance, tail_says: Line) -> None:
        self._glance, self._tail_says = glance, tail_says
        self.repaint()

    def lines_for(self, width: int) -> Sequence[Line]:
        return masthead(self._glance, self._tail_says, width)
