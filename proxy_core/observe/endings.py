"""How exchanges end, in the words of the reference's metrics."""

from proxy_core.exchange.outcome import Ending
from proxy_core.ledger.figures import is_error

UPSTREAM_FAULTS = frozenset(
    {Ending.UPSTREAM_ERROR, Ending.UPSTREAM_UNREACHABLE, Ending.UPSTREAM_TIMEOUT, Ending.UPSTREAM_DROPPED}
)


def error_type(ending: Ending, status: int) -> str | None:
    """`upstream`: the provider failed. `parse`: the request could not be taken. `ratelimit`: too many of them.
    `pipeline`: the proxy's own fault. None when the exchange did not fail."""
    if not is_error(ending):
        return None
    if ending in UPSTREAM_FAULTS:
        return "upstream"
    if status == 429:
        return "ratelimit"
    return "parse" if 400 <= status < 500 else "pipeline"


def provider_status(ending: Ending) -> str:
    """`error` is the provider's doing; what the client or a stop cut short is neither its error nor its success."""
    if ending in UPSTREAM_FAULTS:
        return "error"
    return "success" if ending in {Ending.COMPLETED, Ending.ANSWERED} else "cut_short"
