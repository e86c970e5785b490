"""A request through a real socket and back."""

import asyncio
import socket

from proxy_core.http1 import Receive, Scope, Send, ServerSettings, serve


async def _echo(scope: Scope, receive: Receive, send: Send) -> None:
    message = await receive()
    await send({"type": "http.response.start", "status": 200, "headers": [(b"Content-Length", b"5")]})
    await send({"type": "http.response.body", "body": message["body"]})


async def test_a_request_is_answered_and_the_server_ends_when_told() -> None:
    listener = socket.create_server(("127.0.0.1", 0))
    listener.setblocking(False)  # noqa: FBT003 - the standard library's signature
    stop = asyncio.Event()
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(serve(_echo, ServerSettings(drain_s=1), [listener], stop))
        reader, writer = await asyncio.open_connection(*listener.getsockname())
        writer.write(b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello")
        assert await reader.readuntil(b"hello") == b"HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nhello"
        stop.set()
        assert await reader.read() == b""
        writer.close()
        await writer.wait_closed()
