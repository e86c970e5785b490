"""An exchange as a shell command that repeats it. What a client sent is a word of it, and never a command."""

import base64
import shlex

from tokenman_tui.feeds.copying.exchange import Exchange, Value, Variable

LONGEST_ARGUMENT_BYTES = 100_000
"""Linux takes no single argument beyond 128 KiB; a builtin's, and what flows through a pipe, may be longer."""


def curl(exchange: Exchange) -> str:
    """`--globoff`, or curl would read brackets in the address as a pattern; `--data-raw`, or a body that begins with
    `@` would name a file."""
    body = exchange.kept.request_body if exchange.kept is not None else b""
    before, data = _data(body)
    lines = [
        f"{before}curl --globoff --silent --show-error --no-buffer -X {exchange.method} {word(exchange.url())}",
        *(f"-H {word(_header(name, value))}" for name, value in exchange.headers()),
        *data,
    ]
    return " \\\n  ".join(lines)


def word(value: Value) -> str:
    """One word of a shell command: texts quoted, variables left for the shell to fill in."""
    return "".join(f'"${part.name}"' if isinstance(part, Variable) else shlex.quote(part) for part in value) or "''"


def _header(name: str, value: Value) -> Value:
    """curl takes `name;` for an empty value; `name:` would remove the header."""
    if value in ((), ("",)):
        return (f"{name};",)
    return (f"{name}: ", *value) if isinstance(value[0], Variable) else (f"{name}: {value[0]}", *value[1:])


def _data(body: bytes) -> tuple[str, list[str]]:
    """What comes before curl on its line, and the arguments that give it the body."""
    if not body:
        return "", []
    text = _pasteable(body)
    if text is None:
        return f"printf %s {base64.b64encode(body).decode()} | base64 -d | ", ["--data-binary @-"]
    if len(body) > LONGEST_ARGUMENT_BYTES:
        return f"printf %s {shlex.quote(text)} | ", ["--data-binary @-"]
    return "", [f"--data-raw {shlex.quote(text)}"]


def _pasteable(body: bytes) -> str | None:
    """The body as text, unless it holds what a terminal would act on when it is pasted."""
    try:
        text = body.decode()
    except UnicodeDecodeError:
        return None
    controls = (character for character in text if character < " " or "\x7f" <= character <= "\x9f")
    return text if all(character == "\n" for character in controls) else None
