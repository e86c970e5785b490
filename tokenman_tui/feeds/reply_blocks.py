"""A reply's body as a conversation, from JSON or from a stream of events."""

from collections.abc import Iterator, Mapping

from tokenman_tui.feeds.blocks import Block, sentences
from tokenman_tui.feeds.conversation import anthropic, openai_chat, openai_responses, parts
from tokenman_tui.feeds.conversation.request import LARGEST_BYTES, error_of
from tokenman_tui.feeds.inert import inert
from tokenman_tui.feeds.kept import Kept
from tokenman_tui.feeds.loose_json import as_list, as_object, as_written, decoded, pretty
from tokenman_tui.feeds.outline import Blocks
from tokenman_tui.feeds.spans import Part, Span
from tokenman_tui.feeds.sse_reply import assembled

MAX_STREAM_BYTES = 16 * 1024 * 1024


def reply_blocks(dialect: str, kept: Kept) -> Blocks:
    """The blocks of any reply; never raises."""
    body = kept.reply_body
    if kept.undecoded:
        yield from sentences("The reply is compressed and cannot be read here.", kept.undecoded)
    elif not body:
        yield from sentences("The reply has no body.")
    elif kept.is_stream:
        yield from _stream(dialect, body[:MAX_STREAM_BYTES])
    else:
        yield None
        yield from _whole(dialect, body)
    if kept.truncated:
        note = "The rest of the reply was relayed and not stored: it is longer than TokenMan keeps."
        yield Block(head=(Span(note, Part.WARN),))


def _stream(dialect: str, body: bytes) -> Blocks:
    for value in assembled(dialect, body):
        if value is None:
            yield None
        else:
            yield from list(of_value(dialect, value)) or [Block(text=as_written(body))]


def _whole(dialect: str, body: bytes) -> Iterator[Block]:
    try:
        value = decoded(body) if len(body) <= LARGEST_BYTES else None
    except ValueError:
        value = None
    if value is None:
        yield Block(text=as_written(body[:LARGEST_BYTES]))
    elif isinstance(value, dict):
        yield from list(of_value(dialect, value)) or [Block(text=as_written(body))]
    else:
        yield parts.anything(0, value)


def of_value(dialect: str, value: Mapping[str, object]) -> Iterator[Block]:
    """A whole reply; what is none of the known forms is shown as it is."""
    errors = list(error_of(value))
    if value.get("choices"):
        yield from openai_chat.reply(value)
    elif as_list(value.get("output")) or (dialect == "openai_responses" and "output" in value):
        yield from openai_responses.reply(value)
    elif "content" in value:
        yield from anthropic.reply(value)
    elif value and not errors:
        yield parts.anything(0, value, "reply")
    yield from errors
    yield from _usage(value)


def _usage(value: Mapping[str, object]) -> Iterator[Block]:
    usage = as_object(value.get("usage"))
    if usage:
        counts = [f"{key} {count:,}" for key, count in usage.items() if isinstance(count, int) and count]
        head = (Span("usage", Part.TITLE),)
        yield Block(0, head, pretty(dict(usage)), folded=True, hint=" · ".join(map(inert, counts)))
