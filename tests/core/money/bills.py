"""Usages with their bills worked out by hand: quantity times nano-dollars each ($1 a million is 1,000 of them each).

Prices are the vendors' on 21 November 2026.
"""

from dataclasses import dataclass
from datetime import UTC, datetime

from proxy_core.exchange.usage import Usage

AT = datetime(2026, 11, 21, 12, tzinfo=UTC)
ANTHROPIC = "https://api.anthropic.com"
OPENAI = "https://api.openai.com/v1"
GOOGLE = "https://generativelanguage.googleapis.com/v1beta/openai"
OPENROUTER = "https://openrouter.ai/api/v1"


@dataclass(frozen=True)
class Case:
    name: str
    api_base: str
    model: str
    usage: Usage
    nanousd: int
    at: datetime = AT


CASES = (
    # Anthropic Messages: input_tokens comes without what was read from or written to the cache.
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
    # OpenAI Chat and Responses: cached and audio tokens have been taken out of the input.
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
    # Google through its OpenAI dialect.
    Case(
        "gemini, read at a tenth",
        GOOGLE,
        "gemini-2.5-flash",
        Usage(input_tokens=100, cache_read_tokens=4096, output_tokens=50),
        100 * 300 + 4096 * 30 + 50 * 2500,
    ),
    Case(
        "gemini, audio in",
        GOOGLE,
        "gemini-2.5-flash",
        Usage(input_tokens=100, input_audio_tokens=1000),
        100 * 300 + 1000 * 1000,
    ),
    Case(
        "gemini, one price for text and audio",
        GOOGLE,
        "gemini-2.5-pro",
        Usage(input_tokens=100, input_audio_tokens=1000),
        1100 * 1250,
    ),
    Case(
        "gemini, long context",
        GOOGLE,
        "gemini-2.5-pro",
        Usage(input_tokens=200_001, cache_read_tokens=10, output_tokens=10),
        200_001 * 2500 + 10 * 250 + 10 * 15_000,
    ),
    Case(
        "gemini, batch",
        GOOGLE,
        "gemini-3.8-flash",
        Usage(input_tokens=8, output_tokens=8, service_tier="batch"),
        8 * 375 + 8 * 1875,
    ),
    Case("gemini, grounded", GOOGLE, "gemini-2.5-pro", Usage(web_searches=2), 2 * 35_000_000),
    # Halves go to the even neighbour, on each line: 37.5, 112.5 and 62.5 nano-dollars.
    Case("half up to even", GOOGLE, "gemini-3.8-flash", Usage(cache_read_tokens=1, service_tier="batch"), 38),
    Case("half down to even", GOOGLE, "gemini-3.8-flash", Usage(cache_read_tokens=3, service_tier="batch"), 112),
    Case(
        "half on two lines", OPENAI, "gpt-5", Usage(cache_read_tokens=1, input_tokens=1, service_tier="flex"), 62 + 625
    ),
    # Others.
    Case(
        "free is known to be free", OPENROUTER, "deepseek/deepseek-r1:free", Usage(input_tokens=10, output_tokens=10), 0
    ),
    Case(
        "deepseek, by day",
        "https://api.deepseek.com",
        "deepseek-chat",
        Usage(input_tokens=2, cache_read_tokens=2, output_tokens=2),
        2 * 270 + 2 * 70 + 2 * 1100,
    ),
    Case(
        "deepseek, at night",
        "https://api.deepseek.com",
        "deepseek-chat",
        Usage(input_tokens=2, cache_read_tokens=2, output_tokens=2),
        2 * 135 + 2 * 35 + 2 * 550,
        datetime(2026, 11, 21, 16, 30, tzinfo=UTC),
    ),
    Case(
        "perplexity, a price for each request",
        "https://api.perplexity.ai",
        "sonar",
        Usage(input_tokens=10, output_tokens=10),
        20 * 1000 + 12_000_000,
    ),
    Case(
        "groq",
        "https://api.groq.com/openai/v1",
        "openai/gpt-oss-120b",
        Usage(input_tokens=10, cache_read_tokens=2, output_tokens=10),
        10 * 150 + 2 * 75 + 10 * 600,
    ),
    Case(
        "mistral",
        "https://api.mistral.ai",
        "mistral-large-2512",
        Usage(input_tokens=10, cache_read_tokens=2, output_tokens=10),
        10 * 500 + 2 * 50 + 10 * 1500,
    ),
    Case(
        "bedrock, a region's price",
        "https://bedrock-runtime.eu-west-1.amazonaws.com",
        "eu.anthropic.claude-haiku-4-5-20251001-v1:0",
        Usage(input_tokens=10, cache_write_1h_tokens=10),
        10 * 1100 + 10 * 2200,
    ),
    Case(
        "bedrock, the global price",
        "https://bedrock-runtime.eu-west-1.amazonaws.com",
        "global.anthropic.claude-haiku-4-5-20251001-v1:0",
        Usage(input_tokens=10),
        10 * 1000,
    ),
    Case(
        "vertex serves claude",
        "https://europe-west1-aiplatform.googleapis.com",
        "claude-opus-4-5@20251101",
        Usage(input_tokens=10),
        10 * 5000,
    ),
    Case(
        "an unknown gateway sells at the maker's price",
        "https://llm.corp.example/v1",
        "claude-opus-5-5",
        Usage(input_tokens=10),
        10 * 4000,
    ),
    Case(
        "so does one on this machine, for what nobody can run here",
        "http://127.0.0.1:4000",
        "claude-opus-5-5",
        Usage(input_tokens=10),
        10 * 4000,
    ),
)
