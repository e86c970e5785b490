"""The engine: an LLM proxy that does not know that terminals exist."""
