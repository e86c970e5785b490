"""2 KB, 64 connections: an even service for all, and idle upstream connections that cost nothing."""

from tests.bench.checks import Cell, Check
from tests.bench.figures import Figures
from tests.bench.load.spec import ClosedLoop, FanOut
from tests.bench.row import DIRECT, LITELLM, NGINX, OURS, Row
from tests.bench.rows.closed import closed_loop
from tests.bench.stand import Stand

CONNECTIONS = 64
HOLD_MS = 1_000

_crowd = closed_loop(body_bytes=2_000, connections=CONNECTIONS)


def measure(name: str, stand: Stand) -> Figures:
    figures = _crowd(name, stand)
    return figures | idle_cost(name, stand) if name in (NGINX, OURS) else figures


def idle_cost(name: str, stand: Stand) -> Figures:
    """CPU of a request on one connection while 1, then 64 upstream connections are kept alive.

    A competitor that did not keep 64 has no ratio: it would compare something else.
    """
    stand.upstream("drop-idle")
    peer = stand.peer(name)
    scale, target = stand.scale, stand.target(peer)
    alone = ClosedLoop(target, 2_000, 1, scale.warmup_s, scale.window_s)
    with_1 = stand.drive(name, alone)
    stand.drive(name, FanOut(target, CONNECTIONS, HOLD_MS))
    idle = stand.upstream("facts")["connections"] - 1  # the question itself comes on one
    with_64 = stand.drive(name, alone)
    if "cpu_us" not in with_1 or "cpu_us" not in with_64:
        raise RuntimeError("No request on the single connection was answered.")
    cpu_us = {"cpu_idle1_us": with_1["cpu_us"], "cpu_idle64_us": with_64["cpu_us"], "idle_upstream": idle}
    return cpu_us | ({"idle_ratio": with_64["cpu_us"] / with_1["cpu_us"]} if idle >= CONNECTIONS else {})


ROW = Row(
    key="64-connections",
    title="2 KB, 64 connections",
    competitors=(DIRECT, NGINX, OURS, LITELLM),
    measure=measure,
    shown=("p50_us", "p99_us", "cpu_us", "rps", "errors", "cpu_idle1_us", "cpu_idle64_us", "idle_upstream"),
    checks=(
        Check("our p99 ÷ our p50", Cell(OURS, "p99_over_p50"), at_most=4),
        Check("our errors, all rounds", Cell(OURS, "errors", over=sum), at_most=0),
        Check("our CPU per request, 64 idle upstream connections ÷ 1", Cell(OURS, "idle_ratio"), at_most=1.3),
    ),
)
