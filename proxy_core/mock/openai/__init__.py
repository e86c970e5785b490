"""The OpenAI side of the mock."""
