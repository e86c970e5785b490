"""`POST /v1/embeddings`: unit vectors made from a digest of each text."""

import base64
import hashlib
import math
import struct

from proxy_core.mock.call import Call
from proxy_core.mock.canonical import tokens_in
from proxy_core.mock.failures import invalid
from proxy_core.mock.jsonshape import as_count, to_json
from proxy_core.mock.openai.history import check_model
from proxy_core.mock.replies import Reply, json_reply
from proxy_core.mock.state import ProviderState

_MAX_INPUTS = 2_048
_MAX_DIMENSIONS = 3_072


def embeddings(_state: ProviderState, call: Call) -> Reply:
    """Embed every input; the same text and model always give the same vector."""
    body = call.json()
    check_model(body)
    inputs = _inputs(body.get("input"))
    dimensions = as_count(body.get("dimensions")) or (_MAX_DIMENSIONS if "large" in call.model else 1_536)
    if not 1 <= dimensions <= _MAX_DIMENSIONS:
        raise invalid(f"Invalid 'dimensions': expected 1 to {_MAX_DIMENSIONS}.", param="dimensions")
    as_base64 = body.get("encoding_format") == "base64"
    data = [
        {
            "object": "embedding",
            "index": index,
            "embedding": _encoded(_vector(call, text, dimensions), as_base64=as_base64),
        }
        for index, text in enumerate(inputs)
    ]
    tokens = sum(_tokens(item) for item in inputs)
    usage = {"usage": {"prompt_tokens": tokens, "total_tokens": tokens}} if call.directives.usage else {}
    return json_reply({"object": "list", "data": data, "model": call.model, **usage})


def _inputs(value: object) -> list[object]:
    """The single inputs: a text, a list of texts, a list of token numbers, or a list of such lists."""
    if isinstance(value, str):
        return [value]
    if isinstance(value, list) and value and all(as_count(item) is not None for item in value):
        return [value]
    if not isinstance(value, list) or not value or len(value) > _MAX_INPUTS:
        raise invalid(f"Invalid 'input': expected 1 to {_MAX_INPUTS} texts or lists of tokens.", param="input")
    if not all(isinstance(item, (str, list)) for item in value):
        raise invalid("Invalid 'input': expected texts or lists of tokens.", param="input")
    return value


def _tokens(item: object) -> int:
    return len(item) if isinstance(item, list) else tokens_in(str(item))


def _vector(call: Call, item: object, dimensions: int) -> bytes:
    """A unit vector as little-endian 32-bit floats."""
    stream = hashlib.shake_128(to_json([call.model, item])).digest(dimensions * 2)
    raw = struct.unpack(f"<{dimensions}h", stream)
    length = math.sqrt(sum(number * number for number in raw)) or 1.0
    return struct.pack(f"<{dimensions}f", *(number / length for number in raw))


def _encoded(vector: bytes, *, as_base64: bool) -> str | list[float]:
    if as_base64:
        return base64.b64encode(vector).decode("ascii")
    return list(struct.unpack(f"<{len(vector) // 4}f", vector))
