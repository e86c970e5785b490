"""The options that bound what the program takes on at once."""

from typing import Annotated

from proxy_core.config.option import Count, Option, Section


class LimitsOptions(Section):
    """`[limits]`."""

    max_concurrent_exchanges: Annotated[
        Count,
        Option("Most exchanges in flight at once; above it a request is refused at once, with 503 and a retry-after."),
    ] = 256
