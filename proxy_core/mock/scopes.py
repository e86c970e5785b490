"""What an ASGI server hands over, turned into a call; and the scopes that are no HTTP request."""

from proxy_core.mock.asgi import Receive, Scope, Send
from proxy_core.mock.call import Call
from proxy_core.mock.jsonshape import to_json

_UPGRADE_BODY = to_json(
    {"error": {"message": "The mock serves no WebSocket here.", "type": "invalid_request_error", "code": None}}
)


def read_call(scope: Scope, body: bytes, at_s: float) -> Call:
    """The request of an HTTP scope."""
    path = scope.get("raw_path") or scope["path"].encode()
    return Call(
        method=scope["method"],
        path=path.partition(b"?")[0].decode("latin-1"),
        query=scope.get("query_string", b"").decode("latin-1"),
        headers=tuple((name.decode("latin-1").lower(), value.decode("latin-1")) for name, value in scope["headers"]),
        body=body,
        at_s=at_s,
    )


async def live_through(receive: Receive, send: Send) -> None:
    """Say yes to a server's start and stop."""
    while True:
        event = await receive()
        await send({"type": f"{event['type']}.complete"})
        if event["type"] == "lifespan.shutdown":
            return


async def answer_websocket(scope: Scope, receive: Receive, send: Send) -> None:
    """Refuse with 426, which makes Codex fall back to HTTP at once."""
    await receive()
    if "websocket.http.response" not in (scope.get("extensions") or {}):
        await send({"type": "websocket.close", "code": 1008})
        return
    headers = [(b"content-type", b"application/json"), (b"content-length", str(len(_UPGRADE_BODY)).encode())]
    await send({"type": "websocket.http.response.start", "status": 426, "headers": headers})
    await send({"type": "websocket.http.response.body", "body": _UPGRADE_BODY, "more_body": False})
