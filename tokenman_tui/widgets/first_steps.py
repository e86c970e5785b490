"""What is seen until the first request comes."""

from collections.abc import Sequence

from tokenman_tui.feeds.first_steps import first_steps
from tokenman_tui.feeds.spans import Line
from tokenman_tui.widgets.lines import Lines


class FirstSteps(Lines):
    """Says how to send the first request to `proxy_url`."""

    def __init__(self, proxy_url: str) -> None:
        super().__init__()
        self._proxy_url = proxy_url

    def lines_for(self, width: int) -> Sequence[Line]:
        del width
        return first_steps(self._proxy_url)
