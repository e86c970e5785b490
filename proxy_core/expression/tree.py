"""An expression that has been read."""

from dataclasses import dataclass

from proxy_core.expression.fields import Field, Value

OPERATORS = ("=", "!=", ">", ">=", "<", "<=", "~", "!~")
"""`~` means contains. An operator that is left out means `~` for text and `=` for everything else."""


@dataclass(frozen=True, slots=True)
class Compare:
    field: Field
    operator: str
    value: Value


@dataclass(frozen=True, slots=True)
class Words:
    """Text that some field of the exchange contains."""

    text: str


@dataclass(frozen=True, slots=True)
class Not:
    of: "Expression"


@dataclass(frozen=True, slots=True)
class Every:
    of: tuple["Expression", ...]


@dataclass(frozen=True, slots=True)
class Some:
    of: tuple["Expression", ...]


Expression = Compare | Words | Not | Every | Some
ANYWHERE = ("model", "client", "project", "upstream", "path", "reason", "session")
"""The fields in which a bare word is looked for."""
