"""What keeps a ledger from opening."""


class LedgerUnusable(Exception):
    """The ledger cannot be opened; the one sentence says what happened, where, and what to do."""
