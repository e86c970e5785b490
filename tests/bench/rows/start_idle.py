"""Start and idle: how soon it answers, what it holds, what it burns while nobody calls."""

import time

from tests.bench.checks import Cell, Check
from tests.bench.cpu import cpu_ns, resident_mb
from tests.bench.figures import Figures
from tests.bench.row import OURS, OURS_UI, Row
from tests.bench.stand import Stand


def measure(name: str, stand: Stand) -> Figures:
    with stand.fresh(name) as peer:
        pids = peer.pids()
        time.sleep(1)  # what starts after it is ready is start, not idling
        before_ns, began_ns = cpu_ns(pids), time.monotonic_ns()
        time.sleep(stand.scale.idle_s)
        share = (cpu_ns(pids) - before_ns) / (time.monotonic_ns() - began_ns)
        return {"ready_ms": peer.ready_s * 1e3, "rss_mb": resident_mb(pids), "idle_cpu_pct": share * 100}


def limits(name: str) -> tuple[Check, ...]:
    return (
        Check(f"{name}: ready after, ms", Cell(name, "ready_ms"), at_most=1_500),
        Check(f"{name}: resident, MB", Cell(name, "rss_mb"), at_most=150),
        Check(f"{name}: idle, % of a core", Cell(name, "idle_cpu_pct"), at_most=1),
    )


ROW = Row(
    key="start",
    title="start and idle",
    competitors=(OURS, OURS_UI),
    measure=measure,
    shown=("ready_ms", "rss_mb", "idle_cpu_pct"),
    checks=(*limits(OURS), *limits(OURS_UI)),
    max_rounds=3,
)
