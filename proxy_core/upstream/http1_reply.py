"""A reply being read from a connection."""

from collections.abc import Callable

from proxy_core.upstream.failures import UpstreamFailure
from proxy_core.upstream.http1_connection import Http1Connection


class Http1Reply:
    """The Reply of the fast transport: owns its connection until the end was reached or it is closed."""

    __slots__ = (
        "_connection",
        "_failure",
        "_give_back",
        "connect_ms",
        "first_byte_ns",
        "headers",
        "ready_ns",
        "reason",
        "reused",
        "status",
        "written_ns",
    )

    def __init__(self, connection: Http1Connection, give_back: Callable[[Http1Connection], None]) -> None:
        parser = connection.parser
        self.status = parser.status
        self.reason = parser.reason
        self.headers = parser.headers
        self.reused = connection.reused
        self.connect_ms = 0.0 if connection.reused else connection.connect_ms
        self.ready_ns = connection.ready_ns
        self.written_ns = connection.written_ns
        self.first_byte_ns = connection.first_byte_ns
        self._connection: Http1Connection | None = connection
        self._failure: Exception | None = None
        self._give_back = give_back

    async def chunk(self) -> bytes:
        connection = self._connection
        if connection is None:
            return self._again()
        parser = connection.parser
        while not parser.pieces:
            if parser.ended:
                self._release()
                return b""
            if connection.failure is not None:
                raise self._broken(connection.failure)
            try:
                await connection.more()
            except BaseException:  # whoever waited is gone, and the upstream should know at once
                await self.aclose()
                raise
            if self._connection is None:  # closed by another task meanwhile
                return self._again()
        data = parser.take()
        connection.taken()
        return data

    async def aclose(self) -> None:
        if self._connection is not None:
            parser = self._connection.parser
            if parser.pieces or not parser.ended:
                self._failure = RuntimeError("The reply was closed before its end and cannot be read further.")
            self._release()

    def _again(self) -> bytes:
        if self._failure is not None:
            raise self._failure
        return b""

    def _broken(self, failure: UpstreamFailure) -> UpstreamFailure:
        self._failure = failure
        self._release()
        return failure

    def _release(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            self._give_back(connection)
