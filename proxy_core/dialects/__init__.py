"""All dialects, and which path speaks which. A dialect is one file here and its lines in these two tables."""

from collections.abc import Mapping
from dataclasses import dataclass

from proxy_core.dialect import Dialect
from proxy_core.dialects.anthropic import Anthropic
from proxy_core.dialects.openai_chat import OpenAIChat
from proxy_core.dialects.openai_responses import OpenAIResponses

DIALECTS: Mapping[str, Dialect] = {dialect.name: dialect for dialect in (Anthropic(), OpenAIChat(), OpenAIResponses())}

PASSTHROUGH = "passthrough"
"""The operation of every path that the proxy forwards without knowing it."""


@dataclass(frozen=True, slots=True)
class Route:
    dialect: Dialect
    operation: str


_ANTHROPIC = DIALECTS["anthropic"]
_CHAT = DIALECTS["openai_chat"]
_RESPONSES = DIALECTS["openai_responses"]

ROUTES: Mapping[tuple[str, str], Route] = {
    ("POST", "/v1/messages"): Route(_ANTHROPIC, "messages"),
    ("POST", "/v1/messages/count_tokens"): Route(_ANTHROPIC, "count_tokens"),
    ("POST", "/v1/chat/completions"): Route(_CHAT, "chat"),
    ("POST", "/v1/completions"): Route(_CHAT, "completions"),
    ("POST", "/v1/embeddings"): Route(_CHAT, "embeddings"),
    ("POST", "/v1/responses"): Route(_RESPONSES, "responses"),
    ("POST", "/v1/responses/compact"): Route(_RESPONSES, "compact"),
}


def route(method: str, path: str, *, speaks_anthropic: bool) -> Route:
    """The dialect of a request, told by its path: clients of either vendor send either vendor's auth header.

    `speaks_anthropic` (an `anthropic-version` header, say) decides for the paths that both vendors have, `/v1/models`
    and `/v1/files` for instance, and for those that nobody here knows.
    """
    known = ROUTES.get((method, path.rstrip("/")))
    if known is not None:
        return known
    dialect = _ANTHROPIC if speaks_anthropic or path.startswith("/v1/messages/") else _CHAT
    is_model_list = method == "GET" and path.rstrip("/") == "/v1/models"
    return Route(dialect, "models" if is_model_list else PASSTHROUGH)
