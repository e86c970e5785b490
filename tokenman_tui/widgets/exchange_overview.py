"""The first tab of an exchange."""

from collections.abc import Sequence

from tokenman_tui.feeds.exchange_overview import exchange_overview
from tokenman_tui.feeds.spans import Line
from tokenman_tui.feeds.study import Study
from tokenman_tui.widgets.lines import Lines


class OverviewPane(Lines):
    """Draws the facts of a study; scrolls when they are more than there is room for."""

    def __init__(self, study: Study) -> None:
        super().__init__()
        self._study = study

    def lines_for(self, width: int) -> Sequence[Line]:
        selected = self._study.selected
        return () if selected is None else exchange_overview(selected, width)
