"""A streamed reply put together to what the same reply would be without streaming."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Protocol

from proxy_core.sse import EventTooLarge, SseSplitter, read_event
from tokenman_tui.feeds.loose_json import as_object, decoded
from tokenman_tui.feeds.sse_reply.anthropic import AnthropicReply
from tokenman_tui.feeds.sse_reply.openai_chat import ChatReply
from tokenman_tui.feeds.sse_reply.openai_responses import ResponsesReply

PIECE_BYTES = 64 * 1024


class Assembly(Protocol):
    """Takes the data of one event after the other; ones that it does not know do nothing."""

    def take(self, event: Mapping[str, object]) -> None: ...
    def value(self) -> dict[str, object]:
        """The reply as far as it came."""


ASSEMBLIES: dict[str, type[Assembly]] = {
    "anthropic": AnthropicReply,
    "openai_chat": ChatReply,
    "openai_responses": ResponsesReply,
}


def assembled(dialect: str, stream: bytes) -> Iterator[dict[str, object] | None]:
    """Yields None after each short step, and the reply at last. A stream may end anywhere, and hold anything."""
    assembly = ASSEMBLIES.get(dialect, AnthropicReply)()
    for number, event in enumerate(datas(stream)):
        assembly.take(event)
        if not number % 32:
            yield None
    yield assembly.value()


def datas(stream: bytes) -> Iterator[Mapping[str, object]]:
    """What the events say that are JSON objects."""
    for raw in raw_events([stream[start : start + PIECE_BYTES] for start in range(0, len(stream), PIECE_BYTES)]):
        data = read_event(raw).data
        if data:
            try:
                yield as_object(decoded(data))
            except ValueError:
                continue


def raw_events(chunks: Iterable[bytes]) -> Iterator[bytes]:
    """Every event, the last one also when its end is missing."""
    splitter = SseSplitter()
    try:
        for chunk in chunks:
            yield from splitter.feed(chunk)
    except EventTooLarge:
        return
    if splitter.tail().strip():
        yield splitter.tail()
