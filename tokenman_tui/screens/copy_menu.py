"""What of an exchange to copy, and in which form."""

import asyncio
from collections.abc import Sequence
from functools import partial
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.screen import ModalScreen

from tokenman_tui.feeds.copying import FORMS, copied
from tokenman_tui.feeds.copying.exchange import Exchange
from tokenman_tui.feeds.figures import octets
from tokenman_tui.feeds.spans import Line, Part, Span
from tokenman_tui.widgets.lines import Lines

MOST_BYTES = 4_000_000
TERMINALS_TAKE_BYTES = 70_000
"""Base64 adds a third; many terminals drop what is longer than 100 kB."""


class Forms(Lines, can_focus=True):
    """The forms, each with its key; dimmed with the reason where it is not to be had."""

    def __init__(self, exchange: Exchange) -> None:
        super().__init__()
        self._exchange = exchange

    def lines_for(self, width: int) -> Sequence[Line]:
        del width
        return [self._line(key) for key in FORMS]

    def _line(self, key: str) -> Line:
        form = FORMS[key]
        if form.needs_body and self._exchange.kept is None:
            return Span(f"{key}  ", Part.FAINT), Span(f"{form.title}: its body is not stored", Part.FAINT)
        return Span(f"{key}  ", Part.ACCENT), Span(form.title)


class CopyMenu(ModalScreen[None]):
    """Copies at the press of a key, and closes."""

    CSS_PATH = "copy_menu.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q,y", "dismiss", "Close", show=False),
        *(Binding(key, f"copy('{key}')", form.title, show=False) for key, form in FORMS.items()),
    ]

    def __init__(self, exchange: Exchange) -> None:
        super().__init__()
        self._exchange = exchange

    def compose(self) -> ComposeResult:
        forms = Forms(self._exchange)
        forms.border_title, forms.border_subtitle = "Copy", "escape closes"
        yield forms

    async def action_copy(self, key: str) -> None:
        """A long conversation takes a moment to write down: not on the loop."""
        form = FORMS[key]
        if form.needs_body and self._exchange.kept is None:
            self.notify("Its body is not stored: set server.store_body = true in tokenman.toml.", timeout=4)
            return
        text = await asyncio.to_thread(partial(copied, key, self._exchange))
        size_bytes = len(text.encode("utf-8", "replace"))
        if size_bytes > MOST_BYTES:
            self.notify(f"{octets(size_bytes)} are too much to copy; e opens it in your editor.", severity="warning")
        else:
            self.app.copy_to_clipboard(text.encode("utf-8", "replace").decode())
            self._say(form.said, size_bytes)
        self.dismiss()

    def _say(self, said: str, size_bytes: int) -> None:
        doubt = "; many terminals take no more than 100 kB" if size_bytes > TERMINALS_TAKE_BYTES else ""
        self.notify(f"{said} ({octets(size_bytes)}{doubt}).", timeout=3, markup=False)
