"""Paths that are nobody's: the greeting Claude Code warms up with, and an echo so that pass-through can be tested."""

import hashlib

from proxy_core.mock.call import Call
from proxy_core.mock.replies import Reply, json_reply
from proxy_core.mock.state import ProviderState


def hello(_state: ProviderState, _call: Call) -> Reply:
    """The answer to a warm-up request."""
    return json_reply({"message": "hello"})


def echo(_state: ProviderState, call: Call) -> Reply:
    """What arrived, without any header's value."""
    return json_reply(
        {
            "method": call.method,
            "target": call.target,
            "header_names": [name for name, _ in call.headers],
            "body_bytes": len(call.body),
            "body_sha256": hashlib.sha256(call.body).hexdigest(),
        }
    )
