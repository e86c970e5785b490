"""A key in memory that cannot be printed, logged, copied into JSON or pickled by accident."""

import hashlib
import hmac
from typing import Never, NoReturn


class Secret:
    """A key and where it came from. Only `reveal()` gives the text, to whoever writes it into an upstream request."""

    __slots__ = ("_text", "source")

    def __init__(self, text: str, source: str) -> None:
        self._text = text
        self.source = source
        """Where the key was found, for people: "env:VARIABLE", "keyring://service/name" or "file:///path"."""

    def reveal(self) -> str:
        return self._text

    def fingerprint(self, key: bytes) -> str:
        """Eight hex digits that tell two keys apart on the screen; without `key` nobody can test a guess against them.

        `key` is the data directory's own random one, at least 16 bytes.
        """
        if len(key) < 16:
            raise ValueError("a fingerprint needs a key of at least 16 bytes")
        return hmac.new(key, self._text.encode(), hashlib.sha256).hexdigest()[:8]

    def __repr__(self) -> str:
        return f"Secret(****, {self.source})"

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Secret):
            return NotImplemented
        return hmac.compare_digest(self._text.encode(), other._text.encode())

    __hash__ = None  # type: ignore[assignment]

    def __copy__(self) -> "Secret":
        return self

    def __deepcopy__(self, memo: object) -> "Secret":
        return self

    def __reduce_ex__(self, protocol: object) -> NoReturn:
        raise TypeError("a secret is not pickled")

    def __getstate__(self) -> Never:
        raise TypeError("a secret has no state to copy")
