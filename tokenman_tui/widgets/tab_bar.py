"""The titles of tabs on one line, with the keys that open them."""

from collections.abc import Sequence

from textual import events
from textual.message import Message

from tokenman_tui.feeds.spans import Line, Part, Span, width_of
from tokenman_tui.widgets.lines import Lines


class TabBar(Lines):
    """Draws which tab is open; a click opens another."""

    class Chosen(Message):
        def __init__(self, index: int) -> None:
            super().__init__()
            self.index = index

    def __init__(self, titles: Sequence[str]) -> None:
        super().__init__()
        self._titles = titles
        self._open = 0

    def open(self, index: int) -> None:
        self._open = index
        self.repaint()

    def lines_for(self, width: int) -> Sequence[Line]:
        """Where the titles do not fit, only the open one is written out."""
        line = self._line(short=False)
        return (line if width_of(line) <= width else self._line(short=True),)

    def _line(self, *, short: bool) -> Line:
        return tuple(span for index in range(len(self._titles)) for span in self._tab(index, short=short))

    def _tab(self, index: int, *, short: bool) -> Line:
        is_open = index == self._open
        title = "" if short and not is_open else f" {self._titles[index]}"
        return (
            Span(f" {index + 1}", Part.ACCENT if is_open else Part.FAINT),
            Span(f"{title} ", Part.NAME if is_open else Part.MUTED),
        )

    def on_click(self, event: events.Click) -> None:
        end = 0
        short = width_of(self._line(short=False)) > self._width
        for index in range(len(self._titles)):
            end += width_of(self._tab(index, short=short))
            if event.x < end:
                self.post_message(self.Chosen(index))
                return
