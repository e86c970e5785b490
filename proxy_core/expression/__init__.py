"""A small language for choosing exchanges: `model ~ opus and cost > 0.05 and not status 200`.

One text is read once and then asked of rows in memory, of the ledger as SQL, and of requests that wait for a decision.
"""

from proxy_core.expression.complete import Suggestion, suggestions
from proxy_core.expression.fields import FIELDS, Field, Kind
from proxy_core.expression.matching import matcher
from proxy_core.expression.parser import ExpressionError, parse
from proxy_core.expression.sql import condition
from proxy_core.expression.tree import Expression

__all__ = [
    "FIELDS",
    "Expression",
    "ExpressionError",
    "Field",
    "Kind",
    "Suggestion",
    "condition",
    "matcher",
    "parse",
    "suggestions",
]
