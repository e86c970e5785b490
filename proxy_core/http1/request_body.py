"""A request's body between the socket and the application."""

import io


class RequestBody:
    """Pieces that arrived and were not taken. Whoever fills it stops reading while `buffered_bytes` is too much."""

    __slots__ = ("_delivered", "_pieces", "_whole", "buffered_bytes", "complete", "received_bytes", "whole_bytes")

    def __init__(self) -> None:
        self.complete = False
        """All of it has arrived, or there is none."""
        self.received_bytes = 0
        self.buffered_bytes = 0
        self.whole_bytes = 0
        """How much may be buffered, because it is wanted in one piece."""
        self._pieces: list[bytes] = []
        self._whole: io.BytesIO | None = None
        self._delivered = False

    @property
    def has_news(self) -> bool:
        """`take` would give something that it has not given yet: bytes, or the end."""
        return self.buffered_bytes > 0 or (self.complete and not self._delivered)

    def want_whole(self, max_bytes: int) -> None:
        """Keep up to so much for one `take` at the end."""
        self.whole_bytes = max_bytes
        if not self.complete and self._whole is None:
            # It grows in place: joining the pieces of 64 MB at the end would hold the loop for tens of milliseconds.
            self._whole = io.BytesIO()
            self._whole.write(b"".join(self._pieces))
            self._pieces = []

    def push(self, piece: bytes) -> bool:
        """Whether whoever waits has something to do now."""
        self.received_bytes += len(piece)
        self.buffered_bytes += len(piece)
        if self._whole is None:
            self._pieces.append(piece)
        else:
            self._whole.write(piece)
        return self.buffered_bytes > self.whole_bytes

    def drop(self, piece: bytes) -> None:
        self.received_bytes += len(piece)

    def take(self) -> bytes:
        """What is buffered."""
        if self._whole is not None:
            data = self._whole.getvalue()
        elif len(self._pieces) == 1:
            data = self._pieces[0]
        else:
            data = b"".join(self._pieces)
        self.discard()
        self._delivered = self.complete
        return data

    def discard(self) -> None:
        self._whole, self._pieces = None, []
        self.buffered_bytes = self.whole_bytes = 0
