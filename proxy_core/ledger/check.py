"""Whether a ledger's file is sound and its figures agree with each other."""

import sqlite3
from collections.abc import AsyncIterator, Sequence
from pathlib import Path
from typing import Final
from urllib.parse import quote

import aiosqlite

_BILLS: Final = """
    SELECT count(*) FROM exchanges WHERE cost_nanousd IS NOT
    (CASE WHEN price_lines IS NULL THEN NULL ELSE
     (SELECT ifnull(sum(json_extract(line.value, '$[3]')), 0) FROM json_each(price_lines) AS line) END)
"""
_AGREEING: Final = {
    "exchanges by ending": "SELECT ifnull(sum(requests), 0) FROM total_endings",
    "exchanges by provider": "SELECT ifnull(sum(requests), 0) FROM totals WHERE scope = 'upstream'",
    "exchanges by project": "SELECT ifnull(sum(requests), 0) FROM totals WHERE scope = 'project'",
}
_TOTAL: Final = "SELECT ifnull(sum(requests), 0) FROM totals WHERE scope = 'all'"
_ROWS: Final = "SELECT count(*) FROM exchanges"


async def problems(path: Path) -> Sequence[str]:
    """One sentence for each thing that is wrong with the ledger at `path`; nothing when it is sound.

    Reads the whole file, and may run while the program uses it.
    """
    try:
        async with aiosqlite.connect(f"file:{quote(str(path))}?mode=ro", uri=True) as db:
            return [problem async for problem in _problems(db)]
    except sqlite3.Error as error:
        return [f"The ledger {path} cannot be read: {error}."]


async def _problems(db: aiosqlite.Connection) -> AsyncIterator[str]:
    for (finding,) in await db.execute_fetchall("PRAGMA integrity_check(20)"):
        if finding != "ok":
            yield f"The ledger's file is damaged: {finding}."
    wrong_bills = await _number(db, _BILLS)
    if wrong_bills:
        yield f"The price lines of {wrong_bills} exchanges do not add up to their cost."
    total = await _number(db, _TOTAL)
    for name, query in _AGREEING.items():
        count = await _number(db, query)
        if count != total:
            yield f"The totals disagree: {total} exchanges in all, {count} {name}."
    rows = await _number(db, _ROWS)
    if rows > total:
        yield f"There are {rows} exchanges, but the totals count {total}."


async def _number(db: aiosqlite.Connection, query: str) -> int:
    rows = await db.execute_fetchall(query)
    return int(next(iter(rows))[0])
