"""How a mock provider is set up."""

from dataclasses import dataclass

from proxy_core.mock.directives import NO_DIRECTIVES, Directives


@dataclass(frozen=True, slots=True)
class MockSettings:
    """Everything about a mock provider that does not change while it runs."""

    directives: Directives = NO_DIRECTIVES
    """What applies to every request unless its model name or headers say otherwise."""
    bind_thinking: bool | None = None
    """Whether an edited history is refused when it carries thinking; None: as the model named in the request would."""
    check_history: bool = True
    """Whether tool calls and results that do not belong together are refused, as the vendors do."""
    require_key: bool = False
    """Whether a request without credentials gets 401."""
    tool_rounds: int = 2
    """At most this many tool calls in a row before the mock ends its turn with text."""
    requests_per_minute: int = 4_000
    """What the rate-limit headers advertise; only the directive `rpm` enforces anything."""
    tokens_per_minute: int = 2_000_000
    """What the rate-limit headers advertise."""
    max_body_bytes: int = 128 * 1024 * 1024
    """Bodies beyond this, as sent or decompressed, get 413."""
    journal_entries: int = 1_000
    """How many requests the journal keeps."""
    journal_bytes: int = 256 * 1024 * 1024
    """How many bytes of bodies the journal keeps."""
    cache_entries: int = 100_000
    """How many prompt prefixes each of the two cache models keeps."""
    stored_responses: int = 256
    """How many replies `previous_response_id` can refer to."""
    signing_key: bytes = b"the mock's own signing key, the same in every process"
    """Signs thinking blocks; the same key recognises them after a restart."""
    organization: str = "org-mock"
    """Who the replies say the key belongs to."""
