"""A reply on its way: what was given to the transport, and what waits for the first bytes of body."""

from collections.abc import Callable, Iterable

from proxy_core.http1.head import Head
from proxy_core.http1.reply import BadReply, Reply

JOIN_BYTES = 65_536  # up to here one copy is cheaper than a second system call


class Outgoing:
    """Writes a reply piece by piece."""

    __slots__ = ("_head", "_reply", "_write")

    def __init__(self, write: Callable[[bytes], None]) -> None:
        self._write = write
        self._reply: Reply | None = None
        self._head = b""  # not written yet

    @property
    def head_sent(self) -> bool:
        """Some of it is on its way, so that no other reply can be sent instead."""
        return self._reply is not None and not self._head

    @property
    def until_close(self) -> bool:
        """Only a reset tells the client that this reply is not whole."""
        return self._reply is not None and self._reply.until_close

    def start(self, request: Head, status: int, headers: Iterable[tuple[bytes, bytes]], *, keep_alive: bool) -> None:
        """Raises BadReply for a head that HTTP does not allow, or for a second one."""
        if self._reply is not None:
            raise BadReply("The application started its reply twice.")
        self._reply = Reply(request, status, headers, keep_alive=keep_alive)
        self._head = self._reply.head

    def flush(self) -> None:
        """Let the head go without a body."""
        if self._head:
            head, self._head = self._head, b""
            self._write(head)

    def piece(self, body: bytes) -> None:
        data = self._open().piece(body)
        if data:
            self._send(data)

    def finish(self, body: bytes) -> bool:
        """Whether the connection can be used again."""
        reply = self._open()
        data, end = reply.piece(body), reply.end()
        if end:
            data += end
        if data or self._head:
            self._send(data)
        return reply.keep_alive

    def forget(self) -> None:
        """Drop what was not written."""
        self._head = b""

    def _open(self) -> Reply:
        if self._reply is None:
            raise BadReply("The application sent body before it started a reply.")
        return self._reply

    def _send(self, data: bytes) -> None:
        if self._head:
            if len(data) > JOIN_BYTES:
                self.flush()
            else:
                data, self._head = self._head + data, b""
        self._write(data)
