"""A request's body between the socket and the application."""


class RequestBody:
    """Pieces that arrived and were not taken. Whoever fills it stops reading while `buffered_bytes` is too much."""

    __slots__ = ("_delivered", "_pieces", "buffered_bytes", "complete", "received_bytes", "whole_bytes")

    def __init__(self) -> None:
        self.complete = False
        """All of it has arrived, or there is none."""
        self.received_bytes = 0
        self.buffered_bytes = 0
        self.whole_bytes = 0
        """How much may be buffered, because it is wanted in one piece."""
        self._pieces: list[bytes] = []
        self._delivered = False

    @property
    def has_news(self) -> bool:
        """`take` would give something that it has not given yet: bytes, or the end."""
        return self.buffered_bytes > 0 or (self.complete and not self._delivered)

    def want_whole(self, max_bytes: int) -> None:
        """Keep up to so much, to be taken at the end."""
        self.whole_bytes = max_bytes

    def push(self, piece: bytes) -> bool:
        """Whether whoever waits has something to do now."""
        self.received_bytes += len(piece)
        self.buffered_bytes += len(piece)
        self._pieces.append(piece)
        return self.buffered_bytes > self.whole_bytes

    def drop(self, piece: bytes) -> None:
        self.received_bytes += len(piece)

    def take(self) -> bytes:
        """What is buffered."""
        pieces = self.take_pieces()
        return pieces[0] if len(pieces) == 1 else b"".join(pieces)

    def take_pieces(self) -> list[bytes]:
        """What is buffered, as it came."""
        pieces = self._pieces
        self.discard()
        self._delivered = self.complete
        return pieces

    def discard(self) -> None:
        self._pieces = []
        self.buffered_bytes = self.whole_bytes = 0
