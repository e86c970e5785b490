"""A request's body as a conversation: parameters, system prompt, tools and messages, whatever shape it has."""

from tokenman_tui.feeds.conversation.request import request_blocks

__all__ = ["request_blocks"]
