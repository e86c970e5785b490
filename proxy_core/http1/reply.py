"""A reply into bytes: its head, and how its body is delimited."""

from collections.abc import Iterable
from http import HTTPStatus

from proxy_core.http1.head import Head

STATUS_LINES = {code: b"HTTP/1.1 %d \r\n" % code for code in range(200, 600)} | {
    status.value: f"HTTP/1.1 {status.value} {status.phrase}\r\n".encode() for status in HTTPStatus if status >= 200
}
OURS = frozenset((b"content-length", b"transfer-encoding", b"connection", b"keep-alive"))


class BadReply(RuntimeError):
    """The application broke ASGI or HTTP; its reply cannot be completed."""


class Reply:
    """One reply under way. `keep_alive` tells whether the connection can be used again after it."""

    __slots__ = ("_bodiless", "_chunked", "_remaining_bytes", "head", "keep_alive", "until_close")

    def __init__(self, request: Head, status: int, headers: Iterable[tuple[bytes, bytes]], *, keep_alive: bool) -> None:
        """Raises BadReply for a head that HTTP does not allow. `headers` are sent in their order and case."""
        if status not in STATUS_LINES:
            raise BadReply(f"The application replied with the status {status}, which cannot end a request.")
        self.keep_alive = keep_alive
        self._bodiless = request.method == "HEAD" or status in (204, 304)
        self._remaining_bytes: int | None = None
        lines = [STATUS_LINES[status]]
        for name, value in headers:
            if name.lower() not in OURS or self._passes(name.lower(), value, status):
                lines.append(b"%b: %b\r\n" % (name, value))
        self._frame(lines, request.version)
        self.head = _sealed(lines)

    def _passes(self, name: bytes, value: bytes, status: int) -> bool:
        """Whether a header that concerns the connection is sent as the application gave it."""
        if name == b"content-length":
            first = self._remaining_bytes is None
            self._remaining_bytes = _length(value, self._remaining_bytes)
            return first and status != 204
        if name != b"connection":
            return False
        if b"close" in value.lower():
            self.keep_alive = False
            return False
        return value.lower() != b"keep-alive"

    def _frame(self, lines: list[bytes], version: str) -> None:
        framed = self._remaining_bytes is not None or self._bodiless
        self._chunked = not framed and version == "1.1"
        self.until_close = not framed and not self._chunked
        if self.until_close:
            self.keep_alive = False
        if self._chunked:
            lines.append(b"transfer-encoding: chunked\r\n")
        if not self.keep_alive:
            lines.append(b"connection: close\r\n")
        elif version == "1.0":
            lines.append(b"connection: keep-alive\r\n")

    def piece(self, body: bytes) -> bytes:
        """What goes on the wire for a piece of the body. Raises BadReply past the announced length."""
        if self._bodiless or not body:
            return b""
        if self._chunked:
            return b"%x\r\n%b\r\n" % (len(body), body)
        if self._remaining_bytes is not None:
            self._remaining_bytes -= len(body)
            if self._remaining_bytes < 0:
                raise BadReply("The application sent more body than the content-length it announced.")
        return body

    def end(self) -> bytes:
        """What ends the body on the wire. Raises BadReply before the announced length."""
        if self._remaining_bytes and not self._bodiless:
            raise BadReply("The application sent less body than the content-length it announced.")
        return b"0\r\n\r\n" if self._chunked else b""


def _length(value: bytes, earlier: int | None) -> int:
    if not value.isdigit() or (earlier is not None and earlier != int(value)):
        raise BadReply("The application announced a content-length that is not one number.")
    return int(value)


def _sealed(lines: list[bytes]) -> bytes:
    head = b"".join(lines)
    # One search over the whole head finds a line end smuggled into any name or value.
    if head.count(b"\n") != len(lines) or head.count(b"\r") != len(lines) or b"\0" in head:
        raise BadReply("The application gave a header that holds a line end or a NUL.")
    return head + b"\r\n"


def plain_reply(status: int, reason: str) -> bytes:
    """A whole reply of the door's own, after which it closes the connection. `reason` is one sentence."""
    body = f"{reason}\n".encode()
    return b"%bcontent-type: text/plain; charset=utf-8\r\ncontent-length: %d\r\nconnection: close\r\n\r\n%b" % (
        STATUS_LINES[status],
        len(body),
        body,
    )
