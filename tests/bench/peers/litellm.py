"""LiteLLM's proxy as one would run it in production: one worker, a master key, no database, quiet logs."""

import time

from tests.bench.load.shapes import KEY
from tests.bench.peers.child import Child
from tests.bench.peers.peer import Peer, Place, Start, free_port, when_ready

_CONFIG = """
model_list:
  - model_name: claude-sonnet-4-5
    litellm_params: {{ model: anthropic/claude-sonnet-4-5, api_base: "http://127.0.0.1:{upstream}", api_key: {key} }}
  - model_name: gpt-5
    litellm_params: {{ model: openai/gpt-5, api_base: "http://127.0.0.1:{upstream}/v1", api_key: {key} }}
general_settings: {{ master_key: {key} }}
litellm_settings: {{ request_timeout: 600, set_verbose: false, telemetry: false }}
router_settings: {{ num_retries: 0 }}
"""
_ENV = {
    "LITELLM_MODE": "PRODUCTION",
    "LITELLM_LOG": "ERROR",
    "LITELLM_LOCAL_MODEL_COST_MAP": "True",
    "LITELLM_TELEMETRY": "False",
    "NO_DOCS": "True",
}


def litellm(binary: str) -> Start:
    def start(place: Place) -> Peer:
        port = free_port()
        config = place.folder / "litellm.yaml"
        config.write_text(_CONFIG.format(upstream=place.upstream_port, key=KEY))
        began_s = time.monotonic()
        argv = (binary, "--config", str(config), "--host", "127.0.0.1", "--port", str(port), "--num_workers", "1")
        child = Child("litellm", argv, place.folder, place.cores, _ENV)
        return Peer(port, child, ready_s=when_ready(child, port, "/health/liveliness", 120, began_s))

    return start
