"""`GET /v1/models` and `/v1/models/{id}` as OpenAI answers them."""

from proxy_core.mock.call import Call
from proxy_core.mock.catalogue import OPENAI_MODELS
from proxy_core.mock.failures import ProviderError
from proxy_core.mock.jsonshape import JsonObject
from proxy_core.mock.replies import Reply, json_reply
from proxy_core.mock.state import ProviderState

_CREATED = 1_767_225_600


def list_models(_state: ProviderState, call: Call) -> Reply:
    """All models; Codex asks with its version and then reads `models`, where an empty list means its own defaults."""
    listed: JsonObject = {"object": "list", "data": [_described(name) for name in OPENAI_MODELS]}
    if call.parameter("client_version"):
        listed["models"] = []
    return json_reply(listed)


def get_model(_state: ProviderState, call: Call) -> Reply:
    """One model."""
    name = call.path.rpartition("/")[2]
    if name not in OPENAI_MODELS:
        raise ProviderError(404, f"The model '{name}' does not exist", "model_not_found", "model")
    return json_reply(_described(name))


def _described(name: str) -> JsonObject:
    return {"id": name, "object": "model", "created": _CREATED, "owned_by": "openai"}
