"""Bills of Gemini through its OpenAI dialect, and other providers."""

from datetime import UTC, datetime

from proxy_core.exchange.usage import Usage
from tests.core.money.case import GOOGLE, OPENAI, OPENROUTER, Case

OTHERS = (
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
