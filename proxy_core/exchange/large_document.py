"""Reading a body of tens of megabytes without holding the loop.

A JSON parser keeps the interpreter to itself until it is done (23 ms for 64 MB), in a thread as well. This reader finds
the top-level members by skipping over nested values in small steps, and lets the loop run between them. It takes longer
in all, up to 70 ms a megabyte of nothing but brackets; bodies of this size are mostly images, passed in one step each.
"""

import asyncio
import re
import time
from collections.abc import Generator, Iterator

import msgspec

from proxy_core.exchange.document import Body, Document, Span, after_separator, after_space

LARGE_BYTES = 12 * 1024 * 1024
STEP_S = 0.002
_STRUCTURE = re.compile(rb'["{}\[\]]')
_SCALAR = re.compile(rb"[^\s,}\]]+")
_MARKS_A_LOOK = 256
"""How many brackets and strings are passed between two looks at the clock."""


async def read_document(body: Body) -> Document | None:
    """`Document.read`, in steps of about two milliseconds when the body is large.

    What a strict parser refuses is looked at as well: half of a character pair (`\\ud83d`), which clients that cut text
    in the middle of an emoji send, or deep nesting. Whether such a body will do is for the provider to say.
    """
    document = Document.read(body) if len(body) < LARGE_BYTES else None
    if document is not None:
        return document
    spans: dict[str, Span] = {}
    try:
        until = time.monotonic() + STEP_S
        for _ in _members(body, spans):
            if time.monotonic() > until:
                await asyncio.sleep(0)
                until = time.monotonic() + STEP_S
    except ValueError:
        return None
    view = memoryview(body)
    return Document(body, {key: view[start:end] for key, (start, end) in spans.items()}, spans)


def _members(body: Body, spans: dict[str, Span]) -> Iterator[None]:
    """Fills `spans`; yields where a pause is possible. Raises ValueError when it is no object or a key occurs twice."""
    at = after_space(body, 0)
    if body[at : at + 1] != b"{":
        raise ValueError("not an object")
    at = after_space(body, at + 1)
    while body[at : at + 1] != b"}":
        key_end = _string_end(body, at)
        key = msgspec.json.decode(body[at:key_end], type=str)
        colon = after_space(body, key_end)
        start = after_space(body, colon + 1)
        end = yield from _value_end(body, start)
        if body[colon : colon + 1] != b":" or key in spans:
            raise ValueError("not an object whose keys are unique")
        spans[key] = (start, end)
        at = after_separator(body, end)
    if after_space(body, at + 1) != len(body):
        raise ValueError("something follows the object")


def _value_end(body: Body, at: int) -> Generator[None, None, int]:
    """A generator whose return value is the place behind the value at `at`."""
    first = body[at : at + 1]
    if first == b'"':
        return _string_end(body, at)
    if first not in (b"{", b"["):
        scalar = _SCALAR.match(body, at)
        if scalar is None:
            raise ValueError("no value")
        return scalar.end()
    return (yield from _nested_end(body, at))


def _nested_end(body: Body, at: int) -> Generator[None, None, int]:
    depth = marks = 0
    while (mark := _STRUCTURE.search(body, at)) is not None:
        sign = mark.group()
        at = _string_end(body, mark.start()) if sign == b'"' else mark.end()
        depth += (sign in b"{[") - (sign in b"}]")
        if depth == 0:
            return at
        marks += 1
        if marks % _MARKS_A_LOOK == 0:
            yield
    raise ValueError("a bracket is never closed")


def _string_end(body: Body, at: int) -> int:
    """The place behind the string that starts at `at`. Raises ValueError when it does not end."""
    if body[at : at + 1] != b'"':
        raise ValueError("not a string")
    close = body.index(b'"', at + 1)
    while _is_escaped(body, close):
        close = body.index(b'"', close + 1)
    return close + 1


def _is_escaped(body: Body, quote: int) -> bool:
    first = quote
    while body[first - 1 : first] == b"\\":
        first -= 1
    return (quote - first) % 2 == 1
