"""The titles above the tail."""

from collections.abc import Sequence

from tokenman_tui.feeds.columns import heading, placed
from tokenman_tui.feeds.spans import Line, Part, Span
from tokenman_tui.widgets.lines import Lines


class ColumnHeads(Lines):
    """Titles of the columns that fit; as wide as the table below it, whose last cell is the scroll bar."""

    def lines_for(self, width: int) -> Sequence[Line]:
        return ((Span(heading(placed(width - 1), width - 1), Part.MUTED),),)
