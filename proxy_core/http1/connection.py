"""What the door offers an application beyond ASGI, in `scope["extensions"]["tokenman"]`."""

from collections.abc import Callable
from typing import Protocol, cast

from proxy_core.http1.asgi import RawHeaders, Scope

EXTENSION = "tokenman"


class ClientGone(ConnectionError):
    """The client left before its reply was complete, and something was still to be sent to it or read from it."""


class BodyTooLarge(ValueError):
    """A request's body is larger than the application takes."""

    def __init__(self, max_bytes: int) -> None:
        super().__init__(f"The request's body is larger than {max_bytes} bytes.")
        self.max_bytes = max_bytes


class Connection(Protocol):
    """One request's client, without a coroutine per event and without a task that watches for it leaving."""

    @property
    def raw_headers(self) -> RawHeaders:
        """The request's headers in the client's own order, case and spelling."""
        ...

    @property
    def target(self) -> bytes:
        """Path and query as the client wrote them, `?` included where nothing follows it."""
        ...

    @property
    def disconnected(self) -> bool:
        """Whether the client left before its reply was complete."""
        ...

    def on_disconnect(self, callback: Callable[[], None]) -> Callable[[], None]:
        """Call back once, on the loop, when the client leaves before its reply is complete; soon if it already has.

        Returns what takes the registration back. Nothing is called once the reply is complete. Nobody notices while
        the client is made to wait because a body that it sends is not read.
        """
        ...

    async def read_body(self, max_bytes: int) -> bytes:
        """The request's whole body, in place of `receive`: one wake however many pieces it comes in.

        Raises BodyTooLarge, before reading when the client announced as much; ClientGone when it left before the end.
        """
        ...

    def write(self, body: bytes) -> bool:
        """Send a piece of the body at once, after `http.response.start`; the reply goes on.

        False when the application should `await drain()` before the next piece: the client reads slowly or is gone.
        """
        ...

    async def drain(self) -> None:
        """Wait until the client has taken enough. Raises ClientGone when it left."""
        ...


def connection_of(scope: Scope) -> Connection | None:
    """The connection behind a request, when this server is the one that serves it."""
    extensions = scope.get("extensions") or {}
    return cast("Connection | None", extensions.get(EXTENSION))
