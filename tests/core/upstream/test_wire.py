"""What a call looks like on the wire."""

import pytest

from proxy_core.upstream.origin import Origin
from proxy_core.upstream.transport import Call, RawHeaders
from proxy_core.upstream.wire import request_head

ORIGIN = Origin("https", "a.example", 443)


def call(
    headers: RawHeaders = (), body: bytes = b"", *, method: bytes = b"POST", target: bytes = b"/v1/messages?beta=true"
) -> Call:
    return Call(ORIGIN, method, target, headers, body)


def test_names_order_and_duplicates_stay() -> None:
    head = request_head(call(((b"X-B", b"1"), (b"x-a", b"2"), (b"X-B", b"3")), b"{}"))
    assert head == (
        b"POST /v1/messages?beta=true HTTP/1.1\r\nhost: a.example\r\n"
        b"X-B: 1\r\nx-a: 2\r\nX-B: 3\r\ncontent-length: 2\r\n\r\n"
    )


def test_host_and_length_of_the_caller_stay_where_they_are() -> None:
    head = request_head(call(((b"A", b"1"), (b"Content-Length", b"2"), (b"HOST", b"b.example")), b"{}"))
    assert head.endswith(b"HTTP/1.1\r\nA: 1\r\nContent-Length: 2\r\nHOST: b.example\r\n\r\n")


@pytest.mark.parametrize(("method", "stated"), [(b"POST", True), (b"PUT", True), (b"GET", False), (b"HEAD", False)])
def test_an_empty_body_is_stated_where_one_is_expected(method: bytes, stated: bool) -> None:
    assert (b"content-length: 0" in request_head(call(method=method))) is stated


@pytest.mark.parametrize(
    "bad",
    [
        call(((b"X", b"a\r\nEvil: 1"),)),
        call(((b"X", b"a\nEvil: 1"),)),
        call(((b"X", b"a\rEvil: 1"),)),
        call(((b"X", b"a\0"),)),
        call(((b"X\r\nEvil", b"a"),)),
        call(((b"", b"a"),)),
        call(target=b"/a b"),
        call(target=b""),
        call(target=b"/a\r\nEvil: 1"),
        call(method=b"GET /x"),
        call(method=b""),
        call(((b"Transfer-Encoding", b"chunked"),)),
        call(((b"Content-Length", b"3"),), b"{}"),
        call(((b"Content-Length", b"2"), (b"content-length", b"2")), b"{}"),
    ],
)
def test_what_could_be_read_as_another_request_is_refused(bad: Call) -> None:
    with pytest.raises(ValueError, match=r"^[^\n]*\.$"):
        request_head(bad)
