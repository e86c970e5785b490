"""What an empty screen says: how to send the first request to this very address."""

from collections.abc import Sequence

from tokenman_tui.feeds.inert import fit
from tokenman_tui.feeds.spans import BLANK, Line, Part, Span

INDENT = "  "
LABEL_CELLS = 14


def export(proxy_url: str) -> str:
    """Points Claude Code and the Anthropic SDKs here, in the shell that starts them."""
    return f"export ANTHROPIC_BASE_URL={proxy_url}"


def codex(proxy_url: str) -> tuple[str, ...]:
    """The lines for Codex's configuration file: its built-in provider cannot be sent elsewhere."""
    return (
        'model_provider = "tokenman"  # in ~/.codex/config.toml',
        "[model_providers.tokenman]",
        'name = "TokenMan"',
        f'base_url = "{proxy_url}/v1"',
        'wire_api = "responses"',
        'env_key = "OPENAI_API_KEY"',
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
    """Lines of at most 80 cells, few enough for a screen of 24."""
    return [
        BLANK,
        (Span(INDENT), Span("Waiting for the first request", Part.TITLE)),
        (Span(f"{INDENT}Point a client here, in the shell that starts it or in its configuration:", Part.MUTED),),
        BLANK,
        *_labelled("Claude Code", [export(proxy_url)]),
        *_labelled("OpenAI SDKs", [f"export OPENAI_BASE_URL={proxy_url}/v1"]),
        *_labelled("Codex", codex(proxy_url)),
        BLANK,
        (Span(f"{INDENT}With nothing at hand:", Part.MUTED),),
        *((Span(INDENT), Span(line, Part.ACCENT)) for line in curl(proxy_url)),
        BLANK,
        (Span(INDENT), *_key("y", "copies the first line"), *_key("Y", "copies the request"), *_key("?", "helps")),
    ]


def _labelled(label: str, lines: Sequence[str]) -> list[Line]:
    labels = [label, *[""] * (len(lines) - 1)]
    return [
        (Span(INDENT + fit(each, LABEL_CELLS), Part.MUTED), Span(line, Part.ACCENT))
        for each, line in zip(labels, lines, strict=True)
    ]


def _key(key: str, does: str) -> Line:
    return Span(key, Part.STRONG), Span(f" {does}   ", Part.MUTED)
