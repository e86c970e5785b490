"""One exchange on the screen, with its bodies stored."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from proxy_core.bodies.packing import StoredExchange
from tests.tui.exchange.told import stored
from tests.tui.scene import arrival, settled_record
from tests.tui.stage import Stage, stage
from tokenman_tui.feeds.exchange_tabs import Tab
from tokenman_tui.feeds.reading import Reading
from tokenman_tui.screens.exchange import ExchangeScreen
from tokenman_tui.widgets.reader import Reader

TURNS = 200


@dataclass
class OnExchange:
    on: Stage
    screen: ExchangeScreen

    @property
    def tab(self) -> Tab:
        return self.screen._study.tab

    @property
    def reading(self) -> Reading:
        return self.screen.query_one(Reader).reading

    async def press(self, *keys: str) -> None:
        for key in keys:
            await self.on.press(key)
            await self.reads()

    async def reads(self) -> None:
        """Everything has been read, measured and found."""
        for _ in range(TURNS):
            await self.on.pilot.pause(0)
            if self.on.app.screen_stack[-1] is not self.screen or self._is_at_rest():
                break
        await self.on.comes_to_rest()

    def _is_at_rest(self) -> bool:
        return self.reading.outline.complete and self.reading.finding.complete

    def text(self) -> str:
        return "\n".join(self.on.text())


@asynccontextmanager
async def exchange(
    body: StoredExchange | None = None, size: tuple[int, int] = (80, 24), *, is_stored: bool = True
) -> AsyncIterator[OnExchange]:
    """Three exchanges, the middle one open."""
    async with stage(size=size) as on:
        for _ in range(3):
            record = settled_record(arrival())
            if is_stored:
                on.scene.bodies.stored[record.id] = body or stored()
            on.scene.settles(record)
        await on.paints()
        await on.press("k", "O")
        assert isinstance(on.app.screen, ExchangeScreen)
        yield OnExchange(on, on.app.screen)
