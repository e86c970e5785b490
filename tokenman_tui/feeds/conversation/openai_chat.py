"""OpenAI's Chat Completions: messages, tool calls and choices.

Source: https://platform.openai.com/docs/api-reference/chat
"""

from collections.abc import Iterator, Mapping

from tokenman_tui.feeds.blocks import Block, named
from tokenman_tui.feeds.conversation import parts
from tokenman_tui.feeds.conversation.anthropic import Names
from tokenman_tui.feeds.conversation.data import base64_size, file_note, url_note
from tokenman_tui.feeds.loose_json import as_list, as_object, as_text, decoded
from tokenman_tui.feeds.spans import Part, Span

REASONING = ("reasoning_content", "reasoning", "thinking")
"""Where the vendors of this dialect put what a model thought."""


def tool(value: object) -> Iterator[Block]:
    found = as_object(value)
    kind = as_text(found.get("type"))
    described = as_object(found.get(kind)) or found
    schema = described.get("parameters")
    if schema is None:
        schema = {key: each for key, each in described.items() if key not in ("name", "description", "type")}
    note = "" if kind in ("", "function") else kind
    yield parts.tool(as_text(described.get("name")) or kind, as_text(described.get("description")), schema, note)
    yield from parts.cache_mark(value, 1)


def message(value: object, number: int, size: int, names: Names) -> Iterator[Block]:
    found = as_object(value)
    role = as_text(found.get("role"))
    yield parts.role_head(role, number, size)
    if not found:
        yield parts.anything(1, value)
    elif role in ("tool", "function"):
        yield from _result(found, names)
    else:
        yield from spoken(found, 1, names)


def spoken(found: Mapping[str, object], depth: int, names: Names) -> Iterator[Block]:
    """What a message says, thinks and calls."""
    for key in REASONING:
        if as_text(found.get(key)):
            yield parts.thinking(depth, as_text(found[key]))
            break
    if found.get("content") is not None:
        yield from content(found["content"], depth)
    if as_text(found.get("refusal")):
        yield parts.folding(depth, named("refusal", Part.WARN), as_text(found["refusal"]), folded=False)
    for call in as_list(found.get("tool_calls")):
        yield _call(call, depth, names)
    if isinstance(found.get("function_call"), dict):
        yield _call({"function": found["function_call"]}, depth, names)
    yield from parts.cache_mark(found, depth)


def content(value: object, depth: int) -> Iterator[Block]:
    """A string, or parts of text, images, sounds and files."""
    if isinstance(value, str):
        yield from [parts.said(depth, value)] if value else []
    elif isinstance(value, list):
        for each in value:
            yield _part(each, depth)
            yield from parts.cache_mark(each, depth)
    else:
        yield parts.anything(depth, value)


def _part(value: object, depth: int) -> Block:
    found = as_object(value)
    kind = as_text(found.get("type"))
    inner = as_object(found.get(kind))
    if kind in ("text", "refusal") and isinstance(found.get(kind), str):
        return parts.said(depth, as_text(found[kind]))
    if kind == "image_url":
        return parts.named_data(depth, "image", url_note(as_text(inner.get("url")) or as_text(found.get(kind))))
    if kind == "input_audio":
        return parts.named_data(
            depth, "audio", f"{as_text(inner.get('format'))}, {base64_size(as_text(inner.get('data')))}"
        )
    if kind == "file":
        return parts.named_data(depth, "file", file_note(inner))
    return parts.anything(depth, value)


def _call(value: object, depth: int, names: Names) -> Block:
    found = as_object(value)
    function = as_object(found.get("function"))
    custom = as_object(found.get("custom"))
    name = as_text(function.get("name")) or as_text(custom.get("name"))
    call_id = as_text(found.get("id"))
    names[call_id] = name
    given = function.get("arguments") if function else custom.get("input", found)
    return parts.tool_call(depth, name, call_id, arguments(given))


def arguments(value: object) -> object:
    """Arguments come as JSON in a string; a broken one stays a string."""
    if not isinstance(value, str):
        return value
    try:
        return decoded(value.encode("utf-8", "replace"))
    except ValueError:
        return value


def _result(found: Mapping[str, object], names: Names) -> Iterator[Block]:
    call_id = as_text(found.get("tool_call_id"))
    value = found.get("content")
    texts = [as_text(as_object(each).get("text")) for each in as_list(value)]
    text = value if isinstance(value, str) else "\n".join(texts)
    name = names.get(call_id, "") or as_text(found.get("name"))
    yield parts.tool_result(1, name, call_id, text)
    yield from (_part(each, 2) for each in as_list(value) if not as_text(as_object(each).get("text")))
    yield from parts.cache_mark(found, 1)


def reply(value: Mapping[str, object]) -> Iterator[Block]:
    """A whole completion; each choice under its own head."""
    choices = as_list(value.get("choices"))
    for number, choice in enumerate(choices, 1):
        found = as_object(choice)
        said = as_object(found.get("message"))
        yield parts.role_head(as_text(said.get("role")) or "assistant", number if len(choices) > 1 else 0, 0)
        yield from spoken(said, 1, {})
        if as_text(found.get("text")):
            yield parts.said(1, as_text(found["text"]))
        stop = as_text(found.get("finish_reason"))
        if stop:
            yield Block(0, (Span("stopped  ", Part.MUTED), *named(stop)))
