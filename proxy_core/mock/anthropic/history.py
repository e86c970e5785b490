"""What Anthropic demands of a conversation before it reads it."""

from proxy_core.mock.canonical import as_blocks
from proxy_core.mock.failures import invalid
from proxy_core.mock.jsonshape import JsonObject, as_objects, as_text


def check_fields(body: JsonObject, *, needs_max_tokens: bool) -> None:
    """Check that the required fields are there and of the right kind.

    Raises:
        ProviderError: one is not.
    """
    if not as_text(body.get("model")):
        raise invalid("model: Field required")
    if needs_max_tokens and "max_tokens" not in body:
        raise invalid("max_tokens: Field required")
    messages = body.get("messages")
    if not isinstance(messages, list):
        raise invalid("messages: Field required" if messages is None else "messages: Input should be a valid list")
    if not messages:
        raise invalid("messages: at least one message is required")
    for number, message in enumerate(messages):
        if not isinstance(message, dict):
            raise invalid(f"messages.{number}: Input should be an object")
        if as_text(message.get("role")) not in {"user", "assistant", "system"}:
            raise invalid(f"messages: Unexpected role {str(message.get('role'))[:40]!r}.")


def check_tool_pairs(body: JsonObject) -> None:
    """Check that every tool call is answered in the very next turn, and nothing else is.

    Raises:
        ProviderError: a call has no result, or a result no call.
    """
    called: set[str] = set()
    for number, message in enumerate(as_objects(body.get("messages"))):
        if message.get("role") == "system":
            continue
        blocks = as_blocks(message.get("content"))
        if message.get("role") == "assistant":
            _all_answered(number, called)
            called = {as_text(block.get("id")) for block in blocks if block.get("type") == "tool_use"}
            continue
        answered = {as_text(block.get("tool_use_id")) for block in blocks if block.get("type") == "tool_result"}
        for stranger in sorted(answered - called):
            raise invalid(
                f"messages.{number}.content.0: unexpected `tool_use_id` found in `tool_result` blocks: {stranger}. "
                "Each `tool_result` block must have a corresponding `tool_use` block in the previous message."
            )
        _all_answered(number, called - answered)
        called = set()


def _all_answered(number: int, missing: set[str]) -> None:
    if missing:
        raise invalid(
            f"messages.{number - 1}: `tool_use` ids were found without `tool_result` blocks immediately after: "
            f"{', '.join(sorted(missing))}. Each `tool_use` block must have a corresponding `tool_result` block in the "
            "next message."
        )
