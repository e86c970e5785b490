"""Request bodies that carry directives in the model's name."""

from typing import Any

Body = dict[str, Any]

MESSAGES = "/v1/messages"
CHAT = "/v1/chat/completions"
RESPONSES = "/v1/responses"


def claude(directives: str = "", **more: object) -> Body:
    """A streamed Messages request."""
    return {
        "model": f"claude-sonnet-4-5+{directives}" if directives else "claude-sonnet-4-5",
        "max_tokens": 100_000,
        "stream": True,
        "messages": [{"role": "user", "content": "hello"}],
        **more,
    }


def gpt(directives: str = "") -> Body:
    """A streamed chat request."""
    return {"model": f"gpt-4o+{directives}", "stream": True, "messages": [{"role": "user", "content": "hello"}]}
