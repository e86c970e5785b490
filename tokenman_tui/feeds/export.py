"""Exchanges as lines of CSV or JSON, the same fields as in the filter language."""

import csv
import io
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from itertools import chain

import msgspec

from proxy_core.asking import Facts, look
from proxy_core.expression.matching import Known

FIELDS = (
    *("client", "project", "class", "model", "upstream", "session", "operation", "path", "status", "ending", "reason"),
    *("in", "cached", "out", "cost", "first", "took", "speed", "up", "down", "failed", "unpriced", "changed"),
)
UNITS = {"cost": "cost_nanousd", "first": "first_ms", "took": "took_ms", "in": "in_tokens", "out": "out_tokens"}
HEAD = ["id", "started_at", *(UNITS.get(name, name) for name in FIELDS), "note"]
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def values(facts: Facts, note: str = "") -> list[Known]:
    """In the order of `HEAD`; None is unknown."""
    known = look(facts, facts.arrival.started_at_ns)
    started = datetime.fromtimestamp(facts.arrival.started_at_ns / 1e9, UTC).isoformat()
    return [facts.arrival.id, started, *(known(name) for name in FIELDS), note]


def csv_lines(rows: Iterable[list[Known]]) -> Iterator[str]:
    """With a head. Text that a spreadsheet would run as a formula gets an apostrophe in front."""
    for row in chain[Iterable[Known]]([HEAD], rows):
        line = io.StringIO()
        csv.writer(line, lineterminator="\n").writerow([_plain(value) for value in row])
        yield line.getvalue()


def json_lines(rows: Iterable[list[Known]]) -> Iterator[str]:
    for row in rows:
        yield msgspec.json.encode(dict(zip(HEAD, row, strict=True))).decode() + "\n"


def _plain(value: Known) -> Known:
    return f"'{value}" if isinstance(value, str) and value.startswith(_FORMULA) else value
