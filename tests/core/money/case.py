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
