"""What an empty screen says: how to send the first request to this very address."""

from tokenman_tui.feeds.spans import BLANK, Line, Part, Span

INDENT = "  "


def exports(proxy_url: str) -> tuple[tuple[str, str], ...]:
    """Who, and the line for that shell."""
    return (
        ("Claude Code, Anthropic SDKs", f"export ANTHROPIC_BASE_URL={proxy_url}"),
        ("Codex, aider, OpenAI SDKs", f"export OPENAI_BASE_URL={proxy_url}/v1"),
    )


def curl(proxy_url: str) -> tuple[str, ...]:
    """A request that works with no client at all, one shell command."""
    return (
        f"curl {proxy_url}/v1/messages \\",
        "  -H \"x-api-key: $ANTHROPIC_API_KEY\" -H 'anthropic-version: 2023-06-01' \\",
        "  -H 'content-type: application/json' \\",
        '  -d \'{"model": "claude-haiku-4-5", "max_tokens": 64,',
        '       "messages": [{"role": "user", "content": "hi"}]}\'',
    )


def first_steps(proxy_url: str) -> list[Line]:
    """Lines of at most 80 cells."""
    lines: list[Line] = [
        BLANK,
        (Span(INDENT), Span("Waiting for the first request", Part.TITLE)),
        (Span(INDENT), Span("TokenMan listens. Point a client at it in the shell that starts it:", Part.MUTED)),
        BLANK,
    ]
    for who, line in exports(proxy_url):
        lines += [(Span(INDENT + who, Part.MUTED),), (Span(INDENT * 2), Span(line, Part.ACCENT)), BLANK]
    lines.append((Span(f"{INDENT}Nothing at hand", Part.MUTED),))
    lines += [(Span(INDENT * 2), Span(line, Part.ACCENT)) for line in curl(proxy_url)]
    keys = (Span("y", Part.STRONG), Span(" copies the first line   ", Part.MUTED))
    more = (Span("Y", Part.STRONG), Span(" copies the request   ", Part.MUTED), Span("?", Part.STRONG))
    return [*lines, BLANK, (Span(INDENT), *keys, *more, Span(" shows every key", Part.MUTED))]
