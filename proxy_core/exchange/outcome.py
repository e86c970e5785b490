"""How an exchange ended."""

from dataclasses import dataclass
from enum import StrEnum


class Ending(StrEnum):
    """Every exchange has exactly one of these endings."""

    COMPLETED = "completed"
    """The whole reply reached the client and it was a success."""
    UPSTREAM_ERROR = "upstream_error"
    """The provider answered with an error status, or with an error event in its stream; the client has it unchanged."""
    UPSTREAM_UNREACHABLE = "upstream_unreachable"
    """No connection to the provider, or none in time; nothing was spent."""
    UPSTREAM_TIMEOUT = "upstream_timeout"
    """The provider took no more of the request, or was silent, for longer than the timeout for it."""
    UPSTREAM_DROPPED = "upstream_dropped"
    """The provider's connection broke before its reply was whole, or what it sent was not HTTP."""
    CLIENT_LEFT = "client_left"
    """The client closed its connection before it had the whole reply."""
    REFUSED = "refused"
    """The proxy itself answered with an error."""
    ANSWERED = "answered"
    """The proxy itself answered with a success, without asking a provider."""
    SHUT_DOWN = "shut_down"
    """The proxy stopped while the reply was under way; the client got a final error event."""
    INTERRUPTED = "interrupted"
    """The proxy died during the exchange; found and closed at the next start."""
    FAILED = "failed"
    """A fault of the proxy's own; the log has it."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """How an exchange ended, and in one sentence why, when it did not end well."""

    ending: Ending
    reason: str = ""

    @property
    def ok(self) -> bool:
        return self.ending in (Ending.COMPLETED, Ending.ANSWERED)
