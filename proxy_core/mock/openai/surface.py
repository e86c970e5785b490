"""The outside of OpenAI's API: headers, error bodies and the error events of its streams."""

from collections.abc import Mapping

from proxy_core.mock.call import Call
from proxy_core.mock.failures import ProviderError
from proxy_core.mock.jsonshape import JsonObject, to_json
from proxy_core.mock.replies import Frame
from proxy_core.mock.state import ProviderState

_KINDS: Mapping[int, tuple[str, str | None]] = {
    400: ("invalid_request_error", None),
    401: ("invalid_request_error", "invalid_api_key"),
    403: ("permission_error", None),
    404: ("invalid_request_error", None),
    413: ("invalid_request_error", "request_too_large"),
    429: ("rate_limit_exceeded", "rate_limit_exceeded"),
    500: ("server_error", "server_error"),
    503: ("server_error", "server_overloaded"),
}
_MESSAGES: Mapping[int, str] = {
    429: "Rate limit reached for requests. Please try again later.",
    500: "The server had an error while processing your request. Sorry about that!",
    503: "The engine is currently overloaded, please try again later.",
}
_STREAM_ERROR = "The server had an error while processing your request. Sorry about that!"


def failure(status: int) -> ProviderError:
    """The provider's usual error for a status."""
    return ProviderError(status, _MESSAGES.get(status, f"The mock was told to fail with {status}."))


def error_body(error: ProviderError, _request_id: str) -> JsonObject:
    """The JSON body of an error reply."""
    kind, code = _KINDS.get(error.status, ("invalid_request_error" if error.status < 500 else "server_error", None))
    return {"error": {"message": error.message, "type": kind, "param": error.param, "code": error.kind or code}}


def chat_error_frame() -> Frame:
    """What a chat stream says when it fails in the middle."""
    return Frame(None, to_json(error_body(ProviderError(500, _STREAM_ERROR), "")))


def vendor_headers(state: ProviderState, call: Call, request_id: str) -> dict[str, str]:
    """Headers of every reply. Rate limits are advertised in full; nothing is used up."""
    settings = state.settings
    return {
        "x-request-id": request_id,
        "openai-organization": settings.organization,
        "openai-version": "2020-10-01",
        "openai-processing-ms": str(max(call.directives.latency_ms, 1)),
        "x-ratelimit-limit-requests": str(settings.requests_per_minute),
        "x-ratelimit-remaining-requests": str(settings.requests_per_minute - 1),
        "x-ratelimit-reset-requests": "15ms",
        "x-ratelimit-limit-tokens": str(settings.tokens_per_minute),
        "x-ratelimit-remaining-tokens": str(settings.tokens_per_minute),
        "x-ratelimit-reset-tokens": "0s",
    }
