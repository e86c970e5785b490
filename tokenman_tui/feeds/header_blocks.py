"""The headers of request and reply, in the order they came, without credentials."""

import re

from tokenman_tui.feeds.blocks import Block
from tokenman_tui.feeds.inert import cells, fit, inert
from tokenman_tui.feeds.kept import MASK, Headers, Kept
from tokenman_tui.feeds.outline import Blocks
from tokenman_tui.feeds.spans import Part, Span

WIDEST_NAME = 44
ON_ONE_LINE = 4_096
_SECRET = re.compile(
    r"(?:^|[-_])(?:authorization|auth|key|token|secret|password|cookie2?|credentials?)$", re.IGNORECASE
)
"""Wider than what is masked before it is stored: other vendors' credentials have other names."""


def is_secret(name: str) -> bool:
    """Whether a header of this name holds a credential, as far as its name tells."""
    return _SECRET.search(name) is not None


def header_blocks(kept: Kept) -> Blocks:
    yield from _section("request", kept.request_headers)
    yield from _section("reply", kept.reply_headers)


def _section(title: str, headers: Headers) -> Blocks:
    yield Block(head=(Span(title, Part.NAME),), aside=(Span(f"{len(headers)}", Part.FAINT),))
    widest = min(WIDEST_NAME, max((cells(inert(name)) for name, _ in headers), default=0))
    for name, value in headers:
        masked = is_secret(name) or value == MASK
        shown = Span(MASK, Part.WARN) if masked else Span(inert(value, ON_ONE_LINE))
        yield Block(1, (Span(fit(inert(name), widest) + "  ", Part.MUTED), shown))
    if not headers:
        yield Block(1, text="None were stored.", part=Part.MUTED)
