"""An honest mock LLM provider: deterministic, offline, and able to misbehave on request."""

from proxy_core.mock.app import MockProvider
from proxy_core.mock.settings import MockSettings

__all__ = ["MockProvider", "MockSettings"]
