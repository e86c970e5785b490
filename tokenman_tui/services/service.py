"""What a service manager needs to know of a program, and what is known of a service manager."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

Commands = Sequence[Sequence[str]]


@dataclass(frozen=True, slots=True)
class Service:
    """A program that is to run whenever its owner is there. `stop_s` is how long it may take to end."""

    command: Sequence[str]
    variables: Mapping[str, str]
    errors: Path
    """Where the manager puts what the program writes outside its log."""
    stop_s: int


@dataclass(frozen=True, slots=True)
class Manager:
    """`file` is where a service is described, `text` the description. The commands of `begin` follow the writing of the
    file; those of `end` come before it is deleted, those of `after_end` after that."""

    key: str
    title: str
    file: Callable[[Mapping[str, str]], Path]
    text: Callable[[Service], str]
    begin: Callable[[Path], Commands]
    end: Callable[[Path], Commands]
    after_end: Callable[[Path], Commands]
    hint: str = ""


def one_line(text: str) -> str:
    """Raises `ValueError` for what would end a line of the description."""
    if not text.isprintable():
        raise ValueError(f"{text!r} cannot stand in a service's description: it holds what is not printable")
    return text
