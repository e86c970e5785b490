"""50 KB, 1 connection: a coding agent at the beginning of its work."""

from tests.bench.checks import ratio
from tests.bench.row import DIRECT, LITELLM, NGINX, OURS, Row
from tests.bench.rows.closed import SHOWN, closed_loop

ROW = Row(
    key="50kb",
    title="50 KB, 1 connection",
    competitors=(DIRECT, NGINX, OURS, LITELLM),
    measure=closed_loop(body_bytes=50_000, connections=1),
    added=("p50_us",),
    shown=SHOWN,
    checks=(
        ratio("LiteLLM's added p50 ÷ ours", LITELLM, OURS, "added_p50_us", at_least=18),
        ratio("our added p50 ÷ nginx's", OURS, NGINX, "added_p50_us", at_most=5),
    ),
)
