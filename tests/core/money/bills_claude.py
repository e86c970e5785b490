"""Bills of Claude, from its maker and elsewhere.

Anthropic Messages: input_tokens comes without what was read from or written to the cache.
"""

from datetime import UTC, datetime

from proxy_core.exchange.usage import Usage
from tests.core.money.case import ANTHROPIC, OPENROUTER, Case

CLAUDE = (
    Case(
        "claude, fresh",
        ANTHROPIC,
        "claude-opus-5-5",
        Usage(input_tokens=1000, output_tokens=200),
        1000 * 4000 + 200 * 20_000,
    ),
    Case(
        "claude, read at a twentieth",
        ANTHROPIC,
        "claude-opus-5-5",
        Usage(input_tokens=7, cache_read_tokens=93_412),
        7 * 4000 + 93_412 * 200,
    ),
    Case("claude, written for 5 minutes", ANTHROPIC, "claude-opus-5-5", Usage(cache_write_5m_tokens=2048), 2048 * 5000),
    Case("claude, written for an hour", ANTHROPIC, "claude-opus-5-5", Usage(cache_write_1h_tokens=2048), 2048 * 8000),
    Case(
        "claude, every tier at once",
        ANTHROPIC,
        "claude-opus-5-5",
        Usage(
            input_tokens=3,
            cache_read_tokens=50_000,
            cache_write_5m_tokens=1200,
            cache_write_1h_tokens=800,
            output_tokens=999,
            web_searches=2,
        ),
        3 * 4000 + 50_000 * 200 + 1200 * 5000 + 800 * 8000 + 999 * 20_000 + 2 * 10_000_000,
    ),
    Case("claude, web searches alone", ANTHROPIC, "claude-sonnet-5-5", Usage(web_searches=3), 3 * 10_000_000),
    Case(
        "claude, thinking is output",
        ANTHROPIC,
        "claude-sonnet-5-5",
        Usage(output_tokens=5000, reasoning_tokens=4200),
        5000 * 10_000,
    ),
    Case("claude, nothing", ANTHROPIC, "claude-sonnet-5-5", Usage(), 0),
    Case(
        "claude, standard tier said",
        ANTHROPIC,
        "claude-sonnet-5-5",
        Usage(input_tokens=10, service_tier="standard"),
        10 * 2000,
    ),
    Case(
        "claude, batch",
        ANTHROPIC,
        "claude-sonnet-5-5",
        Usage(input_tokens=1000, cache_read_tokens=1000, output_tokens=100, service_tier="batch"),
        1000 * 1000 + 1000 * 50 + 100 * 5000,
    ),
    Case(
        "claude, batch does not halve searches",
        ANTHROPIC,
        "claude-sonnet-5-5",
        Usage(web_searches=1, service_tier="batch"),
        10_000_000,
    ),
    Case(
        "claude, fast",
        ANTHROPIC,
        "claude-opus-5-5",
        Usage(input_tokens=100, output_tokens=10, service_tier="fast"),
        100 * 8000 + 10 * 40_000,
    ),
    Case(
        "claude, read at a fortieth",
        ANTHROPIC,
        "claude-fable-5-1",
        Usage(cache_read_tokens=100_000, output_tokens=1),
        100_000 * 250 + 50_000,
    ),
    Case(
        "claude, dated name",
        ANTHROPIC,
        "claude-haiku-4-5-20251001",
        Usage(input_tokens=5, output_tokens=5),
        5 * 1000 + 5 * 5000,
    ),
    Case(
        "claude, at the long-context threshold",
        ANTHROPIC,
        "claude-sonnet-4-5",
        Usage(input_tokens=200_000, output_tokens=10),
        200_000 * 3000 + 10 * 15_000,
    ),
    Case(
        "claude, past the threshold",
        ANTHROPIC,
        "claude-sonnet-4-5",
        Usage(input_tokens=200_001, output_tokens=10),
        200_001 * 6000 + 10 * 22_500,
    ),
    Case(
        "claude, past the threshold by the cache",
        ANTHROPIC,
        "claude-sonnet-4-5",
        Usage(
            input_tokens=1,
            cache_read_tokens=199_000,
            cache_write_5m_tokens=1000,
            cache_write_1h_tokens=500,
            output_tokens=1,
        ),
        6000 + 199_000 * 600 + 1000 * 7500 + 500 * 12_000 + 22_500,
    ),
    Case(
        "claude, no long-context price any more",
        ANTHROPIC,
        "claude-opus-4-6",
        Usage(input_tokens=300_000),
        300_000 * 5000,
    ),
    Case(
        "claude, when it had one",
        ANTHROPIC,
        "claude-opus-4-6",
        Usage(input_tokens=300_000),
        300_000 * 10_000,
        datetime(2026, 3, 12, tzinfo=UTC),
    ),
    Case(
        "claude, small prompt of a stepped model",
        ANTHROPIC,
        "claude-haiku-5-5",
        Usage(input_tokens=100_000),
        100_000 * 100,
    ),
    Case(
        "claude, large prompt of a stepped model",
        ANTHROPIC,
        "claude-haiku-5-5",
        Usage(input_tokens=100_001),
        100_001 * 500,
    ),
    Case(
        "claude, no cache price known",
        ANTHROPIC,
        "claude-2",
        Usage(cache_write_5m_tokens=4, cache_write_1h_tokens=4),
        4 * 10_000 + 4 * 16_000,
    ),
    Case(
        "claude, elsewhere, an hour is twice",
        OPENROUTER,
        "anthropic/claude-sonnet-4.5",
        Usage(cache_write_1h_tokens=100, output_tokens=1),
        100 * 6000 + 15_000,
    ),
    Case(
        "claude, elsewhere, past the threshold",
        OPENROUTER,
        "anthropic/claude-sonnet-4.5",
        Usage(cache_write_1h_tokens=200_001),
        200_001 * 12_000,
    ),
)
