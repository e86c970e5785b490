"""What an exchange used, in the provider's own count, brought to one meaning for all dialects."""

from dataclasses import dataclass, fields


@dataclass(frozen=True, slots=True)
class Usage:
    """Tokens and billable calls of one exchange. The parts never overlap: each token is counted in exactly one field,
    except `reasoning_tokens`, which says how many of `output_tokens` were reasoning.

    Anthropic reports `input_tokens` without cached tokens, OpenAI and Gemini report the input with them; the dialects
    subtract, so that `input_tokens` here is always what was read at the full price.
    """

    input_tokens: int = 0
    cache_read_tokens: int = 0
    cache_write_5m_tokens: int = 0
    """Written for five minutes, or, where a vendor knows only one kind of cache write, that kind."""
    cache_write_1h_tokens: int = 0
    output_tokens: int = 0
    reasoning_tokens: int = 0
    input_audio_tokens: int = 0
    output_audio_tokens: int = 0
    web_searches: int = 0
    service_tier: str = ""
    estimated: bool = False

    @property
    def prompt_tokens(self) -> int:
        """Everything that was read: fresh, from the cache, and written to it."""
        return (
            self.input_tokens
            + self.cache_read_tokens
            + self.cache_write_5m_tokens
            + self.cache_write_1h_tokens
            + self.input_audio_tokens
        )

    @property
    def cache_write_tokens(self) -> int:
        return self.cache_write_5m_tokens + self.cache_write_1h_tokens


USAGE_COUNTS = tuple(field.name for field in fields(Usage) if field.type is int or field.type == "int")
