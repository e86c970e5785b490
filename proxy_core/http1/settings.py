"""How one door behaves: its limits and its patience."""

import ssl
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ServerSettings:
    """Every limit of a door. Times are in seconds, sizes in bytes; meeting one has the outcome told beside it."""

    header_timeout_s: float = 30.0
    """From a request's first byte (or the connection's opening) to the end of its head; then 408."""
    body_timeout_s: float = 60.0
    """Without a byte of a body that is awaited; then 408."""
    keep_alive_s: float = 120.0
    """Between two requests on a connection; then it is closed."""
    write_timeout_s: float = 60.0
    """Without the system taking a byte of what waits for a client (it keeps some megabytes itself); then a reset."""
    linger_s: float = 2.0
    """How long a refused client may go on sending, so that it can read the refusal before the connection ends."""
    max_header_bytes: int = 65_536
    """Request line and headers together; past it 431."""
    max_headers: int = 200
    """Header lines; past it 431."""
    max_connections: int = 1_000
    """Open at once; past it 503."""
    max_pipelined: int = 64
    """Requests that wait behind one in work on the same connection; past it 503 once the others are answered."""
    body_buffer_bytes: int = 262_144
    """Of a body that the application has not taken yet; past it the client is made to wait."""
    write_buffer_bytes: int = 262_144
    """Of a reply that the client has not taken yet; past it the application is made to wait."""
    pipeline_buffer_bytes: int = 65_536
    """Of later requests while one is in work; past it the client is made to wait."""
    unread_body_bytes: int = 65_536
    """Of a body that the application left unread that are read and dropped to keep the connection; past it, closed."""
    backlog: int = 512
    """Connections that the system keeps until they are accepted."""
    drain_s: float = 30.0
    """After a stop: how long requests in work may go on before they are cut."""
    cancel_s: float = 5.0
    """After that cut: how long applications may take to notice before their tasks are cancelled."""
    ssl_context: ssl.SSLContext | None = None
    """Set for TLS (HTTP/1.1 only)."""
    ssl_handshake_timeout_s: float = 10.0
