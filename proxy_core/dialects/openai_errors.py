"""Errors as OpenAI-shaped clients read them. Source: https://platform.openai.com/docs/guides/error-codes."""

from collections.abc import Mapping

import msgspec

from proxy_core.errors import RefusalKind

_TYPES: Mapping[RefusalKind, tuple[str, str | None]] = {
    RefusalKind.AUTHENTICATION: ("invalid_request_error", "invalid_api_key"),
    RefusalKind.FORBIDDEN: ("permission_error", None),
    RefusalKind.NOT_FOUND: ("invalid_request_error", "not_found"),
    RefusalKind.TOO_LARGE: ("invalid_request_error", "request_too_large"),
    RefusalKind.RATE: ("rate_limit_error", "rate_limit_exceeded"),
    RefusalKind.BUDGET: ("insufficient_quota", "insufficient_quota"),
    RefusalKind.INTERNAL: ("server_error", None),
    RefusalKind.UPSTREAM_UNREACHABLE: ("server_error", "upstream_unreachable"),
    RefusalKind.UPSTREAM_DROPPED: ("server_error", "upstream_dropped"),
    RefusalKind.OVERLOADED: ("server_error", "overloaded"),
    RefusalKind.SHUTTING_DOWN: ("server_error", "shutting_down"),
    RefusalKind.UPSTREAM_TIMEOUT: ("server_error", "upstream_timeout"),
}


def error_type(kind: RefusalKind) -> tuple[str, str | None]:
    """The `type` and `code` of an error."""
    return _TYPES.get(kind, ("invalid_request_error", None))


def error_body(kind: RefusalKind, sentence: str) -> bytes:
    type_, code = error_type(kind)
    return msgspec.json.encode({"error": {"message": sentence, "type": type_, "param": None, "code": code}})


def error_headers(kind: RefusalKind) -> Mapping[str, str]:
    return {"x-should-retry": "false"} if kind is RefusalKind.BUDGET else {}


class Failure(msgspec.Struct):
    message: str = ""
    type: str | None = None
    code: str | int | None = None

    def __str__(self) -> str:
        return f"{self.code or self.type or 'error'}: {self.message}"
