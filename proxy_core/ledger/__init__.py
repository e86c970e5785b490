"""The ledger: one SQLite row per exchange, written off the hot path, and the figures that outlive the rows."""

from proxy_core.ledger.errors import LedgerUnusable
from proxy_core.ledger.ledger import Ledger
from proxy_core.ledger.limits import LedgerLimits

__all__ = ["Ledger", "LedgerLimits", "LedgerUnusable"]
