"""The app's life: it starts, paints on its clock, quits by every key, and a crash ends it as one."""

from collections.abc import Callable
from pathlib import Path

import pytest
from textual.app import App
from textual.pilot import Pilot

from tests.tui.scene import Scene, settled_record
from tokenman_tui.app import TokenManApp
from tokenman_tui.bridge import Bridge
from tokenman_tui.remembered import Remembered
from tokenman_tui.screens.live import LiveScreen
from tokenman_tui.themes import THEMES
from tokenman_tui.widgets.exchange_table import ExchangeTable


@pytest.mark.parametrize("key", ["q", "ctrl+c", "ctrl+q"])
async def test_it_quits_by_key(key: str) -> None:
    scene = Scene()
    app = TokenManApp(scene.bridge())
    async with app.run_test() as pilot:
        await pilot.press(key)
    assert app.return_code == 0


async def test_the_clock_paints_without_being_asked() -> None:
    scene = Scene()
    app = TokenManApp(scene.bridge())
    async with app.run_test() as pilot:
        scene.settles(settled_record())
        table = app.screen.query_one(ExchangeTable)
        for _ in range(100):
            await pilot.pause(0.02)
            if len(table.tail.rows):
                break
        assert len(table.tail.rows) == 1
        assert not app.screen.has_class("-empty")


async def test_it_stops_listening_when_it_ends() -> None:
    scene = Scene()
    bridge = scene.bridge()
    app = TokenManApp(bridge)
    async with app.run_test():
        pass
    scene.settles(settled_record())
    assert not bridge.flush().exchanges


def breaks(*_: object) -> None:
    raise ZeroDivisionError("a widget broke")


@pytest.mark.parametrize("method", ["render_line", "paint"])
async def test_a_widget_that_crashes_ends_the_app_with_a_failure(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], method: str
) -> None:
    async def crash(pilot: Pilot[object]) -> None:
        scene.settles(settled_record())

    scene = Scene()
    app = TokenManApp(scene.bridge())
    monkeypatch.setattr(ExchangeTable, method, breaks)
    await app.run_async(headless=True, size=(80, 24), auto_pilot=crash)
    assert app.return_code == 1
    told = capsys.readouterr().err
    assert "a widget broke" in told
    assert "locals" not in told


@pytest.mark.parametrize("theme", [theme.name for theme in THEMES])
async def test_every_theme_draws(theme: str) -> None:
    scene = Scene()
    app = TokenManApp(scene.bridge(), theme=theme)
    async with app.run_test() as pilot:
        await app.workers.wait_for_complete()
        scene.settles(settled_record())
        app.paint()
        await pilot.press("enter")
        assert app.theme == theme


async def test_a_change_of_theme_recolours_the_rows() -> None:
    scene = Scene()
    app = TokenManApp(scene.bridge())
    async with app.run_test() as pilot:
        await app.workers.wait_for_complete()
        scene.settles(settled_record())
        app.paint()
        await pilot.pause()
        before = first_row(app)
        app.theme = "tokenman-paper"
        await pilot.pause()
        after = first_row(app)
        assert (before[0], before[1] == after[1]) == (after[0], False)


def first_row(app: App[None]) -> tuple[str, list[str]]:
    assert isinstance(app.screen, LiveScreen)
    strip = app.screen.query_one(ExchangeTable).render_line(0)
    return strip.text, [str(segment.style) for segment in strip]


def test_nothing_is_drawn_before_the_app_runs() -> None:
    make: Callable[[], App[None]] = lambda: TokenManApp(Scene().bridge())  # noqa: E731 - made outside of any loop
    assert make().return_code is None


async def test_the_theme_is_the_one_that_was_chosen_last(tmp_path: Path) -> None:
    for expected in ("tokenman-dark", "tokenman-paper"):
        bridge = Bridge(Scene(), remembered=Remembered(tmp_path / "terminal.json"))
        app = TokenManApp(bridge)
        async with app.run_test() as pilot:
            await app.workers.wait_for_complete()
            assert app.theme == expected
            app.theme = "tokenman-paper"
            await pilot.pause()
            await app.workers.wait_for_complete()
