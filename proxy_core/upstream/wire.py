"""A Call, written down as an HTTP/1.1 request."""

from proxy_core.upstream.transport import Call, RawHeaders

_METHODS_WITH_LENGTH = frozenset((b"POST", b"PUT", b"PATCH"))


def wire_headers(call: Call) -> RawHeaders:
    """The call's headers as they are, with `host` in front and `content-length` behind where they are missing.

    Raises ValueError for what would reach the upstream as something other than this one request.
    """
    names = {name.lower() for name, _ in call.headers}
    if b"transfer-encoding" in names or b"" in names:
        raise ValueError("A call is sent whole: no transfer-encoding, and no header without a name.")
    headers = call.headers
    if b"content-length" in names:
        _check_length(call)
    elif call.body or call.method in _METHODS_WITH_LENGTH:
        headers = (*headers, (b"content-length", b"%d" % len(call.body)))
    return headers if b"host" in names else ((b"host", call.origin.host_header), *headers)


def request_head(call: Call) -> bytes:
    """Request line and headers, up to and with the empty line; raises ValueError as `wire_headers` does."""
    if not call.method or not call.target or b" " in call.target or b" " in call.method:
        raise ValueError("A call needs a method and a target, both without spaces.")
    lines = [b"%b %b HTTP/1.1" % (call.method, call.target)]
    lines += [name + b": " + value for name, value in wire_headers(call)]
    lines += (b"", b"")
    head = b"\r\n".join(lines)
    breaks = len(lines) - 1
    if head.count(b"\n") != breaks or head.count(b"\r") != breaks or b"\0" in head:
        raise ValueError("A call must not have line breaks or NUL bytes in its method, target or headers.")
    return head


def _check_length(call: Call) -> None:
    stated = [value for name, value in call.headers if name.lower() == b"content-length"]
    if stated != [b"%d" % len(call.body)]:
        raise ValueError("The content-length header of a call must be the length of its body.")
