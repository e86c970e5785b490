"""An exchange as Python that repeats it: with the vendor's SDK where the request is one that it makes, else httpx."""

from collections.abc import Mapping
from dataclasses import dataclass

from tokenman_tui.feeds.copying.exchange import Exchange, Value, Variable
from tokenman_tui.feeds.copying.literal import literal
from tokenman_tui.feeds.loose_json import as_object, decoded


@dataclass(frozen=True, slots=True)
class Sdk:
    """How one operation is called. What is not among `known` goes into `extra_body`, which takes anything."""

    path: str
    client: str
    key: str
    base: str
    call: str
    required: tuple[str, ...]
    known: tuple[str, ...]


SDKS = (
    Sdk(
        path="/v1/messages",
        client="anthropic.Anthropic",
        key="ANTHROPIC_API_KEY",
        base="",
        call="messages.create",
        required=("model", "max_tokens", "messages"),
        known=("system", "tools", "tool_choice", "metadata", "stop_sequences", "stream", "thinking"),
    ),
    Sdk(
        path="/v1/chat/completions",
        client="openai.OpenAI",
        key="OPENAI_API_KEY",
        base="/v1",
        call="chat.completions.create",
        required=("model", "messages"),
        known=("tools", "tool_choice", "stream", "stream_options", "temperature", "top_p", "stop", "response_format"),
    ),
    Sdk(
        path="/v1/responses",
        client="openai.OpenAI",
        key="OPENAI_API_KEY",
        base="/v1",
        call="responses.create",
        required=("model", "input"),
        known=("instructions", "tools", "tool_choice", "stream", "store", "include", "reasoning", "text"),
    ),
)
REPEATED_HEADERS = frozenset(
    {"anthropic-version", "anthropic-beta", "openai-beta", "openai-organization", "openai-project"}
)
"""The SDKs send the others themselves, and of these perhaps another value."""


def python(exchange: Exchange) -> str:
    """A script that prints the reply. It always evaluates, whatever the client sent."""
    sdk = next((sdk for sdk in SDKS if exchange.facts.arrival.path.partition("?")[0] == sdk.path), None)
    if sdk is not None and exchange.method == "POST":
        try:
            return _with_sdk(exchange, sdk, _body(exchange))
        except ValueError:
            pass
    return _with_httpx(exchange)


def _body(exchange: Exchange) -> Mapping[str, object]:
    return as_object(decoded(exchange.kept.request_body if exchange.kept is not None else b""))


def _with_sdk(exchange: Exchange, sdk: Sdk, body: Mapping[str, object]) -> str:
    """Raises ValueError when the SDK would not make this request."""
    if any(key not in body for key in sdk.required) or not isinstance(body.get("stream", False), bool):
        raise ValueError("the SDK asks for what the body does not have")
    own = {key: value for key, value in body.items() if key in sdk.required or key in sdk.known}
    rest = {key: value for key, value in body.items() if key not in own}
    given = [f"    {key}={literal(value, 1)}," for key, value in own.items()]
    given += [f"    extra_body={literal(rest, 1)},"] if rest else []
    given += _extra(exchange)
    module = sdk.client.partition(".")[0]
    shown = "for event in reply:\n    print(event)" if body.get("stream") else "print(reply)"
    return "\n".join(
        [
            "import os",
            "",
            f"import {module}",
            "",
            f"client = {sdk.client}(base_url={exchange.proxy_url + sdk.base!r}, api_key=os.environ[{sdk.key!r}])",
            f"reply = client.{sdk.call}(",
            *given,
            ")",
            shown,
            "",
        ]
    )


def _extra(exchange: Exchange) -> list[str]:
    """Headers and query that the SDK would not send by itself."""
    extra = [(name, value) for name, value in exchange.headers() if name.lower() in REPEATED_HEADERS]
    lines = (
        [f"    extra_headers={{{', '.join(f'{name!r}: {source(value)}' for name, value in extra)}}},"] if extra else []
    )
    query = exchange.facts.arrival.path.partition("?")[2]
    return [*lines, "    extra_query={'beta': 'true'},"] if query == "beta=true" else lines


def source(value: Value) -> str:
    """An expression for a value of texts and variables."""
    parts = [f"os.environ[{part.name!r}]" if isinstance(part, Variable) else repr(part) for part in value]
    return " + ".join(parts) or "''"


def _with_httpx(exchange: Exchange) -> str:
    headers = [f"        ({name!r}, {source(value)})," for name, value in exchange.headers()]
    body = exchange.kept.request_body if exchange.kept is not None else b""
    return "\n".join(
        [
            "import os",
            "",
            "import httpx",
            "",
            "reply = httpx.request(",
            f"    {exchange.method!r},",
            f"    {source(exchange.url())},",
            "    headers=[",
            *headers,
            "    ],",
            f"    content={body!r},",
            "    timeout=600,",
            ")",
            "print(reply.status_code, reply.text)",
            "",
        ]
    )
