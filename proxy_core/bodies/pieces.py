"""Cuts a body where its segments begin and end, so that what a later turn repeats is stored once."""

import itertools
from collections.abc import Iterator

from proxy_core.exchange.document import Body, Document
from proxy_core.exchange.large_document import LARGE_BYTES

ARRAYS = ("system", "tools", "messages", "input", "contents")
"""The arrays that grow from turn to turn, in all dialects."""
SMALLEST_BYTES = 64
"""A shorter piece costs less in the list of pieces than as a piece of its own."""


def pieces(body: Body) -> list[bytes]:
    """Consecutive pieces that joined are the body; each large element of those arrays is one. Any body will do."""
    view = memoryview(body)
    cuts = sorted({0, len(body), *_cuts(body)})
    return [bytes(view[start:end]) for start, end in itertools.pairwise(cuts)]


def _cuts(body: Body) -> Iterator[int]:
    if len(body) >= LARGE_BYTES:
        return
    document = Document.read(body)
    if document is None:
        return
    try:
        for key in ARRAYS:
            for start, end in document.element_spans(key):
                if end - start >= SMALLEST_BYTES:
                    yield start
                    yield end
    except ValueError:
        return
