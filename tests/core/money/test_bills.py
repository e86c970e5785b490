"""Bills to the nano-dollar: against arithmetic written out, against the price library's own, and by their nature."""

from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from fractions import Fraction

import genai_prices
import pytest
from genai_prices.data import providers
from hypothesis import given, settings
from hypothesis import strategies as st

from proxy_core.exchange.record import Bill
from proxy_core.exchange.usage import USAGE_COUNTS, Usage
from proxy_core.money import Pricer
from proxy_core.money.tariff import price_line, round_half_even
from tests.core.money.bills_claude import CLAUDE
from tests.core.money.bills_gpt import GPT
from tests.core.money.bills_others import OTHERS
from tests.core.money.case import ANTHROPIC, AT, OPENAI, Case

PRICER = Pricer()


@pytest.mark.parametrize("case", [*CLAUDE, *GPT, *OTHERS], ids=lambda case: case.name)
def test_a_bill_is_what_the_arithmetic_says(case: Case) -> None:
    bill = PRICER.bill("some-key", case.api_base, case.model, case.usage, case.at)
    assert bill is not None
    assert bill.total_nanousd == case.nanousd


def test_a_bill_keeps_the_prices_it_was_made_at() -> None:
    usage = Usage(input_tokens=3, cache_write_1h_tokens=2, web_searches=1)
    bill = PRICER.bill("anthropic", ANTHROPIC, "claude-opus-5-5", usage, AT)
    assert bill is not None
    assert [(line.kind, line.quantity, line.usd_per_million, line.nanousd) for line in bill.lines] == [
        ("input_tokens", 3, Decimal(4), 12_000),
        ("cache_write_1h_tokens", 2, Decimal(8), 16_000),
        ("web_searches", 1, Decimal(10_000), 10_000_000),
    ]


COUNTS = st.integers(0, 2_000_000)
USAGES = st.builds(
    Usage,
    input_tokens=COUNTS,
    cache_read_tokens=COUNTS,
    cache_write_5m_tokens=COUNTS,
    cache_write_1h_tokens=COUNTS,
    output_tokens=COUNTS,
    reasoning_tokens=st.integers(0, 1000),
    web_searches=st.integers(0, 50),
    service_tier=st.sampled_from(["", "standard", "default", "batch"]),
)
MODELS = st.sampled_from(
    [
        (ANTHROPIC, "claude-opus-5-5"),
        (ANTHROPIC, "claude-haiku-5-5"),
        (ANTHROPIC, "claude-sonnet-4-5"),
        (OPENAI, "gpt-5.6-sol"),
        (OPENAI, "gpt-4o-mini"),
    ]
)


def billed(api_base: str, model: str, usage: Usage) -> Bill:
    bill = PRICER.bill("key", api_base, model, usage, AT)
    assert bill is not None
    return bill


@given(MODELS, USAGES)
def test_lines_add_up_in_whole_nanodollars(model: tuple[str, str], usage: Usage) -> None:
    bill = billed(*model, usage)
    assert bill.total_nanousd == sum(line.nanousd for line in bill.lines)
    assert type(bill.total_nanousd) is int
    for line in bill.lines:
        assert type(line.nanousd) is int
        assert type(line.quantity) is int
        assert isinstance(line.usd_per_million, Decimal)
        exact = Fraction(line.usd_per_million) * line.quantity * 1000
        assert abs(exact - line.nanousd) <= Fraction(1, 2)


@given(MODELS, USAGES, st.sampled_from(USAGE_COUNTS), st.integers(0, 1_000_000))
def test_more_never_costs_less(model: tuple[str, str], usage: Usage, name: str, more: int) -> None:
    if "audio" in name:
        return
    larger = replace(usage, **{name: getattr(usage, name) + more})
    assert billed(*model, larger).total_nanousd >= billed(*model, usage).total_nanousd


@given(st.integers(0, 10**30), st.integers(1, 10**12))
def test_rounding_is_half_even(numerator: int, denominator: int) -> None:
    assert round_half_even(numerator, denominator) == round(Fraction(numerator, denominator))


