"""How an exchange ended, as a sentence for people."""

from proxy_core.exchange.outcome import Ending

SENTENCES = {
    Ending.COMPLETED: "The whole reply reached the client.",
    Ending.UPSTREAM_ERROR: "The provider answered with an error; the client has it unchanged.",
    Ending.UPSTREAM_UNREACHABLE: "The provider could not be reached; nothing was spent.",
    Ending.UPSTREAM_TIMEOUT: "The provider was silent for too long.",
    Ending.UPSTREAM_DROPPED: "The provider's connection broke before its reply was whole.",
    Ending.CLIENT_LEFT: "The client closed its connection before it had the whole reply.",
    Ending.REFUSED: "TokenMan refused the request itself.",
    Ending.ANSWERED: "TokenMan answered by itself, without asking a provider.",
    Ending.SHUT_DOWN: "TokenMan was stopped while the reply was under way.",
    Ending.INTERRUPTED: "TokenMan died during the exchange.",
    Ending.FAILED: "TokenMan itself failed; its log says where.",
}
COUNTED = {
    "input_tokens": "input",
    "cache_read_tokens": "cache read",
    "cache_write_5m_tokens": "cache write 5m",
    "cache_write_1h_tokens": "cache write 1h",
    "output_tokens": "output",
    "reasoning_tokens": "  reasoning",
    "input_audio_tokens": "audio in",
    "output_audio_tokens": "audio out",
    "web_searches": "web searches",
}
"""Fields of `Usage` as people call them."""
