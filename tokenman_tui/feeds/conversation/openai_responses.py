"""OpenAI's Responses: items of input and output.

Source: https://platform.openai.com/docs/api-reference/responses
"""

from collections.abc import Iterator, Mapping

from tokenman_tui.feeds.blocks import Block, named
from tokenman_tui.feeds.conversation import parts
from tokenman_tui.feeds.conversation.anthropic import Names
from tokenman_tui.feeds.conversation.data import base64_size, file_note, url_note
from tokenman_tui.feeds.conversation.openai_chat import arguments
from tokenman_tui.feeds.loose_json import as_list, as_object, as_text, pretty
from tokenman_tui.feeds.spans import Part, Span

TEXTS = frozenset({"input_text", "output_text", "text", "summary_text", "reasoning_text", "refusal"})
CALLS = {"function_call": "arguments", "custom_tool_call": "input", "mcp_call": "arguments"}
"""Kinds of calls, and under which key each has its arguments."""


def item(value: object, number: int, size: int, names: Names) -> Iterator[Block]:
    """One item: a message, a call, its output, a piece of reasoning, or what else there may be."""
    found = as_object(value)
    kind = as_text(found.get("type"))
    if "role" in found or kind == "message":
        yield parts.role_head(as_text(found.get("role")), number, size)
        yield from content(found.get("content"), 1)
    elif kind in CALLS:
        name, call_id = as_text(found.get("name")), as_text(found.get("call_id")) or as_text(found.get("id"))
        names[call_id] = name
        yield parts.tool_call(0, name, call_id, arguments(found.get(CALLS[kind])))
    elif kind.endswith("_call_output"):
        yield from _output(found, names)
    elif kind == "reasoning":
        yield _reasoning(found)
    elif isinstance(value, str):
        yield parts.role_head("user", number, size)
        yield parts.said(1, value)
    else:
        yield parts.anything(0, value)


def content(value: object, depth: int) -> Iterator[Block]:
    """A string, or parts of text, images and files."""
    if isinstance(value, str):
        yield parts.said(depth, value)
    elif isinstance(value, list):
        yield from (_part(each, depth) for each in value)
    else:
        yield parts.anything(depth, value)


def _part(value: object, depth: int) -> Block:
    found = as_object(value)
    kind = as_text(found.get("type"))
    text = found.get("refusal" if kind == "refusal" else "text")
    if kind in TEXTS and isinstance(text, str):
        return parts.said(depth, text)
    if kind == "input_image":
        note = url_note(as_text(found.get("image_url"))) or as_text(found.get("file_id"))
        return parts.named_data(depth, "image", note)
    if kind == "input_file":
        return parts.named_data(depth, "file", file_note(found))
    if kind == "input_audio":
        data = as_text(as_object(found.get("input_audio")).get("data"))
        return parts.named_data(depth, "audio", base64_size(data))
    return parts.anything(depth, value)


def _output(found: Mapping[str, object], names: Names) -> Iterator[Block]:
    call_id = as_text(found.get("call_id"))
    value = found.get("output")
    texts = [as_text(as_object(each).get("text")) for each in as_list(value)]
    text = "\n".join(texts) if isinstance(value, list) else pretty(value) if value is not None else ""
    yield parts.tool_result(0, names.get(call_id, ""), call_id, text)
    yield from (_part(each, 1) for each in as_list(value) if not as_text(as_object(each).get("text")))


def _reasoning(found: Mapping[str, object]) -> Block:
    shown = [*as_list(found.get("summary")), *as_list(found.get("content"))]
    text = "\n\n".join(filter(None, (as_text(as_object(each).get("text")) for each in shown)))
    return parts.thinking(0, text, "reasoning", kept=as_text(found.get("encrypted_content")))


def tool(value: object) -> Iterator[Block]:
    found = as_object(value)
    kind = as_text(found.get("type"))
    rest = {key: each for key, each in found.items() if key not in ("name", "description", "type")}
    note = "" if kind in ("", "function") else kind
    name = as_text(found.get("name")) or kind
    yield parts.tool(name, as_text(found.get("description")), found.get("parameters", rest), note)


def reply(value: Mapping[str, object]) -> Iterator[Block]:
    """A whole response: its items, and how it ended."""
    names: Names = {}
    for each in as_list(value.get("output")):
        yield from item(each, 0, 0, names)
    status = as_text(value.get("status"))
    reason = as_text(as_object(value.get("incomplete_details")).get("reason"))
    if status:
        yield Block(0, (Span("stopped  ", Part.MUTED), *named(status, Part.STRONG, reason)))
