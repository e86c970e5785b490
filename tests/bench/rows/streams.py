"""64 streams × 100 events/s without the terminal app."""

from tests.bench.checks import ratio
from tests.bench.row import DIRECT, LITELLM, NGINX, OURS, Row
from tests.bench.rows.streamed import measure

ROW = Row(
    key="streams",
    title="64 streams × 100 events/s, --no-ui",
    competitors=(DIRECT, NGINX, OURS, LITELLM),
    measure=measure,
    shown=(
        "cpu_event_us",
        "first_byte_p50_ms",
        "delay_p50_ms",
        "delay_p99_ms",
        "delay_max_ms",
        "events_per_s",
        "errors",
    ),
    checks=(
        ratio("our CPU per event ÷ nginx's", OURS, NGINX, "cpu_event_us", at_most=6),
        ratio("LiteLLM's first byte p50 ÷ ours", LITELLM, OURS, "first_byte_p50_ms", at_least=10),
    ),
)
