"""The top line of one exchange."""

from collections.abc import Sequence

from tokenman_tui.feeds.exchange_head import exchange_head
from tokenman_tui.feeds.spans import Line
from tokenman_tui.feeds.study import Study
from tokenman_tui.widgets.lines import Lines


class ExchangeHead(Lines):
    """Says which exchange it is, and where it stands in its list."""

    def __init__(self, study: Study) -> None:
        super().__init__()
        self._study = study

    def lines_for(self, width: int) -> Sequence[Line]:
        selected = self._study.selected
        if selected is None:
            return ()
        return (exchange_head(selected, self._study.place, width),)
