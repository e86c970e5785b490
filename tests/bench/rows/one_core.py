"""50 KB, 16 connections, one core: how much a core can carry."""

from tests.bench.checks import ratio
from tests.bench.row import DIRECT, LITELLM, NGINX, OURS, Row
from tests.bench.rows.closed import closed_loop

ROW = Row(
    key="one-core",
    title="50 KB, 16 connections, one core",
    competitors=(DIRECT, NGINX, OURS, LITELLM),
    measure=closed_loop(body_bytes=50_000, connections=16),
    shown=("rps", "core_rps", "cpu_us", "busy", "p50_us", "p99_us", "errors"),
    checks=(
        ratio("our req/s ÷ nginx's (2,000 where nginx does 46,000)", OURS, NGINX, "core_rps", at_least=0.04),
        ratio("LiteLLM's CPU per request ÷ ours", LITELLM, OURS, "cpu_us", at_least=25),
    ),
)