@given(st.integers(0, 10**15), st.decimals(0, 10**6, places=9))
def test_a_line_does_not_depend_on_the_decimal_context(quantity: int, price: Decimal) -> None:
    assert price_line("output_tokens", quantity, price).nanousd == round(Fraction(price) * quantity * 1000)


def theirs(usage: Usage, tier: str) -> tuple[genai_prices.Usage, dict[str, str]]:
    """The same usage in the library's terms: totals with their parts inside."""
    context = {"processing": "batch"} if tier == "batch" else {}
    return (
        genai_prices.Usage(
            input_tokens=usage.prompt_tokens,
            cache_read_tokens=usage.cache_read_tokens,
            cache_write_tokens=usage.cache_write_tokens,
            cache_write_1h_tokens=usage.cache_write_1h_tokens,
            output_tokens=usage.output_tokens,
            output_reasoning_tokens=usage.reasoning_tokens,
            web_searches=usage.web_searches,
        ),
        context,
    )


@settings(max_examples=300, deadline=None)
@given(st.data(), USAGES)
def test_the_library_says_the_same(data: st.DataObject, usage: Usage) -> None:
    """Any provider's any model that both can bill, except where only Claude's rule knows the price of an hour."""
    provider = data.draw(st.sampled_from(providers))
    model = data.draw(st.sampled_from(provider.models))
    usage = replace(usage, reasoning_tokens=min(usage.reasoning_tokens, usage.output_tokens))
    bill = PRICER.bill(provider.id, "https://gateway.example.com", model.id, usage, AT)
    if bill is None:
        return
    prices = model.get_prices(AT)
    if "claude" in model.id and (prices.cache_write_1h_mtok is None or prices.cache_write_mtok is None):
        usage = replace(usage, cache_write_1h_tokens=0, cache_write_5m_tokens=0)
        bill = PRICER.bill(provider.id, "https://gateway.example.com", model.id, usage, AT)
        assert bill is not None
    told, context = theirs(usage, usage.service_tier)
    expected = genai_prices.calc_price(
        told, model.id, provider_id=provider.id, genai_request_timestamp=AT, price_context=context
    )
    difference = abs(Fraction(expected.total_price) * 10**9 - bill.total_nanousd)
    assert difference <= Fraction(len(bill.lines), 2)


@pytest.mark.parametrize(
    ("model", "usage"),
    [
        ("gpt-4o", Usage(input_tokens=1, input_audio_tokens=5)),
        ("gpt-4o", Usage(output_audio_tokens=5)),
        ("text-embedding-3-small", Usage(output_tokens=5)),
        ("gpt-5", Usage(input_tokens=1, service_tier="scale")),
        ("gpt-4o", Usage(input_tokens=1, service_tier="flex")),
        ("whisper-1", Usage(input_tokens=1)),
        ("whisper-1", Usage()),
        ("gpt-image-1", Usage(input_tokens=10, output_tokens=100)),
    ],
)
def test_what_has_no_price_makes_the_bill_unknown(model: str, usage: Usage) -> None:
    assert PRICER.bill("openai", OPENAI, model, usage, AT) is None


def test_cached_audio_is_unknown_where_its_price_differs() -> None:
    google = "https://generativelanguage.googleapis.com"
    usage = Usage(input_audio_tokens=5, cache_read_tokens=5)
    assert PRICER.bill("google", google, "gemini-2.5-flash", usage, AT) is None
    assert PRICER.bill("google", google, "gemini-2.5-pro", usage, AT) is not None


def test_a_tier_has_no_price_before_it_had_one() -> None:
    usage = Usage(input_tokens=1, service_tier="flex")
    assert PRICER.bill("openai", OPENAI, "gpt-5", usage, datetime(2026, 10, 11, tzinfo=UTC)) is None
    assert PRICER.bill("openai", OPENAI, "gpt-5", usage, datetime(2026, 10, 12, tzinfo=UTC)) is not None
