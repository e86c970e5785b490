"""An HTTP/1.1 server for one ASGI application, light enough to stand in front of every request.

hypercorn is the host elsewhere; on the proxied path its h11 parser, its task group per connection and its queue per
request cost several times what the rest of the path does. This one parses with llhttp and calls the application
directly. It has no HTTP/2, no WebSocket and no lifespan: a request to upgrade is an ordinary request.
"""

from proxy_core.http1.asgi import ASGIApp, ASGIMessage, Headers, RawHeaders, Receive, Scope, Send
from proxy_core.http1.connection import BodyTooLarge, ClientGone, Connection, connection_of
from proxy_core.http1.server import serve
from proxy_core.http1.settings import ServerSettings

__all__ = [
    "ASGIApp",
    "ASGIMessage",
    "BodyTooLarge",
    "ClientGone",
    "Connection",
    "Headers",
    "RawHeaders",
    "Receive",
    "Scope",
    "Send",
    "ServerSettings",
    "connection_of",
    "serve",
]
