"""What the proxy itself answers instead of a provider.

Refused
    a request that the proxy answers with an error of its own, in the client's dialect

Failures of an upstream are in `proxy_core.upstream.failures`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum


class RefusalKind(Enum):
    """Why the proxy refuses; the value is the HTTP status. Each dialect has its own word for each kind."""

    INVALID_REQUEST = (400, "invalid_request")
    AUTHENTICATION = (401, "authentication")
    FORBIDDEN = (403, "forbidden")
    NOT_FOUND = (404, "not_found")
    TIMEOUT = (408, "timeout")
    TOO_LARGE = (413, "too_large")
    UNSUPPORTED_CODING = (415, "unsupported_coding")
    UPGRADE_REQUIRED = (426, "upgrade_required")
    RATE = (429, "rate")
    BUDGET = (429, "budget")
    INTERNAL = (500, "internal")
    UPSTREAM_UNREACHABLE = (502, "upstream_unreachable")
    UPSTREAM_DROPPED = (502, "upstream_dropped")
    OVERLOADED = (503, "overloaded")
    SHUTTING_DOWN = (503, "shutting_down")
    UPSTREAM_TIMEOUT = (504, "upstream_timeout")

    @property
    def status(self) -> int:
        return self.value[0]


@dataclass(frozen=True, slots=True)
class Refusal:
    """An error answer of the proxy's own. `sentence` reaches the client: what happened, where, and what to do."""

    kind: RefusalKind
    sentence: str
    headers: Mapping[str, str] = field(default_factory=dict)


class Refused(Exception):
    """Raised where a request cannot go on; the door answers it with the refusal in the client's dialect."""

    def __init__(self, kind: RefusalKind, sentence: str, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(sentence)
        self.refusal = Refusal(kind, sentence, headers or {})
