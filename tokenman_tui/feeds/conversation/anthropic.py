"""Anthropic's Messages: the content blocks of a system prompt, of messages and of a reply.

Source: https://docs.anthropic.com/en/api/messages
"""

from collections.abc import Iterator, Mapping

from tokenman_tui.feeds.blocks import Block, named
from tokenman_tui.feeds.conversation import parts
from tokenman_tui.feeds.conversation.data import source_note
from tokenman_tui.feeds.loose_json import as_list, as_object, as_text, pretty
from tokenman_tui.feeds.spans import Part, Span

Names = dict[str, str]
"""Names of tools by the id of their call, filled while messages are read."""
DATA = frozenset({"image", "document", "container_upload"})
CALLS = frozenset({"tool_use", "server_tool_use", "mcp_tool_use"})


def system(value: object) -> Iterator[Block]:
    """The system prompt: a text, or blocks of text."""
    blocks = [value] if isinstance(value, str) else as_list(value)
    for number, block in enumerate(blocks, 1):
        text = block if isinstance(block, str) else as_text(as_object(block).get("text"))
        place = f"{number} of {len(blocks)}" if len(blocks) > 1 else ""
        if text:
            head = (*named("system", Part.CACHED, place),)
            yield parts.folding(0, head, text)
        else:
            yield parts.anything(0, block, "system")
        yield from parts.cache_mark(block, 0)


def tool(value: object) -> Iterator[Block]:
    """One tool; those that Anthropic runs have a type and no schema."""
    found = as_object(value)
    kind = as_text(found.get("type"))
    described = {"name", "description", "input_schema", "cache_control"}
    rest = {key: each for key, each in found.items() if key not in described}
    schema = found.get("input_schema", rest)
    note = "" if kind in ("", "custom") else kind
    yield parts.tool(as_text(found.get("name")) or kind, as_text(found.get("description")), schema, note)
    yield from parts.cache_mark(value, 1)


def message(value: object, number: int, size: int, names: Names) -> Iterator[Block]:
    found = as_object(value)
    yield parts.role_head(as_text(found.get("role")), number, size)
    if "content" not in found:
        yield parts.anything(1, value)
        return
    yield from content(found["content"], 1, names)


def content(value: object, depth: int, names: Names) -> Iterator[Block]:
    """A string, or content blocks."""
    if isinstance(value, str):
        yield parts.said(depth, value)
    elif isinstance(value, list):
        for block in value:
            yield from _block(block, depth, names)
            yield from parts.cache_mark(block, depth)
    else:
        yield parts.anything(depth, value)


def _block(value: object, depth: int, names: Names) -> Iterator[Block]:
    found = as_object(value)
    kind = as_text(found.get("type"))
    if kind == "text" and isinstance(found.get("text"), str):
        yield parts.said(depth, as_text(found["text"]))
    elif kind == "thinking":
        yield parts.thinking(depth, as_text(found.get("thinking")), kept=as_text(found.get("signature")))
    elif kind == "redacted_thinking":
        yield parts.thinking(depth, "", kept=as_text(found.get("data")))
    elif kind in CALLS:
        name, call_id = as_text(found.get("name")), as_text(found.get("id"))
        names[call_id] = name
        yield parts.tool_call(depth, name, call_id, found.get("input"))
    elif kind.endswith("tool_result"):
        yield from _result(found, depth, names)
    elif kind in DATA:
        yield parts.named_data(depth, kind, _data_note(found))
    else:
        yield parts.anything(depth, value)


def _result(found: Mapping[str, object], depth: int, names: Names) -> Iterator[Block]:
    """Texts are joined under one head; pictures come below it."""
    inner = found.get("content")
    blocks = as_list(inner)
    texts = [as_text(as_object(block).get("text")) for block in blocks if as_object(block).get("type") == "text"]
    others = [block for block in blocks if as_object(block).get("type") != "text"]
    if isinstance(inner, str):
        texts = [inner]
    elif not isinstance(inner, list) and inner is not None:
        texts = [pretty(inner)]
    call_id = as_text(found.get("tool_use_id"))
    failed = found.get("is_error") is True
    yield parts.tool_result(depth, names.get(call_id, ""), call_id, "\n".join(texts), failed=failed)
    for block in others:
        yield from _block(block, depth + 1, names)


def _data_note(found: Mapping[str, object]) -> str:
    title = as_text(found.get("title"))
    return ", ".join(filter(None, (title, source_note(found.get("source")), as_text(found.get("file_id")))))


def reply(value: Mapping[str, object]) -> Iterator[Block]:
    """A whole message, from JSON or put together from a stream."""
    yield parts.role_head(as_text(value.get("role")) or "assistant", 0, 0)
    yield from content(value.get("content"), 1, {})
    stop = as_text(value.get("stop_reason"))
    if stop:
        sequence = as_text(value.get("stop_sequence"))
        yield Block(0, (Span("stopped  ", Part.MUTED), *named(stop, Part.STRONG, sequence)))
