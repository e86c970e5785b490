"""`tokenman mock`: the mock provider by itself, for trying clients and tests without a network."""

import asyncio
import signal
import socket
import sys

from proxy_core.http1 import ServerSettings, serve
from proxy_core.mock import MockProvider
from tokenman_tui.start import CannotStart


def run(bind_address: str, port: int) -> int:
    """Serve until SIGINT or SIGTERM. The address, with the port that was taken for 0, is told on standard error."""
    with _listener(bind_address, port) as listener:
        host, taken = listener.getsockname()[:2]
        sys.stderr.write(f"The mock provider is at http://{f'[{host}]' if ':' in host else host}:{taken}\n")
        asyncio.run(_serve(listener))
    return 0


def _listener(bind_address: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in bind_address else socket.AF_INET
    try:
        listener = socket.create_server((bind_address, port), family=family)
    except OSError as error:
        raise CannotStart(
            f"Cannot listen on {bind_address} port {port}: {error.strerror or error}; choose another with --port."
        ) from None
    listener.setblocking(False)  # noqa: FBT003 - the standard library's signature
    return listener


async def _serve(listener: socket.socket) -> None:
    stop, loop = asyncio.Event(), asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    await serve(MockProvider(), ServerSettings(drain_s=0.5), [listener], stop)
