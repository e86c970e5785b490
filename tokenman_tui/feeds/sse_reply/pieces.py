"""Texts that arrive in pieces: kept as pieces until somebody wants them, or a long reply would take its square."""

from tokenman_tui.feeds.loose_json import as_text


class Pieces:
    """One text by each of some keys."""

    def __init__(self) -> None:
        self._pieces: dict[str, list[str]] = {}

    def add(self, key: str, value: object) -> None:
        text = as_text(value)
        if text:
            self._pieces.setdefault(key, []).append(text)

    def onto(self, found: dict[str, object]) -> dict[str, object]:
        """`found` with every text behind what it has under that key."""
        joined = {key: as_text(found.get(key)) + "".join(pieces) for key, pieces in self._pieces.items()}
        return {**found, **joined}

    def text(self, key: str) -> str:
        return "".join(self._pieces.get(key, ()))


def index_of(value: object) -> int:
    """Where a piece belongs; what is no number belongs to the first."""
    return value if isinstance(value, int) else 0
