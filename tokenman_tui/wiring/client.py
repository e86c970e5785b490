"""What is known of a client: where its settings are, what they become, and how it is started wired."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path as FilePath
from typing import Any
from urllib.parse import urlsplit

from tokenman_tui.wiring.formats import Format, Path

Environment = Mapping[str, str]
Values = Mapping[Path, Any]
"""Settings by their place in the client's file."""


@dataclass(frozen=True, slots=True)
class Gateway:
    """What clients are pointed at. `anthropic_upstream`: only Anthropic itself answers Anthropic-shaped requests."""

    base_url: str
    anthropic_upstream: bool = False

    @property
    def openai_url(self) -> str:
        """The base that OpenAI-shaped clients put their paths behind."""
        return f"{self.base_url}/v1"

    def is_meant_by(self, value: object) -> bool:
        """Whether a setting points at this very proxy."""
        return base_of(value) == self.base_url

    def may_be_meant_by(self, value: object) -> bool:
        """Whether it points at this machine, where the proxy may have had another port when the setting was made."""
        if not isinstance(value, str):
            return False
        try:
            host = urlsplit(value).hostname
        except ValueError:
            return False
        return host in {"127.0.0.1", "localhost", "::1", urlsplit(self.base_url).hostname}


def base_of(value: object) -> str:
    """The base URL that an address in a client's file was made from."""
    return str(value).rstrip("/").removesuffix("/v1")


@dataclass(frozen=True, slots=True)
class SettingsFile:
    """The client's own file. `values` says what belongs into it, given what it says now; raises `CannotEdit`.

    A file counts as wired when the value at one of its `addresses` points here.
    """

    place: Callable[[Environment], FilePath]
    format: Format
    values: Callable[[Gateway, Any], Values]
    addresses: Callable[[Any], list[Path]]


@dataclass(frozen=True, slots=True)
class Started:
    """A command for one run."""

    arguments: list[str]
    variables: Environment


@dataclass(frozen=True, slots=True)
class Client:
    """`steps` are for the person: what cannot be set, or what to know. A client without `file` is only explained; one
    without `start` cannot be run wired, and `steps` say why."""

    key: str
    title: str
    file: SettingsFile | None = None
    start: Callable[[Gateway, list[str], Environment], Started] | None = None
    steps: Callable[[Gateway], list[str]] = lambda _: []


def home(environ: Environment) -> FilePath:
    return FilePath(environ["HOME"]) if environ.get("HOME") else FilePath.home()
