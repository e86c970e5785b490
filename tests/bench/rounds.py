"""Every competitor in turn, then all of them again: what the machine does meanwhile falls on all alike."""

import subprocess
import sys
from collections import defaultdict
from dataclasses import dataclass, field

from tests.bench.figures import Figures, with_added
from tests.bench.peers.peer import AbsentError
from tests.bench.row import DIRECT, Row
from tests.bench.stand import Stand


@dataclass(slots=True)
class Result:
    """A row's figures, one value per round, and why somebody or something is missing."""

    row: Row
    samples: dict[str, dict[str, list[float]]] = field(default_factory=dict)
    notes: dict[str, str] = field(default_factory=dict)

    def add(self, competitor: str, figures: Figures) -> None:
        mine = self.samples.setdefault(competitor, defaultdict(list))
        for name, value in figures.items():
            mine[name].append(value)


def run_row(row: Row, stand: Stand) -> Result:
    """All rounds of one row. A competitor that is absent is left out of the rest of it."""
    result = Result(row)
    for number in range(min(stand.scale.rounds, row.max_rounds)):
        stand.round = number
        found = run_round(row, stand, result)
        direct = found.get(DIRECT, {})
        for competitor, figures in found.items():
            added = with_added(figures, direct, row.added) if competitor != DIRECT else figures
            result.add(competitor, added)
    return result


def run_round(row: Row, stand: Stand, result: Result) -> dict[str, Figures]:
    found: dict[str, Figures] = {}
    for competitor in row.competitors:
        try:
            found[competitor] = row.measure(competitor, stand)
            tell(row, stand, competitor)
        except AbsentError as error:
            result.notes[competitor] = str(error)
        except (RuntimeError, subprocess.TimeoutExpired) as error:
            result.notes[competitor] = f"Round {stand.round + 1} was lost: {error}"
    return found


def tell(row: Row, stand: Stand, competitor: str) -> None:
    """A sign of life on stderr; the results go to stdout."""
    print(f"{row.key}: round {stand.round + 1}, {competitor}", file=sys.stderr, flush=True)
