"""A competitor that is up, and the waiting until it is."""

import contextlib
import http.client
import socket
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import msgspec

from tests.bench.cpu import family
from tests.bench.peers.child import Process


class AbsentError(Exception):
    """A competitor cannot take part: not installed, did not start, or died. The text says why in a sentence."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where to start: the fake provider's port, an empty folder, the cores."""

    upstream_port: int
    folder: Path
    cores: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Peer:
    """A competitor that is ready. The direct connection has no process. ``ready_s`` counts from its exec."""

    port: int
    process: Process | None = None
    api_port: int = 0
    ready_s: float = 0.0

    def pids(self) -> tuple[int, ...]:
        return family(self.process.pid) if self.process else ()

    def stop(self) -> None:
        if self.process:
            self.process.stop()


Start = Callable[[Place], Peer]


def free_port() -> int:
    """A port that nobody listens on at this moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def get(port: int, path: str, timeout_s: float = 2.0) -> tuple[int, bytes]:
    """GET from this machine; status 0 when nobody answers."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=timeout_s)
    try:
        connection.request("GET", path)
        answer = connection.getresponse()
        return answer.status, answer.read()
    except (OSError, http.client.HTTPException):
        return 0, b""
    finally:
        connection.close()


def get_json(port: int, path: str) -> dict[str, object]:
    """A JSON object; empty when there is none to be had."""
    status, body = get(port, path)
    with contextlib.suppress(msgspec.MsgspecError):
        return msgspec.json.decode(body, type=dict[str, object]) if status == 200 else {}
    return {}


def when_ready(process: Process, port: int, path: str, limit_s: float, began_s: float) -> float:
    """Seconds from ``began_s`` (``time.monotonic()``) until ``path`` answers 200.

    Raises AbsentError when it ended, or did not answer within ``limit_s`` and was stopped for that.
    """
    while time.monotonic() - began_s < limit_s:
        if get(port, path)[0] == 200:
            return time.monotonic() - began_s
        if not process.running():
            raise AbsentError(f"It ended before it was ready; its last line was: {process.last_words()}")
        time.sleep(0.005)
    process.stop()
    raise AbsentError(f"It did not become ready within {limit_s:g} s; its last line was: {process.last_words()}")
