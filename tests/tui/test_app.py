"""The app as people use it."""

from tests.tui.scene import Scene, settled_record
from tokenman_tui.app import TokenManApp
from tokenman_tui.screens.live import LiveScreen
from tokenman_tui.widgets.exchange_table import ExchangeTable


async def test_it_starts_shows_what_arrives_and_quits() -> None:
    scene = Scene()
    app = TokenManApp(scene.bridge())
    async with app.run_test(size=(80, 24)) as pilot:
        assert isinstance(app.screen, LiveScreen)
        assert app.screen.has_class("-empty")
        scene.settles(settled_record())
        app.paint()
        assert not app.screen.has_class("-empty")
        assert len(app.screen.query_one(ExchangeTable).tail.rows) == 1
        await pilot.press("q")
    assert app.return_code == 0
