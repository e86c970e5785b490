"""One connection: bytes in, cycles in order, bytes out, and every wait bounded."""

import asyncio
import socket
import struct
from collections import deque
from math import inf
from typing import Any, cast

from proxy_core.http1.cycle import Cycle
from proxy_core.http1.head import Head, Refused
from proxy_core.http1.reader import RequestReader
from proxy_core.http1.reply import plain_reply
from proxy_core.http1.service import Service

ASGI = {"version": "3.0", "spec_version": "2.4"}
CONTINUE = b"HTTP/1.1 100 Continue\r\n\r\n"
RESET_ON_CLOSE = struct.pack("ii", 1, 0)
REFUSALS = 64  # connections past the limit that are told so; the ones past these are dropped


class ServerProtocol(asyncio.Protocol):
    """Implements Wire for its cycles, RequestSink for its reader, Guest for its service."""

    __slots__ = (
        "_cycle",
        "_deadline_s",
        "_held",
        "_held_bytes",
        "_lingering",
        "_queue",
        "_reader",
        "_reading",
        "_receiving",
        "_refusal",
        "_scope",
        "_service",
        "_settings",
        "_stall_deadline_s",
        "_taken_bytes",
        "_transport",
        "_written_bytes",
        "loop",
        "writable",
    )

    def __init__(self, service: Service) -> None:
        self._service = service
        self._settings = settings = service.settings
        self.loop = service.loop
        self.writable = True
        self._reader = RequestReader(self, settings.max_header_bytes, settings.max_headers)
        self._transport: asyncio.Transport
        self._scope: dict[str, Any]
        self._cycle: Cycle | None = None  # at work
        self._receiving: Cycle | None = None  # its body is on its way
        self._queue: deque[Cycle] = deque()  # pipelined behind the one at work
        self._held: list[bytes] = []  # not parsed yet, because a request is at work
        self._held_bytes = 0
        self._reading = True
        self._refusal: Refused | None = None
        self._lingering = False
        self._deadline_s = inf
        self._written_bytes = 0
        self._taken_bytes = 0
        self._stall_deadline_s = inf

    # Called by the loop.

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        service, settings = self._service, self._settings
        self._transport = cast("asyncio.Transport", transport)
        service.guests.add(self)
        guests = len(service.guests)
        if service.stopping or guests > settings.max_connections + REFUSALS:
            self._transport.abort()
        elif guests > settings.max_connections:
            self.refuse(503, "The proxy has too many connections open; close some, or try again.")
        else:
            self._transport.set_write_buffer_limits(settings.write_buffer_bytes)
            self._scope = _scope_of(self._transport)
            self._wait(settings.header_timeout_s)

    def data_received(self, data: bytes) -> None:
        if self._lingering or self._refusal or self._reader.finished:
            return
        if self._holds():
            self._hold(data)
        else:
            self._read(data)

    def eof_received(self) -> None:
        # A client that shuts only its sending side cannot be told from one that is gone, and no HTTP client does it.
        self._disconnect()

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002
        self._disconnect()
        self._held.clear()
        self._service.left(self)

    def pause_writing(self) -> None:
        self.writable = False

    def resume_writing(self) -> None:
        self.writable = True
        if self._cycle is not None:
            self._cycle.wake()

    # Called by the reader, inside of feed.

    def head_received(self, head: Head) -> None:
        if len(self._queue) >= self._settings.max_pipelined:
            raise Refused(503, "Too many requests were sent ahead of their replies.")
        self._receiving = cycle = Cycle(self, head)
        self._queue.append(cycle)

    def body_received(self, piece: bytes) -> None:
        if self._receiving is not None:
            self._receiving.push(piece)

    def request_received(self) -> None:
        cycle, self._receiving = self._receiving, None
        if cycle is not None:
            cycle.end()

    # Requests, in order.

    def _read(self, data: bytes) -> None:
        was_in_head = self._reader.in_head
        try:
            self._reader.feed(data)
        except Refused as refused:
            self._refused(refused)
        if self._cycle is None:
            self._begin_next()
        elif self._cycle.replied and self._cycle.received:
            self._cycle = None
            self._begin_next()
        if self._receiving is not None and self._receiving.buffered_bytes > self._settings.body_buffer_bytes:
            self._pause_reading()
        self._wait_for_request(was_in_head=was_in_head)

    def _begin_next(self) -> None:
        if self._queue:
            self._cycle = cycle = self._queue.popleft()
            self._service.app_started()
            self._service.spawn(self._run(cycle))
        elif self._refusal is not None:
            self.refuse(self._refusal.status, self._refusal.reason)

    async def _run(self, cycle: Cycle) -> None:
        head, service = cycle.head, self._service
        scope = self._scope | {
            "http_version": head.version,
            "method": head.method,
            "path": head.path,
            "raw_path": head.raw_path,
            "query_string": head.query,
            "headers": head.headers,
        }
        try:
            await cycle.run(service.app, scope, service.on_error)
        finally:
            service.app_ended()

    def _wait_for_request(self, *, was_in_head: bool) -> None:
        cycle, settings = self._cycle, self._settings
        if self._lingering:
            return
        if cycle is None:
            if self._reader.in_head and not was_in_head:
                self._wait(settings.header_timeout_s)
        elif cycle.received or not self._reading:
            self._deadline_s = inf
        else:
            self._wait(settings.body_timeout_s)

    def _wait(self, patience_s: float) -> None:
        self._deadline_s = self.loop.time() + patience_s

    def _hold(self, data: bytes) -> None:
        self._held.append(data)
        self._held_bytes += len(data)
        if self._held_bytes > self._settings.pipeline_buffer_bytes:
            self._pause_reading()

    def _refused(self, refused: Refused) -> None:
        """Answer those before it first; a request that is cut in the middle has no answer but this one."""
        self._refusal = refused
        cut, self._receiving = self._receiving, None
        if cut is None:
            return
        if cut is self._cycle:
            self._cut(cut, refused)
        else:
            self._queue.remove(cut)

    def _cut(self, cycle: Cycle, refused: Refused) -> None:
        if cycle.head_sent:
            self.abort()
        else:
            cycle.disconnect()
            self.refuse(refused.status, refused.reason)

    # Wire, for the cycles.

    def write(self, data: bytes) -> None:
        if not self._transport.is_closing():
            self._written_bytes += len(data)
            self._transport.write(data)

    def ask_for_body(self, cycle: Cycle) -> None:
        if cycle.head.expects_continue and not cycle.received_bytes and not cycle.head_sent:
            cycle.head.expects_continue = False
            self.write(CONTINUE)

    def body_taken(self, cycle: Cycle) -> None:
        cycle.buffered_bytes = 0
        if not self._reading and self._receiving is cycle:
            self._resume_reading()
            self._wait(self._settings.body_timeout_s)

    def may_keep_alive(self, cycle: Cycle) -> bool:
        if not cycle.head.keep_alive or self._service.stopping:
            return False
        if cycle.received:
            return True
        length = cycle.head.length
        if length is None or cycle.head.expects_continue:
            return False
        return length - cycle.received_bytes <= self._settings.unread_body_bytes

    def reply_sent(self, cycle: Cycle, *, keep_alive: bool) -> None:
        if not keep_alive or self._service.stopping:
            self._close(cycle)
        elif not cycle.received:
            self._resume_reading()
            self._wait(self._settings.body_timeout_s)
        elif self._queue or self._held or self._refusal is not None:
            # Not from here: the next reply may be complete at once, and so may the one after it.
            self.loop.call_soon(self._go_on, cycle)
        else:
            self._cycle = None
            self._wait_idle()

    def _go_on(self, cycle: Cycle) -> None:
        if self._cycle is not cycle or self._transport.is_closing():
            return
        self._cycle = None
        self._wait_idle()
        if self._queue or self._refusal is not None:
            self._begin_next()
            self._wait_for_request(was_in_head=True)
        if self._held and not self._holds():
            data = b"".join(self._held)
            self._held, self._held_bytes = [], 0
            self._resume_reading()
            self._read(data)

    def _holds(self) -> bool:
        return self._cycle is not None and self._cycle.received

    def _wait_idle(self) -> None:
        settings = self._settings
        self._wait(settings.header_timeout_s if self._reader.in_head else settings.keep_alive_s)

    def fail(self, cycle: Cycle, *, reset: bool) -> None:
        """End a reply in the middle, so that the client cannot take it for a whole one."""
        connection = self._transport.get_extra_info("socket")
        if reset and connection is not None:
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET_ON_CLOSE)
        cycle.disconnect()
        self.abort()

    def refuse(self, status: int, reason: str) -> None:
        self.write(plain_reply(status, reason))
        self._linger()

    # The end of the connection.

    def _close(self, cycle: Cycle) -> None:
        if cycle.received and not self._held:
            self._transport.close()
        else:
            self._linger()

    def _linger(self) -> None:
        """Close, but let the client read the reply first: unread bytes at a close make the system reset it."""
        self._lingering = True
        self._held.clear()
        self._queue.clear()
        self._wait(self._settings.linger_s)
        if self._transport.can_write_eof() and not self._transport.is_closing():
            self._transport.write_eof()
        self._resume_reading()

    def _disconnect(self) -> None:
        self._queue.clear()
        if self._cycle is not None:
            self._cycle.disconnect()

    def abort(self) -> None:
        self._transport.abort()

    def stop(self) -> None:
        if self._cycle is None and not self._reader.in_head and not self._lingering:
            self._transport.close()

    # Time.

    def tick(self, now_s: float) -> None:
        """Look at the clock: called a few times within the shortest patience."""
        self._check_writing(now_s)
        if now_s >= self._deadline_s:
            self._deadline_s = inf
            self._expire()

    def _check_writing(self, now_s: float) -> None:
        waiting_bytes = self._transport.get_write_buffer_size()
        taken_bytes = self._written_bytes - waiting_bytes
        if not waiting_bytes or taken_bytes != self._taken_bytes:
            self._taken_bytes = taken_bytes
            self._stall_deadline_s = now_s + self._settings.write_timeout_s
        elif now_s >= self._stall_deadline_s:
            self.abort()

    def _expire(self) -> None:
        cycle = self._cycle
        if self._lingering:
            self._end_lingering()
        elif cycle is None:
            if self._reader.in_head:
                self.refuse(408, "The request's head did not arrive in time.")
            else:
                self._transport.close()
        elif cycle.replied:
            self._linger()
        else:
            self._cut(cycle, Refused(408, "The request's body did not arrive in time."))

    def _end_lingering(self) -> None:
        if self._transport.get_write_buffer_size():
            self._wait(self._settings.linger_s)  # a client that reads slowly is bounded by the write timeout
        else:
            self.abort()

    def _pause_reading(self) -> None:
        if self._reading and not self._transport.is_closing():
            self._reading = False
            self._transport.pause_reading()

    def _resume_reading(self) -> None:
        if not self._reading and not self._transport.is_closing():
            self._reading = True
            self._transport.resume_reading()


def _scope_of(transport: asyncio.Transport) -> dict[str, Any]:
    """What the requests of a connection have in common."""
    peer, own = transport.get_extra_info("peername"), transport.get_extra_info("sockname")
    return {
        "type": "http",
        "asgi": ASGI,
        "scheme": "https" if transport.get_extra_info("sslcontext") else "http",
        "root_path": "",
        "client": _address(peer),
        "server": _address(own),
    }


def _address(name: object) -> tuple[str, int] | None:
    return (str(name[0]), int(name[1])) if isinstance(name, tuple) else None
