"""The screens as pictures, at three sizes. `--snapshot-update` takes them anew; look at them before you keep them."""

from collections.abc import Callable

import pytest
from textual.app import App
from textual.pilot import Pilot

from tests.tui.scene import Scene
from tests.tui.story import busy
from tokenman_tui.app import TokenManApp
from tokenman_tui.themes import THEMES

Compare = Callable[..., bool]
SIZES = [(80, 24), (120, 36), (200, 60)]


def app(scene: Scene, theme: str = "tokenman-dark") -> App[None]:
    return TokenManApp(scene.bridge(), theme=theme)


def presses(*keys: str) -> Callable[[Pilot[None]], object]:
    async def run(pilot: Pilot[None]) -> None:
        assert isinstance(pilot.app, TokenManApp)
        await pilot.app.workers.wait_for_complete()
        pilot.app.paint()
        for _ in range(3):
            await pilot.pause()
        await pilot.press(*keys)
        pilot.app.clear_notifications()
        for _ in range(3):
            await pilot.pause()

    return run


@pytest.mark.parametrize("theme", ["tokenman-dark", "tokenman-paper"])
@pytest.mark.parametrize("size", SIZES, ids=["80x24", "120x36", "200x60"])
def test_live(snap_compare: Compare, size: tuple[int, int], theme: str) -> None:
    assert snap_compare(app(busy(), theme), terminal_size=size, run_before=presses())


@pytest.mark.parametrize("size", SIZES, ids=["80x24", "120x36", "200x60"])
def test_detail(snap_compare: Compare, size: tuple[int, int]) -> None:
    assert snap_compare(app(busy()), terminal_size=size, run_before=presses("k", "k", "k", "k", "k", "k", "enter"))


@pytest.mark.parametrize("theme", [theme.name for theme in THEMES])
def test_the_detail_of_a_failure(snap_compare: Compare, theme: str) -> None:
    assert snap_compare(app(busy(), theme), terminal_size=(100, 30), run_before=presses("e", "enter"))


def test_first_steps(snap_compare: Compare) -> None:
    assert snap_compare(app(Scene()), terminal_size=(80, 24), run_before=presses())


def test_help(snap_compare: Compare) -> None:
    assert snap_compare(app(busy()), terminal_size=(80, 24), run_before=presses("question_mark"))
