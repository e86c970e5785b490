"""The few ASGI types the mock needs, and reading a request body off them."""

from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

Scope = MutableMapping[str, Any]
Event = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Event]]
Send = Callable[[Event], Awaitable[None]]


async def read_body(receive: Receive, max_bytes: int) -> tuple[bytes, bool]:
    """The request's body as sent, and whether all of it arrived.

    Stops one event past `max_bytes`, so a body that is longer than allowed is recognised by its length.
    """
    parts: list[bytes] = []
    size_bytes = 0
    while size_bytes <= max_bytes:
        event = await receive()
        if event["type"] == "http.disconnect":
            return b"".join(parts), False
        parts.append(event.get("body", b""))
        size_bytes += len(parts[-1])
        if not event.get("more_body", False):
            break
    return b"".join(parts), True


async def until_gone(receive: Receive) -> None:
    """Return when the client has left; only after the body was read."""
    while (await receive())["type"] != "http.disconnect":
        pass
