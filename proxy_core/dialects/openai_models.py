"""The list of models as OpenAI-shaped clients read it. Source: https://platform.openai.com/docs/api-reference/models."""

from collections.abc import Sequence

import msgspec


def model_list(models: Sequence[str]) -> bytes:
    data = [{"id": model, "object": "model", "created": 0, "owned_by": "tokenman"} for model in models]
    return msgspec.json.encode({"object": "list", "data": data})
