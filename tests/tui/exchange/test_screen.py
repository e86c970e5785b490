"""One exchange, as people use it: keys and mouse, with the state asserted before any picture."""

import json

import pytest
from textual.app import App

from proxy_core.exchange.outcome import Ending
from tests.tui.exchange.on_exchange import exchange
from tests.tui.exchange.told import ANTHROPIC, stored
from tests.tui.scene import arrival, settled_record
from tests.tui.stage import stage
from tokenman_tui.feeds.exchange_tabs import TABS, Tab
from tokenman_tui.feeds.kept import Kept, NotKept
from tokenman_tui.screens.exchange import ExchangeScreen
from tokenman_tui.widgets.reader import Reader
from tokenman_tui.widgets.tab_bar import TabBar


def on_top(app: App[None]) -> str:
    return type(app.screen).__name__


def focus_of(app: App[None]) -> str:
    return type(app.focused).__name__


async def test_enter_goes_deeper_and_escape_comes_back() -> None:
    async with stage(rows=5) as on:
        await on.press("k", "enter")
        assert on.screen.has_class("-detail")
        await on.press("enter")
        assert on_top(on.app) == "ExchangeScreen"
        await on.press("escape")
        assert on_top(on.app) == "LiveScreen"
        assert (on.tail.cursor, on.screen.has_class("-detail")) == (3, True)
        await on.press("escape")
        assert not on.screen.has_class("-detail")


async def test_the_overview_adds_up_and_tells_of_the_bytes() -> None:
    async with exchange() as on:
        text = on.text()
        for part in ("The whole reply reached the client.", "$0.0096", "$0.0306", "2 of 3"):
            assert part in text
        assert text.count("ab12" * 16) == 2
        assert "The bytes that left are the bytes that came." in text


@pytest.mark.parametrize("tab", TABS)
async def test_every_tab_opens_by_its_number(tab: Tab) -> None:
    async with exchange() as on:
        await on.press(str(TABS.index(tab) + 1))
        assert on.tab is tab
        assert tab is Tab.OVERVIEW or len(on.reading.outline) > 2


async def test_tabs_go_round_and_open_by_mouse() -> None:
    async with exchange() as on:
        await on.press("shift+tab", "tab", "tab", "right", "left")
        assert on.tab.value == "Request"
        await on.on.pilot.click(TabBar, offset=(52, 0))
        await on.reads()
        assert on.tab.value == "Events"


async def test_the_conversation_reads_folds_and_unfolds() -> None:
    async with exchange() as on:
        await on.press("2")
        assert "▸ thinking  The voucher may be missing" in on.text()
        await on.press("J", "enter")
        assert "▸ Read  Reads a file from the disk." in on.text()
        await on.press("z")
        assert on.text().count("▸") == 7
        await on.press("z")
        assert "def total(cart: Cart) -> Decimal:" in on.reading.outline.text(len(on.reading.outline.blocks) - 3)
        assert "▸" not in on.text()


async def test_a_click_on_a_head_folds_it() -> None:
    async with exchange() as on:
        await on.press("3")
        await on.on.pilot.click(Reader, offset=(8, 1))
        await on.reads()
        assert (on.reading.cursor, on.reading.outline.is_folded(1)) == (1, False)
        assert "The total must not be negative either." in on.text()


async def test_the_reply_is_put_together() -> None:
    async with exchange(size=(120, 36)) as on:
        await on.press("3")
        text = on.text()
        for part in ("Two faults: a cart without a voucher,", "→ Edit", "stopped  tool_use", "output_tokens 431"):
            assert part in text


async def test_raw_has_two_layouts() -> None:
    async with exchange() as on:
        await on.press("4")
        pretty = len(on.reading.outline)
        assert '  "max_tokens": 32000,' in on.text()
        await on.press("p")
        assert '"max_tokens": 32000, "stream": true' in on.text()
        assert len(on.reading.outline) != pretty
        await on.press("p")
        assert len(on.reading.outline) == pretty


async def test_headers_hide_credentials() -> None:
    async with exchange() as on:
        await on.press("5")
        assert "x-api-key          ****" in on.text()
        assert "2023-06-01" in on.text()


async def test_stages_say_that_there_were_none() -> None:
    async with exchange(is_stored=False) as on:
        await on.press("7")
        assert "No stage looked at this request." in on.text()


@pytest.mark.parametrize("key", ["2", "3", "4", "5", "6"])
async def test_without_bodies_every_tab_says_what_to_do(key: str) -> None:
    async with exchange(is_stored=False) as on:
        await on.press(key)
        assert "Bodies are not stored." in on.text()
        assert "store_body = true" in on.text()


async def test_a_search_marks_goes_round_and_ends() -> None:
    async with exchange() as on:
        await on.press("2", "slash", *"cart")
        assert focus_of(on.on.app) == "Input"
        assert len(on.reading.finding.matches) > 5
        await on.press("enter")
        assert focus_of(on.on.app) == "NoneType"
        first = on.reading.current
        await on.press("n")
        assert (on.reading.current == first, " 2 of " in on.text()) == (False, True)
        await on.press("N")
        assert on.reading.current == first
        await on.press("escape")
        assert (on.reading.finding.query, on.tab) == ("", Tab.REQUEST)
        await on.press("slash", *"zzz", "enter")
        assert "is not here" in on.text()
        await on.press("escape", "escape")
        assert on_top(on.on.app) == "LiveScreen"


