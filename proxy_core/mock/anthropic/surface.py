"""The outside of Anthropic's API: headers, error bodies and the error event."""

from collections.abc import Mapping
from datetime import UTC, datetime

from proxy_core.mock.call import Call
from proxy_core.mock.failures import ProviderError
from proxy_core.mock.jsonshape import JsonObject, to_json
from proxy_core.mock.replies import Frame
from proxy_core.mock.state import ProviderState

_KINDS: Mapping[int, str] = {
    400: "invalid_request_error",
    401: "authentication_error",
    402: "billing_error",
    403: "permission_error",
    404: "not_found_error",
    413: "request_too_large",
    429: "rate_limit_error",
    500: "api_error",
    504: "timeout_error",
    529: "overloaded_error",
}
_MESSAGES: Mapping[int, str] = {
    429: "Number of requests has exceeded your rate limit. Please try again later.",
    500: "Internal server error",
    529: "Overloaded",
}
_OAUTH_PREFIX = "sk-ant-oat"
_FIVE_HOURS_S = 5 * 3_600


def failure(status: int) -> ProviderError:
    """The provider's usual error for a status."""
    headers = {"x-should-retry": "true"} if status == 429 or status >= 500 else {}
    return ProviderError(status, _MESSAGES.get(status, f"The mock was told to fail with {status}."), headers=headers)


def error_body(error: ProviderError, request_id: str) -> JsonObject:
    """The JSON body of an error reply."""
    return {"type": "error", "error": _described(error), "request_id": request_id}


def error_frame() -> Frame:
    """The event that ends a stream which fails in the middle."""
    return Frame("error", to_json({"type": "error", "error": _described(failure(529))}))


def vendor_headers(state: ProviderState, call: Call, request_id: str) -> dict[str, str]:
    """Headers of every reply. Rate limits are advertised in full; nothing is used up."""
    now_s = state.clock.wall()
    headers = {"request-id": request_id, "anthropic-organization-id": state.settings.organization}
    if call.api_key.startswith(_OAUTH_PREFIX):
        return {**headers, **_plan_limits(now_s)}
    limits = {
        "requests": state.settings.requests_per_minute,
        "tokens": state.settings.tokens_per_minute,
        "input-tokens": state.settings.tokens_per_minute * 4 // 5,
        "output-tokens": state.settings.tokens_per_minute // 5,
    }
    reset = datetime.fromtimestamp(now_s + 1, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    for name, limit in limits.items():
        left = limit - 1 if name == "requests" else limit
        headers[f"anthropic-ratelimit-{name}-limit"] = str(limit)
        headers[f"anthropic-ratelimit-{name}-remaining"] = str(left)
        headers[f"anthropic-ratelimit-{name}-reset"] = reset
    return headers


def _plan_limits(now_s: float) -> dict[str, str]:
    reset = str(int(now_s) // _FIVE_HOURS_S * _FIVE_HOURS_S + _FIVE_HOURS_S)
    return {
        "anthropic-ratelimit-unified-status": "allowed",
        "anthropic-ratelimit-unified-reset": reset,
        "anthropic-ratelimit-unified-representative-claim": "five_hour",
        "anthropic-ratelimit-unified-5h-status": "allowed",
        "anthropic-ratelimit-unified-5h-reset": reset,
        "anthropic-ratelimit-unified-5h-utilization": "0.1",
    }


def _described(error: ProviderError) -> JsonObject:
    usual = "invalid_request_error" if error.status < 500 else "api_error"
    return {"type": error.kind or _KINDS.get(error.status, usual), "message": error.message}
