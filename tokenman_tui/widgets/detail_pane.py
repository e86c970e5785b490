"""The detail of the selected exchange."""

from collections.abc import Sequence

from tokenman_tui.feeds.overview import Selected, overview
from tokenman_tui.feeds.spans import Line, Part, Span
from tokenman_tui.widgets.lines import Lines

NOTHING: Sequence[Line] = ((Span("No request is selected.", Part.MUTED),),)


class DetailPane(Lines):
    """Draws one exchange; scrolls by itself when it has more lines than room."""

    def __init__(self) -> None:
        super().__init__()
        self._selected: Selected | None = None

    def show(self, selected: Selected | None) -> None:
        anew = selected is None or self._selected is None or selected.row.id != self._selected.row.id
        self._selected = selected
        if anew:
            self.scroll_to(y=0, animate=False)
        self.repaint()

    def lines_for(self, width: int) -> Sequence[Line]:
        return NOTHING if self._selected is None else overview(self._selected, width)
