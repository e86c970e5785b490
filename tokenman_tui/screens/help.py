"""Every key on one page."""

from collections.abc import Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.screen import ModalScreen

from tokenman_tui.actions import ACTIONS, Where
from tokenman_tui.feeds.inert import fit
from tokenman_tui.feeds.spans import BLANK, Line, Part, Span
from tokenman_tui.widgets.lines import Lines

KEY_CELLS = 16


class Keys(Lines, can_focus=True):
    """The list of actions, by place."""

    def lines_for(self, width: int) -> Sequence[Line]:
        del width
        lines: list[Line] = []
        for place in Where:
            lines += [(Span(place.value, Part.ACCENT),)]
            for action in ACTIONS:
                if action.where is place:
                    lines.append((Span(fit(action.key_names, KEY_CELLS), Part.STRONG), Span(action.title, Part.MUTED)))
            lines.append(BLANK)
        return lines


class HelpScreen(ModalScreen[None]):
    """Closes with any of the keys that people try."""

    CSS_PATH = "help.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape,question_mark,q,f1", "dismiss", "Close", show=False)]

    def compose(self) -> ComposeResult:
        with Vertical():
            yield Keys()
