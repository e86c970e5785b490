"""A server that remembers what it was asked, and the exchanges that are copied to be sent to it."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from tests.tui.scene import arrival, settled_record
from tokenman_tui.feeds.copying import Exchange
from tokenman_tui.feeds.kept import Headers, Kept

HEADERS = (("content-type", "application/json"), ("x-api-key", "****"))


@dataclass(frozen=True)
class Asked:
    method: str
    path: str
    headers: dict[str, str]
    body: bytes


@dataclass
class Listener:
    url: str = ""
    asked: list[Asked] = field(default_factory=list)


@contextmanager
def listening(reply: bytes = b"{}", kind: str = "application/json") -> Iterator[Listener]:
    found = Listener()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("content-length", 0)))
            headers = {name.lower(): value for name, value in self.headers.items()}
            found.asked.append(Asked(self.command, self.path, headers, body))
            self.send_response(200)
            self.send_header("content-type", kind)
            self.send_header("content-length", str(len(reply)))
            self.end_headers()
            self.wfile.write(reply)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        found.url = f"http://127.0.0.1:{server.server_port}"
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield found
        finally:
            server.shutdown()
            thread.join()


def exchange(
    url: str,
    body: bytes,
    *,
    path: str = "/v1/messages",
    headers: Headers = HEADERS,
    dialect: str = "anthropic",
) -> Exchange:
    kept = Kept(headers, body, (), b'{"ok": true}', (), truncated=False)
    return Exchange(settled_record(arrival(number=7, path=path, dialect=dialect)), kept, url)
