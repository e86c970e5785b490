"""64 streams × 100 events/s with the terminal open and following."""

from tests.bench.checks import Cell, Check
from tests.bench.figures import Figures
from tests.bench.peers.peer import get_json
from tests.bench.row import DIRECT, OURS_UI, Row
from tests.bench.rows.streamed import measure as measure_streams
from tests.bench.stand import Stand


def measure(name: str, stand: Stand) -> Figures:
    """The stall is what the product says of its own loop over the last ten seconds, which leaves out its start, or else
    the longest delay of an event, which bounds it."""
    figures = measure_streams(name, stand)
    if name != OURS_UI or "delay_max_ms" not in figures:
        return figures
    lag_ms = get_json(stand.peer(name).api_port, "/api/stats").get("loop_lag_recent_max_ms")
    reported = {"loop_lag_ms": float(lag_ms)} if isinstance(lag_ms, int | float) else {}
    return figures | reported | {"stall_ms": reported.get("loop_lag_ms", figures["delay_max_ms"])}


ROW = Row(
    key="streams-terminal",
    title="the same with the terminal open and following",
    competitors=(DIRECT, OURS_UI),
    measure=measure,
    shown=("delay_p50_ms", "delay_p99_ms", "delay_max_ms", "stall_ms", "cpu_event_us", "events_per_s", "errors"),
    checks=(
        Check("p99 delay of an event, ms", Cell(OURS_UI, "delay_p99_ms"), at_most=10),
        Check("longest stall of the loop, all rounds, ms", Cell(OURS_UI, "stall_ms", over=max), at_most=30),
    ),
)
