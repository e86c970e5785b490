"""Bills of GPT, through Chat, Responses and Embeddings.

OpenAI Chat and Responses: cached and audio tokens have been taken out of the input.
"""

from datetime import UTC, datetime

from proxy_core.exchange.usage import Usage
from tests.core.money.case import OPENAI, Case

GPT = (
    Case(
        "gpt, fresh",
        OPENAI,
        "gpt-4o",
        Usage(input_tokens=1_000_000, output_tokens=1_000_000),
        2_500_000_000 + 10_000_000_000,
    ),
    Case(
        "gpt, read at half",
        OPENAI,
        "gpt-4o-2024-08-06",
        Usage(input_tokens=76, cache_read_tokens=1024, output_tokens=30),
        76 * 2500 + 1024 * 1250 + 30 * 10_000,
    ),
    Case(
        "gpt, the mini is not its big sibling",
        OPENAI,
        "gpt-4o-mini",
        Usage(input_tokens=1000, output_tokens=1000),
        1000 * 150 + 1000 * 600,
    ),
    Case(
        "gpt, reasoning is output",
        OPENAI,
        "gpt-5",
        Usage(input_tokens=50, output_tokens=1088, reasoning_tokens=1024),
        50 * 1250 + 1088 * 10_000,
    ),
    Case("gpt, default tier said", OPENAI, "gpt-5", Usage(input_tokens=50, service_tier="default"), 50 * 1250),
    Case(
        "gpt, flex",
        OPENAI,
        "gpt-5",
        Usage(input_tokens=50, cache_read_tokens=1, output_tokens=10, service_tier="flex"),
        50 * 625 + 62 + 10 * 5000,
    ),
    Case(
        "gpt, priority",
        OPENAI,
        "gpt-5",
        Usage(input_tokens=50, output_tokens=10, service_tier="priority"),
        50 * 2500 + 10 * 20_000,
    ),
    Case(
        "gpt, batch",
        OPENAI,
        "gpt-5",
        Usage(input_tokens=50, output_tokens=10, service_tier="batch"),
        50 * 625 + 10 * 5000,
    ),
    Case(
        "gpt, write and read",
        OPENAI,
        "gpt-5.6-sol",
        Usage(input_tokens=10, cache_read_tokens=2048, cache_write_5m_tokens=1024, output_tokens=5),
        10 * 4000 + 2048 * 400 + 1024 * 5000 + 5 * 20_000,
    ),
    Case(
        "gpt, long context",
        OPENAI,
        "gpt-5.6-sol",
        Usage(input_tokens=272_001, output_tokens=5),
        272_001 * 8000 + 5 * 30_000,
    ),
    Case(
        "gpt, long context, flex",
        OPENAI,
        "gpt-5.6-sol",
        Usage(input_tokens=272_001, output_tokens=5, service_tier="flex"),
        272_001 * 4000 + 5 * 15_000,
    ),
    Case(
        "gpt, before a price fell",
        OPENAI,
        "gpt-5.6-sol",
        Usage(input_tokens=10),
        10 * 5000,
        datetime(2026, 8, 20, 23, 59, 59, tzinfo=UTC),
    ),
    Case(
        "gpt, after it fell",
        OPENAI,
        "gpt-5.6-sol",
        Usage(input_tokens=10),
        10 * 4000,
        datetime(2026, 8, 21, tzinfo=UTC),
    ),
    Case("gpt, no discount for the cache", OPENAI, "gpt-5-pro", Usage(input_tokens=1, cache_read_tokens=2), 3 * 15_000),
    Case(
        "gpt, web search",
        OPENAI,
        "gpt-4.1",
        Usage(input_tokens=10, output_tokens=20, web_searches=1),
        10 * 2000 + 20 * 8000 + 10_000_000,
    ),
    Case(
        "gpt, audio both ways",
        OPENAI,
        "gpt-audio",
        Usage(input_tokens=8, input_audio_tokens=100, output_tokens=20, output_audio_tokens=300),
        8 * 2500 + 100 * 32_000 + 20 * 10_000 + 300 * 64_000,
    ),
    Case("gpt, embeddings", OPENAI, "text-embedding-3-large", Usage(input_tokens=8191), 8191 * 130),
    Case(
        "gpt, fine-tuned",
        OPENAI,
        "ft:gpt-4o-mini-2024-07-18:acme::x1",
        Usage(input_tokens=10, output_tokens=10),
        10 * 300 + 10 * 1200,
    ),
    Case(
        "gpt, a gateway's spelling of a date",
        "https://gateway.example.com/v1",
        "gpt-4o-20240806",
        Usage(input_tokens=4),
        4 * 2500,
    ),
)
