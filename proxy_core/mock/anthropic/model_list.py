"""`GET /v1/models` and `/v1/models/{id}` as Anthropic answers them."""

from proxy_core.mock.call import Call
from proxy_core.mock.catalogue import CLAUDE_MODELS, claude_facts
from proxy_core.mock.failures import ProviderError, invalid
from proxy_core.mock.jsonshape import JsonObject
from proxy_core.mock.replies import Reply, json_reply
from proxy_core.mock.state import ProviderState

_DEFAULT_LIMIT = 20
_MAX_LIMIT = 1_000


def list_models(_state: ProviderState, call: Call) -> Reply:
    """One page of the models, newest first."""
    names = list(CLAUDE_MODELS)
    limit = _limit(call)
    after, before = call.parameter("after_id"), call.parameter("before_id")
    start = names.index(after) + 1 if after in CLAUDE_MODELS else 0
    stop = names.index(before) if before in CLAUDE_MODELS else len(names)
    if before in CLAUDE_MODELS:
        start = max(start, stop - limit)
    page = names[start : min(stop, start + limit)]
    has_more = start > 0 if before else start + limit < stop
    return json_reply(
        {
            "data": [_described(name) for name in page],
            "has_more": has_more,
            "first_id": page[0] if page else None,
            "last_id": page[-1] if page else None,
        }
    )


def get_model(_state: ProviderState, call: Call) -> Reply:
    """One model."""
    name = call.path.rpartition("/")[2]
    if name not in CLAUDE_MODELS:
        raise ProviderError(404, f"model: {name}")
    return json_reply(_described(name))


def _limit(call: Call) -> int:
    text = call.parameter("limit") or str(_DEFAULT_LIMIT)
    if not text.isdecimal() or not 1 <= int(text) <= _MAX_LIMIT:
        raise invalid(f"limit: Input should be a whole number from 1 to {_MAX_LIMIT}")
    return int(text)


def _described(name: str) -> JsonObject:
    return {
        "type": "model",
        "id": name,
        "display_name": CLAUDE_MODELS[name],
        "created_at": "2026-01-01T00:00:00Z",
        "lifecycle": "active",
        "max_input_tokens": claude_facts(name).context_tokens,
        "max_tokens": 64_000,
    }
