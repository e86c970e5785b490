"""The options of what is remembered about past exchanges."""

from typing import Annotated

from annotated_types import Ge, Le

from proxy_core.config.option import Option, Section


class MetricsOptions(Section):
    """`[metrics]`."""

    retention_days: Annotated[
        Annotated[int, Ge(1), Le(36_500)],
        Option("How long the row of an exchange is kept in the database.", unit="days"),
    ] = 30
