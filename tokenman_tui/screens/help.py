"""Every key on one page."""

from collections.abc import Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.screen import ModalScreen

from tokenman_tui.actions import ACTIONS, Where
from tokenman_tui.feeds.inert import fit
from tokenman_tui.feeds.spans import BLANK, Line, Part, Span
from tokenman_tui.widgets.lines import Lines

KEY_CELLS = 12


class Keys(Lines, can_focus=True):
    """The list of actions, by place."""

    def lines_for(self, width: int) -> Sequence[Line]:
        del width
        return [line for place in Where for line in (*_heading(place), *_keys_of(place), BLANK)][:-1]


def _heading(place: Where) -> list[Line]:
    return [(Span(place.value, Part.NAME),)]


def _keys_of(place: Where) -> list[Line]:
    return [
        (Span(fit(action.key_names, KEY_CELLS), Part.STRONG), Span(action.title, Part.MUTED))
        for action in ACTIONS
        if action.where is place
    ]


class HelpScreen(ModalScreen[None]):
    """Closes with any of the keys that people try."""

    CSS_PATH = "help.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape,question_mark,q,f1", "dismiss", "Close", show=False)]

    def compose(self) -> ComposeResult:
        keys = Keys()
        keys.border_title, keys.border_subtitle = "Keys", "escape closes"
        yield keys
