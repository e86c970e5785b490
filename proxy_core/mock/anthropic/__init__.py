"""The Anthropic side of the mock."""
