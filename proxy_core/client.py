"""The client's side of one exchange, as the gateway sees it: where a reply is written to."""

from collections.abc import Callable
from typing import Protocol

from proxy_core.exchange.headers import RawHeaders


class Client(Protocol):
    """A reply that is begun and not finished looks dropped to the client: that is how a cut one must look."""

    async def begin(self, status: int, headers: RawHeaders) -> None:
        """Sends the head; it may wait for the first bytes of the body."""

    def write(self, body: bytes) -> bool:
        """Sends bytes at once. False: `await drain()` before the next ones."""

    async def drain(self) -> None:
        """Waits until the client has taken what it was sent. Raises ConnectionError when it will not."""

    async def finish(self) -> None:
        """Ends the body properly."""

    def on_leave(self, callback: Callable[[], None]) -> Callable[[], None]:
        """Calls back once if the client leaves before the end; returns what takes that back."""
