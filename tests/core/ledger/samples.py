"""Records to put into a ledger."""

from dataclasses import replace
from decimal import Decimal

from proxy_core.exchange.identity import ExchangeId
from proxy_core.exchange.outcome import Ending, Outcome
from proxy_core.exchange.record import Arrival, Bill, ExchangeRecord, PriceLine
from proxy_core.exchange.usage import Usage

SECOND_NS = 1_000_000_000
START_NS = 1_795_000_000 * SECOND_NS
"""2026-11-18, 05:46:40 UTC."""


def arrival(number: int = 1, *, at_s: float = 0.0, **facts: object) -> Arrival:
    """The `number`-th request, `at_s` seconds after START_NS."""
    sample = Arrival(
        id=ExchangeId(f"{number:032x}"),
        started_at_ns=START_NS + round(at_s * SECOND_NS),
        dialect="anthropic",
        operation="messages",
        method="POST",
        path="/v1/messages?beta=true",
        model="claude-opus-5-5",
        streaming=True,
        client="claude-cli/2.1.329",
        project="default",
        session="s1",
        agent="",
        request_class="main",
        request_bytes=50_000,
    )
    return replace(sample, **facts)  # type: ignore[arg-type]


def bill(*nanousd: int) -> Bill:
    return Bill(tuple(PriceLine("output_tokens", amount, Decimal("0.001"), amount) for amount in nanousd))


USAGE = Usage(
    input_tokens=100, cache_read_tokens=50_000, cache_write_5m_tokens=700, output_tokens=500, service_tier="standard"
)


def record(
    number: int = 1,
    *,
    at_s: float = 0.0,
    ending: Ending = Ending.COMPLETED,
    cost_nanousd: int | None = 1_000_000,
    arrived: Arrival | None = None,
    **facts: object,
) -> ExchangeRecord:
    """The end of the `number`-th request."""
    sample = ExchangeRecord(
        arrival=arrived or arrival(number, at_s=at_s),
        outcome=Outcome(ending, "" if ending is Ending.COMPLETED else "It did not go well."),
        status=200,
        upstream="anthropic",
        served_model="claude-opus-5-5-20261001",
        usage=USAGE,
        bill=None if cost_nanousd is None else bill(cost_nanousd),
        body_sha256="ab" * 32,
        sent_sha256="ab" * 32,
        reply_bytes=2_000,
        reply_events=40,
        attempts=1,
        first_byte_ms=321.5,
        duration_ms=1500.25,
    )
    return replace(sample, **facts)  # type: ignore[arg-type]
