"""Whole requests, ready to be written to a socket: an agent's conversation of a given size."""

import random
import time
from collections.abc import Iterator
from dataclasses import dataclass

from tests.bench.load.prose import text
from tests.bench.load.shapes import SHAPES, Shape

NONCE = "@" * 3 + "NONCE" + "@" * 11
"""Stands where every request differs: 19 characters, as many as a monotonic nanosecond is padded to."""
TURN_BYTES = 6_000


@dataclass(frozen=True, slots=True)
class Request:
    """The bytes before and after the place at which no two requests are alike, so that nobody can answer from a cache.

    Without such a place all bytes are ``before``.
    """

    before: bytes
    after: bytes

    def next(self) -> bytes:
        if not self.after:
            return self.before
        return b"%b%019d%b" % (self.before, time.monotonic_ns(), self.after)


def agent_request(dialect: str, body_bytes: int, seed: int, *, stream_events: int = 0, hold_ms: int = 0) -> Request:
    """A conversation of exactly ``body_bytes``.

    A stream asks for its number of events as ``max_tokens``, which every proxy passes on; ``hold_ms`` asks the fake
    provider to wait that long.
    """
    shape, rng = SHAPES[dialect], random.Random(seed)
    opening = shape.opening(rng, min(body_bytes // 6, 25_000), min(body_bytes // 4, 40_000), stream_events or 4096)
    closing = shape.closing(stream=stream_events > 0)
    turns = history(shape, rng, body_bytes - len(opening) - len(closing))
    body = b"".join((opening, b",".join(turns), closing))
    return request_of(shape, body, {"x-bench-hold-ms": str(hold_ms)} if hold_ms else {})


def history(shape: Shape, rng: random.Random, room_bytes: int) -> list[bytes]:
    """The conversation so far, then a user's words that fill up what is left of ``room_bytes``."""
    turns = [shape.user(text(rng, min(300, max(0, room_bytes - 300))))]
    while room_bytes - sum(map(len, turns)) - len(turns) > TURN_BYTES * 1.5:
        turns.append(shape.turn(len(turns), text(rng, 400), text(rng, TURN_BYTES - 1_000), newest=False))
    left = room_bytes - sum(map(len, turns)) - len(turns) - len(shape.user(NONCE))
    words = NONCE + text(rng, round(left * 0.95))
    missing = left - len(shape.user(words)) + len(shape.user(NONCE))
    return [*turns, shape.user(words + "." * missing)]


def growing_requests(dialect: str, turns: int, first_bytes: int, last_bytes: int, seed: int) -> Iterator[Request]:
    """The requests of one conversation: each the one before plus a turn.

    Like Claude Code, it marks only the newest turn for the provider's cache, so the mark moves.
    """
    shape, rng = SHAPES[dialect], random.Random(seed)
    opening, closing = shape.opening(rng, 20_000, 35_000, 4096), shape.closing(stream=False)
    step_bytes = (last_bytes - first_bytes) // max(1, turns - 1)
    said = [shape.user(text(rng, first_bytes - len(opening) - len(closing) - step_bytes))]
    for number in range(1, turns + 1):
        talk = (text(rng, 300), text(rng, step_bytes - 570))
        newest = shape.turn(number, *talk, newest=True)
        yield request_of(shape, b"".join((opening, b",".join((*said, newest)), closing)), {})
        said.append(shape.turn(number, *talk, newest=False))


def request_of(shape: Shape, body: bytes, more_headers: dict[str, str]) -> Request:
    """The request line, the headers of a real client and the body, split where the nonce goes."""
    headers = {
        "host": "127.0.0.1",
        "content-type": "application/json",
        "accept": "application/json",
        "content-length": str(len(body)),
        **shape.headers,
        **more_headers,
    }
    lines = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    whole = f"POST {shape.path} HTTP/1.1\r\n{lines}\r\n".encode() + body
    before, _, after = whole.partition(NONCE.encode())
    return Request(before, after)
