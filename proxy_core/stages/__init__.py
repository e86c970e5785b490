"""The product as one ordered list: every feature that looks at a request stands here, in the order that is policy.

What is cached, stored or sent to a helper must already be free of secrets; what costs money comes after what can answer
for nothing. A stage is one file here and its line in `stages`.
"""

from proxy_core.config.root import Config
from proxy_core.stage import Stage


def stages(config: Config) -> tuple[Stage, ...]:  # noqa: ARG001 - each stage takes its own options from it
    """The stages that a configuration asks for, in order."""
    return ()
