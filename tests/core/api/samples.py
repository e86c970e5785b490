"""Exchanges as the engine would settle them."""

from decimal import Decimal
from itertools import count

from proxy_core.exchange.identity import ExchangeId
from proxy_core.exchange.outcome import Ending, Outcome
from proxy_core.exchange.record import Arrival, Bill, ExchangeRecord, PriceLine
from proxy_core.exchange.usage import Usage

_numbers = count(1)
START_NS = 1_760_000_000_000_000_000
USAGE = Usage(
    input_tokens=100,
    cache_read_tokens=2_000,
    cache_write_5m_tokens=300,
    output_tokens=50,
    reasoning_tokens=20,
    service_tier="standard",
)


def bill(nanousd: int) -> Bill:
    return Bill(
        (
            PriceLine("input_tokens", 100, Decimal("3.00"), 300_000),
            PriceLine("output_tokens", 50, Decimal(15), nanousd - 300_000),
        )
    )


def arrival(
    *,
    model: str = "claude-sonnet-4-5",
    project: str = "default",
    client: str = "claude-cli/2.1.329",
    session: str = "s-1",
    streaming: bool = True,
    started_at_ns: int | None = None,
) -> Arrival:
    number = next(_numbers)
    return Arrival(
        id=ExchangeId(f"{number:032x}"),
        started_at_ns=START_NS + number * 1_000_000_000 if started_at_ns is None else started_at_ns,
        dialect="anthropic",
        operation="messages",
        method="POST",
        path="/v1/messages?beta=true",
        model=model,
        streaming=streaming,
        client=client,
        project=project,
        session=session,
        agent="",
        request_class="main",
        request_bytes=2_000,
    )


def record(
    arrived: Arrival | None = None,
    *,
    ending: Ending = Ending.COMPLETED,
    status: int = 200,
    upstream: str = "anthropic",
    cost_nanousd: int | None = 12_345_678,
    duration_ms: float = 1_500.25,
    usage: Usage | None = USAGE,
) -> ExchangeRecord:
    return ExchangeRecord(
        arrival=arrived or arrival(),
        outcome=Outcome(ending, "" if ending is Ending.COMPLETED else "it went wrong"),
        status=status,
        upstream=upstream,
        served_model="claude-sonnet-4-5-20250929",
        usage=usage,
        bill=None if cost_nanousd is None else bill(cost_nanousd),
        body_sha256="ab" * 32,
        sent_sha256="ab" * 32,
        reply_bytes=3_000,
        reply_events=12,
        attempts=1,
        first_byte_ms=250.125,
        duration_ms=duration_ms,
    )
