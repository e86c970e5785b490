"""What is shown and how, in one line above the tail; not there while all is as it comes."""

from collections.abc import Sequence

from tokenman_tui.feeds.spans import Line, clipped
from tokenman_tui.widgets.lines import Lines


class ViewLine(Lines):
    """`show` takes the line."""

    _said: Line = ()

    def show(self, said: Line) -> None:
        self._said = said
        self.repaint()

    def lines_for(self, width: int) -> Sequence[Line]:
        return (clipped(self._said, width),)
