"""A request's body, read member by member: no step takes longer than its largest message."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from tokenman_tui.feeds.blocks import Block, named, sentences
from tokenman_tui.feeds.conversation import anthropic, openai_chat, openai_responses, parts
from tokenman_tui.feeds.conversation.anthropic import Names
from tokenman_tui.feeds.loose_json import as_object, as_text, as_written, decoded, elements, members
from tokenman_tui.feeds.outline import Blocks
from tokenman_tui.feeds.spans import Part, Span

LARGEST_BYTES = 8 * 1024 * 1024
"""A single value beyond is left to the raw view: to read it would hold everything else."""
Message = Callable[[object, int, int, Names], Iterator[Block]]
Tool = Callable[[object], Iterator[Block]]


@dataclass(frozen=True, slots=True)
class Shape:
    """Where a dialect has the parts of a conversation, and what reads them."""

    system: str
    messages: str
    message: Message
    tool: Tool


SHAPES = {
    "anthropic": Shape("system", "messages", anthropic.message, anthropic.tool),
    "openai_chat": Shape("", "messages", openai_chat.message, openai_chat.tool),
    "openai_responses": Shape("instructions", "input", openai_responses.item, openai_responses.tool),
}
TOOLS = ("tools", "functions")


def request_blocks(dialect: str, body: bytes) -> Blocks:
    """The blocks of any body of any dialect; never raises."""
    if not body:
        yield from sentences("The request has no body.")
        return
    found = members(body) if len(body) <= 8 * LARGEST_BYTES else None
    yield None
    if found is None:
        yield from _no_object(body)
        return
    shape = SHAPES.get(dialect) or SHAPES["anthropic" if "messages" in found else "openai_responses"]
    empty = True
    for block in _object(shape, found):
        empty = empty and block is None
        yield block
    if empty:
        yield from sentences("The request says nothing.", as_written(body[:LARGEST_BYTES]))


def _object(shape: Shape, found: dict[str, bytes]) -> Blocks:
    own = {shape.system, shape.messages, *TOOLS}
    rest = {key: raw for key, raw in found.items() if key not in own}
    if rest:
        values = {key: value_of(raw) for key, raw in rest.items()}
        yield parts.parameters(values, sum(map(len, rest.values())))
    for key in TOOLS:
        if key in found:
            yield from _tools(found[key], shape.tool)
    if shape.system in found:
        yield from anthropic.system(value_of(found[shape.system]))
    if shape.messages in found:
        yield from _messages(found[shape.messages], shape.message)


def _tools(raw: bytes, read: Tool) -> Blocks:
    listed = elements(raw)
    if listed is None:
        yield parts.anything(0, value_of(raw), "tools")
        return
    blocks: list[Block] = []
    for each in listed:
        blocks.extend(read(value_of(each)))
        yield None
    yield parts.tools_head([_name(block) for block in blocks if block.text or block.aside])
    yield from blocks


def _name(block: Block) -> str:
    return block.head[0].text if block.head else ""


def _messages(raw: bytes, read: Message) -> Blocks:
    listed = elements(raw)
    if listed is None:
        listed = [raw]
    names: Names = {}
    for number, each in enumerate(listed, 1):
        value = value_of(each)
        yield None
        yield from read(value, number, len(each), names)


def value_of(raw: bytes) -> object:
    """A value, or a sentence in its place where it cannot be read."""
    if len(raw) > LARGEST_BYTES:
        return "(too large to be shown here; it is in the raw view)"
    try:
        return decoded(raw)
    except ValueError:
        return as_written(raw)


def _no_object(body: bytes) -> Blocks:
    yield Block(head=(Span("The body is no JSON object.", Part.TITLE),))
    yield Block(text=as_written(body[:LARGEST_BYTES]))


def error_of(value: object) -> Iterator[Block]:
    """The error that a reply tells, in all dialects' forms."""
    found = as_object(value)
    error = found.get("error")
    if isinstance(error, str):
        error = {"message": error}
    if isinstance(error, dict):
        kind = as_text(error.get("type")) or as_text(error.get("code")) or "error"
        yield Block(0, (Span("✗ ", Part.BAD), *named(kind, Part.BAD)), as_text(error.get("message")))
