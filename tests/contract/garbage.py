"""Requests and replies that are wrong in every way that chance can think of; the same seed makes the same ones."""

import json
import random
from collections.abc import Iterator
from dataclasses import dataclass

from tests.contract.compressed import CODINGS
from tests.contract.talks import TALKS
from tests.contract.upstreams import reply, stream_head

METHODS = ("POST",) * 12 + ("GET", "PUT", "PATCH", "DELETE", "OPTIONS", "HEAD", "PROPFIND", "QUERY")
PATHS = (
    "/v1/messages",
    "/v1/messages/count_tokens",
    "/v1/chat/completions",
    "/v1/responses",
    "/v1/responses/compact",
    "/v1/embeddings",
    "/v1/completions",
    "/v1/models",
    "/v1/files",
)
NAMES = (
    "content-type",
    "accept-encoding",
    "anthropic-version",
    "anthropic-beta",
    "x-api-key",
    "authorization",
    "user-agent",
    "x-claude-code-session-id",
    "x-claude-code-agent-id",
    "x-claude-code-request-class",
    "x-claude-code-parent-agent-id",
    "x-tokenman-project",
    "session_id",
    "cookie",
    "connection",
    "te",
    "trailer",
    "keep-alive",
    "forwarded",
    "x",
)
VISIBLE = bytes(range(0x21, 0x7F)) + bytes(range(0x80, 0x100))
URL_SAFE = "abcXYZ019-._~%2F%00%ff/+:@!$&'()*,;=?[]{}|\\^`\"<>"
KEYS = ("model", "stream", "messages", "input", "system", "tools", "max_tokens", "usage", "", "\x00", "é", "\ud83d")


@dataclass(frozen=True, slots=True)
class Asked:
    raw: bytes
    bodiless: bool


def requests(seed: int, count: int) -> Iterator[Asked]:
    """Well-framed HTTP with anything in it; every one has credentials, so that none is taken for a foreign page."""
    dice = random.Random(seed)
    for _ in range(count):
        method = dice.choice(METHODS)
        body = _body(dice)
        lines = [f"{method} {_target(dice)} HTTP/1.1".encode("latin-1"), b"host: 127.0.0.1", b"x-api-key: k"]
        lines += [_header(dice) for _ in range(dice.randrange(6))]
        if dice.random() < 0.15:
            coding, pack = dice.choice(list(CODINGS.values()))
            lines.append(b"content-encoding: " + coding.encode())
            body = pack(body) if dice.random() < 0.8 else body
        if dice.random() < 0.2:
            lines.append(b"transfer-encoding: chunked")
            body = _chunks(dice, body)
        else:
            lines.append(b"content-length: %d" % len(body))
        yield Asked(b"\r\n".join((*lines, b"", body)), method == "HEAD")


def replies(seed: int, count: int, good: list[bytes]) -> Iterator[bytes]:
    """Replies as providers send them, damaged: bytes changed, left out, repeated, put in, or cut off."""
    dice = random.Random(seed)
    for _ in range(count):
        raw = bytearray(dice.choice(good))
        for _ in range(dice.choice((1, 1, 2, 5, 30))):
            at = dice.randrange(len(raw) + 1)
            end = min(len(raw), at + dice.choice((1, 1, 2, 10, 200)))
            raw[at:end] = dice.choice(
                (b"", dice.randbytes(end - at), bytes(raw[at:end]) * 2, b"\r\n\r\n", b"\n", b"\0")
            )
        yield bytes(raw)


def framings(bodies: list[bytes], events: list[bytes]) -> list[bytes]:
    """Documents and streams in the ways that HTTP can frame them."""
    framed = []
    for body in bodies:
        framed += [reply(body), reply(body, status=b"529 Overloaded")]
        framed.append(stream_head(kind=b"application/json") + _chunk(body) + b"0\r\n\r\n")
    for stream in events:
        pieces = stream.split(b"\n\n")
        chunks = b"".join(_chunk(piece + b"\n\n") for piece in pieces[:-1])
        framed += [stream_head() + chunks + b"0\r\n\r\n", reply(stream, kind=b"text/event-stream")]
        framed.append(b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\n\r\n" + stream)
    return framed


def _chunk(body: bytes) -> bytes:
    return b"%x\r\n%b\r\n" % (len(body), body)


def _chunks(dice: random.Random, body: bytes) -> bytes:
    framed = b""
    while body:
        size = dice.randint(1, len(body))
        framed += _chunk(body[:size])
        body = body[size:]
    return framed + b"0\r\n\r\n"


def _target(dice: random.Random) -> str:
    path = dice.choice(PATHS)
    if dice.random() < 0.3:
        path += "/" + "".join(dice.choices(URL_SAFE, k=dice.randrange(30)))
    if dice.random() < 0.3:
        path += "?" + "".join(dice.choices(URL_SAFE, k=dice.randrange(40)))
    return path


def _header(dice: random.Random) -> bytes:
    value = bytes(dice.choices(VISIBLE, k=dice.choice((0, 1, 8, 60, 500))))
    return dice.choice(NAMES).encode() + b": " + value


def _body(dice: random.Random) -> bytes:
    kind = dice.randrange(7)
    if kind == 0:
        return dice.randbytes(dice.randrange(300))
    if kind == 1:
        return json.dumps({key: _value(dice, 3) for key in dice.sample(KEYS, dice.randrange(len(KEYS)))}).encode()
    if kind == 2:
        depth = dice.choice((10, 20, 50, 1500))
        return b'{"model":"m","messages":' + b"[" * depth + b"]" * (depth - dice.randrange(2)) + b"}"
    body = bytearray(dice.choice(TALKS).body(stream=dice.random() < 0.5))
    if kind == 3:
        del body[dice.randrange(len(body)) :]
    elif kind > 4:
        for _ in range(dice.randrange(1, 9)):
            body[dice.randrange(len(body))] = dice.randrange(256)
    return bytes(body)


def _value(dice: random.Random, depth: int) -> object:
    kind = dice.randrange(9 if depth else 6)
    if kind < 6:
        return (None, True, dice.randrange(-(10**30), 10**30), dice.random() * 1e300, "x" * dice.randrange(400), "m")[
            kind
        ]
    if kind == 6:
        return [_value(dice, depth - 1) for _ in range(dice.randrange(5))]
    return {dice.choice(KEYS): _value(dice, depth - 1) for _ in range(dice.randrange(5))}
