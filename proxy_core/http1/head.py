"""A request's head: checked, and cut into the parts that ASGI names."""

from dataclasses import dataclass
from urllib.parse import unquote_to_bytes

from proxy_core.http1.asgi import Headers, RawHeaders

UNIQUE = (b"host", b"content-length", b"transfer-encoding", b"expect")


class Refused(ValueError):
    """A request that the door answers itself, and whose connection it then closes."""

    def __init__(self, status: int, reason: str) -> None:
        super().__init__(reason)
        self.status = status
        self.reason = reason


@dataclass(slots=True)
class Head:
    """Everything before the body. `path` is decoded; `raw_path` and `query` are the client's own bytes, and so is
    `target`, which is both of them and tells a query that is empty from one that is not there."""

    method: str
    version: str
    target: bytes
    path: str
    raw_path: bytes
    query: bytes
    headers: Headers
    raw_headers: RawHeaders
    keep_alive: bool
    expects_continue: bool
    length: int | None
    """Bytes of the body: None when it comes in chunks."""


def read_head(method: bytes, version: str, target: bytes, raw_headers: RawHeaders, *, keep_alive: bool) -> Head:
    """Check what the parser leaves open. Raises Refused."""
    headers = [(name.lower(), value) for name, value in raw_headers]
    fields = dict(headers)
    if len(fields) != len(headers):
        _refuse_duplicates(headers)
    _check_version(version, fields)
    target = _origin_form(method, target, fields)
    raw_path, _, query = target.partition(b"?")
    return Head(
        method.decode("ascii"),
        version,
        target,
        _decoded(raw_path),
        raw_path,
        query,
        headers,
        raw_headers,
        keep_alive,
        version == "1.1" and b"expect" in fields and _expects_continue(fields[b"expect"]),
        _body_length(version, fields),
    )


def _refuse_duplicates(headers: Headers) -> None:
    names = [name for name, _ in headers]
    for name in UNIQUE:
        if names.count(name) > 1:
            raise Refused(400, f"The header {name.decode()} was sent twice.")


def _check_version(version: str, fields: dict[bytes, bytes]) -> None:
    if version == "1.1":
        if b"host" not in fields:
            raise Refused(400, "An HTTP/1.1 request needs a Host header.")
    elif version != "1.0":
        raise Refused(505, "Only HTTP/1.1 and HTTP/1.0 are served here.")


def _origin_form(method: bytes, target: bytes, fields: dict[bytes, bytes]) -> bytes:
    if method == b"CONNECT":
        raise Refused(405, "CONNECT is not served here: set the base URL of the client instead of a proxy.")
    if target.startswith(b"/"):
        return target
    if target == b"*" and method == b"OPTIONS":
        return target
    scheme, found, rest = target.partition(b"://")
    if not found or scheme.lower() not in (b"http", b"https"):
        raise Refused(400, "The request target is neither a path nor an http URL.")
    return _without_authority(rest, fields.get(b"host"))


def _without_authority(rest: bytes, host: bytes | None) -> bytes:
    end = min((at for at in (rest.find(b"/"), rest.find(b"?")) if at >= 0), default=len(rest))
    authority, target = rest[:end], rest[end:]
    if host is not None and authority.lower() != host.lower():
        raise Refused(400, "The request target and the Host header name two hosts.")
    return target if target.startswith(b"/") else b"/" + target


def _decoded(raw_path: bytes) -> str:
    if b"%" in raw_path:
        raw_path = unquote_to_bytes(raw_path)
    return raw_path.decode("utf-8", "replace")


def _expects_continue(value: bytes) -> bool:
    if value.lower() != b"100-continue":
        raise Refused(417, "The only expectation that is met here is 100-continue.")
    return True


def _body_length(version: str, fields: dict[bytes, bytes]) -> int | None:
    coding = fields.get(b"transfer-encoding")
    if coding is None:
        return int(fields.get(b"content-length", b"0"))
    if version == "1.0" or coding.lower() != b"chunked":
        raise Refused(400, "The only transfer encoding that is read here is chunked, in HTTP/1.1.")
    return None
