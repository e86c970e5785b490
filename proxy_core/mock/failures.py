"""Refusals of the mock, in words that the vendors use, before they are put into a dialect's shape."""

from dataclasses import dataclass, field


@dataclass
class ProviderError(Exception):
    """A request that gets an error reply.

    `kind` is Anthropic's error type, or OpenAI's `code`; empty means the usual one for the status.
    """

    status: int
    message: str
    kind: str = ""
    param: str | None = None
    headers: dict[str, str] = field(default_factory=dict)


def invalid(message: str, *, kind: str = "", param: str | None = None) -> ProviderError:
    """A 400 with this message."""
    return ProviderError(400, message, kind, param)