async def test_each_tab_keeps_its_place() -> None:
    async with exchange() as on:
        await on.press("2", "G")
        last = on.reading.cursor
        await on.press("3", "2")
        assert on.reading.cursor == last > 0


MOVES = {"j": 1, "down": 2, "k": 1, "up": 0, "pagedown": 19, "ctrl+f": 38, "ctrl+b": 19, "ctrl+d": 29, "ctrl+u": 19}


async def test_every_way_to_move() -> None:
    async with exchange() as on:
        await on.press("4")
        assert on.reading.height == 20
        for key, cursor in MOVES.items():
            await on.press(key)
            assert on.reading.cursor == cursor
        await on.press("G")
        assert on.reading.cursor == len(on.reading.outline) - 1
        await on.press("g")
        assert on.reading.cursor == 0


async def test_the_neighbours_are_stepped_through_and_the_last_one_is_selected_afterwards() -> None:
    async with exchange() as on:
        first = on.screen._study.exchange_id
        await on.press("2", "right_square_bracket")
        assert (on.screen._study.exchange_id == first, on.tab, "3 of 3" in on.text()) == (False, Tab.REQUEST, True)
        await on.press("right_square_bracket")
        assert "3 of 3" in on.text()
        await on.press("escape")
        assert on.on.tail.cursor == 2


async def test_a_live_exchange_grows_and_its_bodies_come_when_it_ends() -> None:
    async with stage() as on:
        on.scene.stores_bodies = True
        live = on.scene.opens(arrival())
        await on.paints()
        await on.press("O", "2")
        screen = on.app.screen
        assert isinstance(screen, ExchangeScreen)
        on.scene.streams(live, 5_000)
        on.scene.passes(3)
        await on.paints()
        assert "3.00s" in on.text()[0]
        on.scene.settles(settled_record(live.arrival))
        await on.paints()
        on.scene.bodies.stored[live.arrival.id] = stored()
        for _ in range(3):
            await on.paints()
        assert isinstance(screen._study.bodies, Kept)
        assert "Checkout fails when the cart has a voucher." in "\n".join(on.text())


async def test_a_failure_says_how_it_ended() -> None:
    async with stage() as on:
        await on.settles(1, ending=Ending.UPSTREAM_ERROR, status=529, reason="overloaded_error: Overloaded", usage=None)
        await on.press("O")
        assert "overloaded_error: Overloaded" in "\n".join(on.text())


async def test_copies_go_to_the_clipboard(monkeypatch: pytest.MonkeyPatch) -> None:
    copied: list[str] = []
    async with exchange() as on:
        monkeypatch.setattr(on.on.app, "copy_to_clipboard", copied.append)
        for key in "cpji":
            await on.press("y", key)
            await on.on.app.workers.wait_for_complete()
            for _ in range(100):
                await on.on.pilot.pause(0.01)
                if on.on.app.screen is on.screen:
                    break
        assert "| curl --globoff" in copied[0]
        assert "import anthropic" in copied[1]
        assert json.loads(copied[2])["request"] == ANTHROPIC
        assert copied[3] == on.screen._study.exchange_id


async def test_a_copy_that_needs_a_body_says_why_not(monkeypatch: pytest.MonkeyPatch) -> None:
    copied: list[str] = []
    async with exchange(is_stored=False) as on:
        monkeypatch.setattr(on.on.app, "copy_to_clipboard", copied.append)
        await on.press("y", "c")
        assert not copied
        assert "its body is not stored" in on.text()


async def test_hostile_bodies_are_drawn_inert() -> None:
    hostile = "\x1b[2J[red]\u202e日本👨‍👩‍👧\0" + "x" * 10_000
    body = {**ANTHROPIC, "system": hostile, "messages": [{"role": hostile, "content": hostile}], hostile: hostile}
    async with exchange(stored(body, [f"event: {hostile}\ndata: {hostile}\n\n".encode()])) as on:
        for key in "234567":
            await on.press(key, "z", "z")
            for line in on.on.text():
                assert not {"\x1b", "\u202e", "\0"} & set(line)


async def test_a_resize_at_any_moment_keeps_every_line_full() -> None:
    async with exchange() as on:
        for size in ((200, 60), (20, 5), (80, 24), (1, 1), (139, 7), (80, 24)):
            for key in ("1", "2", "6"):
                await on.press(key)
            await on.on.resizes(*size)
            assert all(len(line) == size[0] for line in on.on.text())


async def test_turning_away_before_bodies_come_is_harmless() -> None:
    async with exchange() as on:
        study = on.screen._study
        assert not study.take("another", NotKept(storing=False))
        assert isinstance(study.bodies, Kept)
