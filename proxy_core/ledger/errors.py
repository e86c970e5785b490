"""What keeps a ledger from opening, and what tells that its file is damaged."""

import sqlite3
from pathlib import Path

_CORRUPT = (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)


class LedgerUnusable(Exception):
    """The ledger cannot be opened; the one sentence says what happened, where, and what to do."""


def is_corrupt(error: BaseException) -> bool:
    """Whether SQLite found the file damaged, in any of its words for it."""
    code = getattr(error, "sqlite_errorcode", None)
    return code is not None and code & 0xFF in _CORRUPT


def damage_mark(path: Path) -> Path:
    """The file that tells the next start that this one met a damaged page."""
    return path.with_name(f"{path.name}.damaged")
