"""Bills to the nano-dollar."""

from datetime import UTC, datetime

from proxy_core.exchange.usage import Usage
from proxy_core.money import Pricer

AT = datetime(2026, 11, 21, tzinfo=UTC)


def test_a_bill_adds_up() -> None:
    usage = Usage(input_tokens=1000, cache_read_tokens=50_000, output_tokens=700)
    bill = Pricer().bill("anthropic", "https://api.anthropic.com", "claude-opus-5-5", usage, AT)
    assert bill is not None
    assert bill.total_nanousd == 1000 * 4_000 + 50_000 * 200 + 700 * 20_000
