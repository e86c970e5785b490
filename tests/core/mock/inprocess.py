"""Calling a provider without a network: one ASGI request, driven to its end."""

import asyncio
import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from proxy_core.mock import MockProvider
from proxy_core.mock.asgi import Event, Scope


@dataclass
class Answer:
    """What came back. `finished` is whether the body was ended properly."""

    status: int = 0
    headers: dict[str, str] = field(default_factory=dict)
    pieces: list[bytes] = field(default_factory=list)
    finished: bool = False

    @property
    def body(self) -> bytes:
        return b"".join(self.pieces)

    def json(self) -> Any:  # noqa: ANN401
        return json.loads(self.body)

    def events(self) -> list[Any]:
        """The JSON data of every SSE event."""
        lines = self.body.replace(b"\r\n", b"\n").split(b"\n")
        return [json.loads(line[6:]) for line in lines if line.startswith(b"data: {")]


async def ask(
    provider: MockProvider,
    path: str,
    body: object = None,
    *,
    method: str = "POST",
    headers: Sequence[tuple[str, str]] = (),
    send_fails: bool = False,
) -> Answer:
    """Send one request; `body` is bytes as they are, or anything that becomes JSON.

    With `send_fails` nobody listens, and the server says so as ASGI lets it: by an OSError.
    """
    data = body if isinstance(body, bytes) else b"" if body is None else json.dumps(body).encode()
    answer = Answer()
    never = asyncio.Event()
    incoming: list[Event] = [{"type": "http.request", "body": data, "more_body": False}]

    async def receive() -> Event:
        if incoming:
            return incoming.pop()
        await never.wait()
        return {"type": "http.disconnect"}

    async def send(event: Event) -> None:
        if send_fails:
            raise BrokenPipeError
        if event["type"] == "http.response.start":
            answer.status = event["status"]
            answer.headers = {name.decode(): value.decode() for name, value in event["headers"]}
            return
        if event["body"]:
            answer.pieces.append(event["body"])
        answer.finished = not event["more_body"]

    await provider(_scope(method, path, headers), receive, send)
    return answer


def _scope(method: str, target: str, headers: Sequence[tuple[str, str]]) -> Scope:
    path, _, query = target.partition("?")
    return {
        "type": "http",
        "http_version": "1.1",
        "method": method,
        "scheme": "http",
        "path": path,
        "raw_path": path.encode(),
        "query_string": query.encode(),
        "headers": [(name.encode(), value.encode()) for name, value in headers],
        "extensions": {},
    }
