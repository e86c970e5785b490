"""The state of one HTTP/1.1 reply while its bytes arrive, on llhttp."""

from collections import deque

from httptools import HttpParserError, HttpParserUpgrade, HttpResponseParser

from proxy_core.upstream.transport import RawHeaders

MAX_HEAD_BYTES = 64 * 1024
MAX_HEADERS = 256

TAKE_BYTES = 64 * 1024
"""Many small pieces are handed on as one, but never as one so large that allocating it costs page faults."""


class ReplyParser:
    """Bytes in through `feed`; then `head_done`, `pieces`, `ended` and `fault` tell what has become of them.

    One parser serves one connection, reply after reply, as long as each was `reusable`: creating one costs more than
    a reply's parsing. Informational replies and trailers are parsed and dropped. Whatever is not body (heads,
    informational replies, chunk extensions, trailers) may run to MAX_HEAD_BYTES between two pieces of body.
    """

    __slots__ = (
        "_bodiless",
        "_fields",
        "_llhttp",
        "_overhead_bytes",
        "ended",
        "fault",
        "head_done",
        "headers",
        "piece_bytes",
        "pieces",
        "reason",
        "reusable",
        "status",
    )

    def __init__(self) -> None:
        self.pieces: deque[bytes] = deque()
        self.begin(bodiless=False)
        self._llhttp = HttpResponseParser(self)

    def begin(self, *, bodiless: bool) -> None:
        """Expect a new reply. `bodiless` is for the reply to a HEAD: whatever its headers say, no body follows."""
        self._bodiless = bodiless
        self._fields: list[tuple[bytes, bytes]] = []
        self._overhead_bytes = 0
        self.status = 0
        self.reason = b""
        self.headers: RawHeaders = ()
        self.drop()
        self.head_done = False
        self.ended = False
        self.reusable = False
        self.fault = ""

    def feed(self, data: bytes | memoryview) -> None:
        """Parse what arrived. When it is not a reply, `fault` says why and nothing more may be fed.

        Bytes after the end of the reply are no fault of the reply, but the connection is then not `reusable`.
        """
        before = self.piece_bytes
        self._overhead_bytes += len(data)
        try:
            self._llhttp.feed_data(data)
        except HttpParserUpgrade:
            self._blame("it switched protocols unasked")
        except HttpParserError as error:
            self._blame(str(error))
        if self.piece_bytes != before:
            self._overhead_bytes = 0
        elif self._overhead_bytes > MAX_HEAD_BYTES:
            self._blame(f"its head or framing is longer than {MAX_HEAD_BYTES} bytes")

    def end_of_stream(self) -> bool:
        """The upstream closed in an orderly way; True when the reply is whole now."""
        if self.head_done and not self.fault and _runs_until_close(self.headers):
            self.ended = True
        return self.ended

    def take(self) -> bytes:
        """Body bytes that have arrived and were not taken yet: all that there are, up to about TAKE_BYTES."""
        pieces = self.pieces
        if len(pieces) == 1:
            self.piece_bytes = 0
            return pieces.popleft()
        batch = [pieces.popleft()]
        size = len(batch[0])
        while pieces and size + len(pieces[0]) <= TAKE_BYTES:
            size += len(pieces[0])
            batch.append(pieces.popleft())
        self.piece_bytes -= size
        return b"".join(batch) if len(batch) > 1 else batch[0]

    def drop(self) -> None:
        """Forget what was not taken."""
        self.pieces.clear()
        self.piece_bytes = 0

    def _blame(self, fault: str) -> None:
        self.reusable = False
        if not self.ended:
            self.fault = self.fault or fault

    # What httptools calls. Nothing here may raise: it would surface as an error of the parser.

    def on_message_begin(self) -> None:
        if self.ended:
            self.reusable = False

    def on_status(self, piece: bytes) -> None:
        if not self.head_done:
            self.reason += piece

    def on_header(self, name: bytes, value: bytes) -> None:
        if not self.head_done:
            self._fields.append((name, value))

    def on_headers_complete(self) -> None:
        if self.head_done:
            return
        status = self._llhttp.get_status_code()
        if status < 200:
            self._drop_informational(status)
            return
        fields = self._fields
        if len(fields) > MAX_HEADERS:
            self._blame(f"it has more than {MAX_HEADERS} headers")
        elif self._overhead_bytes > MAX_HEAD_BYTES and _size(fields) > MAX_HEAD_BYTES:
            self._blame(f"its head is longer than {MAX_HEAD_BYTES} bytes")
        else:
            self.status = status
            self.headers = tuple(fields)
            self.head_done = True
            self.ended = self._bodiless

    def on_body(self, piece: bytes) -> None:
        if not self.ended:
            self.pieces.append(piece)
            self.piece_bytes += len(piece)

    def on_message_complete(self) -> None:
        if self.head_done and not self.ended:
            self.ended = True
            self.reusable = self._llhttp.should_keep_alive()

    def _drop_informational(self, status: int) -> None:
        if status < 100:
            self._blame(f"{status} is not a status")
        self._fields = []
        self.reason = b""


def _runs_until_close(headers: RawHeaders) -> bool:
    for name, value in headers:
        lowered = name.lower()
        if lowered == b"content-length":
            return False
        if lowered == b"transfer-encoding" and value.lower().rstrip().endswith(b"chunked"):
            return False
    return True


def _size(fields: list[tuple[bytes, bytes]]) -> int:
    return sum(len(name) + len(value) for name, value in fields)
