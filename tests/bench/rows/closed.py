"""What the closed-loop rows share: the measurement itself."""

from tests.bench.figures import Figures
from tests.bench.load.spec import ClosedLoop
from tests.bench.row import Measure
from tests.bench.stand import Stand

SHOWN = ("p50_us", "added_p50_us", "p99_us", "cpu_us", "rps", "errors")


def closed_loop(body_bytes: int, connections: int) -> Measure:
    """Measure a competitor with so many connections, each sending bodies of this size without a pause."""

    def measure(name: str, stand: Stand) -> Figures:
        target, scale = stand.target(stand.peer(name)), stand.scale
        figures = stand.drive(name, ClosedLoop(target, body_bytes, connections, scale.warmup_s, scale.window_s))
        return figures | {"errors": figures["errors"] + unanswered(figures)}

    return measure


def unanswered(figures: Figures) -> float:
    """Requests that never reached the provider: an answer that did not come from it is no measurement."""
    return max(0.0, figures["sent"] - figures["upstream_requests"])
