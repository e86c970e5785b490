"""What the command line decided: the one argument of the host."""

from dataclasses import dataclass

from proxy_core.config import Loaded


@dataclass(frozen=True, slots=True)
class Launch:
    """How to start. `ui` opens the terminal app; `demo` adds the mock provider and sample traffic."""

    config: Loaded
    ui: bool
    demo: bool
