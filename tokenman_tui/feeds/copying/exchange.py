"""What is copied, and the placeholders that stand for its credentials."""

from dataclasses import dataclass
from typing import NamedTuple
from urllib.parse import quote

from proxy_core.exchange.headers import HOP_BY_HOP
from tokenman_tui.feeds.exchange_feed import Facts
from tokenman_tui.feeds.header_blocks import is_secret
from tokenman_tui.feeds.kept import MASK, Kept

NOT_REPEATED = frozenset(
    {*(name.decode() for name in HOP_BY_HOP), "host", "content-length", "content-encoding", "accept-encoding", "expect"}
)
"""What the next client says for itself; bodies are stored decoded."""
URL_SAFE = "!#$%&'()*+,/:;=?@[]~-._"


class Variable(NamedTuple):
    """The name of an environment variable."""

    name: str


Value = tuple[str | Variable, ...]
"""Texts and variables that joined are a value."""


@dataclass(frozen=True, slots=True)
class Exchange:
    """`proxy_url` is where the copy will be sent: through TokenMan again."""

    facts: Facts
    kept: Kept | None
    proxy_url: str

    @property
    def method(self) -> str:
        method = self.facts.arrival.method
        return method if method.isascii() and method.isalpha() else "POST"

    def url(self) -> Value:
        """Path and query as they were; values of the query that are credentials become variables."""
        path, mark, query = self.facts.arrival.path.partition("?")
        pieces: list[str | Variable] = [self.proxy_url + quote(path, URL_SAFE) + mark]
        for index, pair in enumerate(query.split("&") if query else ()):
            name, equals, value = pair.partition("=")
            pieces.append(("&" if index else "") + quote(name, URL_SAFE) + equals)
            secret = is_secret(name) and equals
            pieces.append(Variable(_environment(name, self.dialect)) if secret else quote(value, URL_SAFE))
        return tuple(piece for piece in pieces if piece)

    @property
    def dialect(self) -> str:
        return self.facts.arrival.dialect

    def headers(self) -> list[tuple[str, Value]]:
        """The headers to repeat; of credentials those whose variable people have."""
        repeated: list[tuple[str, Value]] = []
        for name, text in self.kept.request_headers if self.kept is not None else ():
            if name.lower() in NOT_REPEATED or not _is_sound(name, text):
                continue
            if not is_secret(name) and text != MASK:
                repeated.append((name, (text,)))
            elif name.lower() in _KEYS:
                scheme = ("Bearer ",) if name.lower() == "authorization" else ()
                repeated.append((name, (*scheme, Variable(_environment(name, self.dialect)))))
        return repeated


_KEYS = {"x-api-key": "API_KEY", "authorization": "API_KEY", "api-key": "API_KEY", "x-goog-api-key": "API_KEY"}


def _environment(name: str, dialect: str) -> str:
    """The variable in which the vendor's own tools look for this credential."""
    lowered = name.lower()
    if lowered in ("x-goog-api-key", "key"):
        return "GEMINI_API_KEY"
    if lowered == "api-key":
        return "AZURE_OPENAI_API_KEY"
    if dialect == "anthropic":
        return "ANTHROPIC_AUTH_TOKEN" if lowered == "authorization" else "ANTHROPIC_API_KEY"
    return "OPENAI_API_KEY"


def _is_sound(name: str, text: str) -> bool:
    return bool(name) and name.isascii() and name.replace("-", "").replace("_", "").isalnum() and text.isprintable()
