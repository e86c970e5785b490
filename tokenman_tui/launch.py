"""What the command line decided: the one argument of the host."""

from dataclasses import dataclass

from proxy_core.config import Loaded
from proxy_core.config.source import ConfigSource


@dataclass(frozen=True, slots=True)
class Launch:
    """How to start. `ui` opens the terminal app, `plain` writes lines in its place; `demo` adds the mock provider and
    sample traffic. `source` is the file that is watched for changes while the program runs. `log_to_file` keeps the log
    off standard error."""

    config: Loaded
    ui: bool
    demo: bool
    source: ConfigSource | None = None
    log_to_file: bool = False
    plain: bool = False
