"""The journal over HTTP, for tests in another process: `GET /mock/journal` and `DELETE /mock/journal`."""

from proxy_core.mock.asgi import Receive, Send, read_body
from proxy_core.mock.call import Call
from proxy_core.mock.journal import Journal
from proxy_core.mock.jsonshape import to_json

JOURNAL_PATH = "/mock/journal"

_MAX_BODY_BYTES = 65_536


async def answer_journal(journal: Journal, call: Call, receive: Receive, send: Send) -> None:
    """Show or clear the journal.

    `?after=N` leaves out entries up to number N. The reply is `{"received": n, "entries": [...]}`, oldest first, with
    bodies in base64; `received` counts the entries that are no longer kept as well.
    """
    await read_body(receive, _MAX_BODY_BYTES)
    if call.method == "DELETE":
        journal.clear()
        await _reply(send, 204, b"")
    elif call.method == "GET":
        await _reply(send, 200, _listed(journal, call.parameter("after")))
    else:
        await _reply(send, 405, b"")


def _listed(journal: Journal, after: str) -> bytes:
    number = int(after) if after.isdecimal() else -1
    entries = [entry.to_json() for entry in journal if entry.number > number]
    return to_json({"received": journal.received, "entries": entries})


async def _reply(send: Send, status: int, body: bytes) -> None:
    headers = [(b"content-type", b"application/json")] if body else []
    if status != 204:
        headers.append((b"content-length", str(len(body)).encode()))
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body, "more_body": False})
