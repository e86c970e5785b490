"""What a reply looks like on the wire, judged by h11."""

import h11
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from proxy_core.http1.head import Head
from proxy_core.http1.reply import BadReply, Reply, plain_reply

Headers = list[tuple[bytes, bytes]]


def head(method: str = "POST", version: str = "1.1") -> Head:
    return Head(
        method=method,
        version=version,
        target=b"/",
        path="/",
        raw_path=b"/",
        query=b"",
        headers=[],
        raw_headers=(),
        keep_alive=True,
        expects_continue=False,
        length=0,
    )


def wire(reply: Reply, *pieces: bytes) -> bytes:
    return reply.head + b"".join(reply.piece(piece) for piece in pieces) + reply.end()


def judged(data: bytes, method: str = "POST") -> tuple[h11.Response, bytes]:
    """What h11 makes of it. The connection ends after it."""
    client = h11.Connection(h11.CLIENT)
    client.send(h11.Request(method=method, target="/", headers=[("host", "a")]))
    client.send(h11.EndOfMessage())
    client.receive_data(data)
    client.receive_data(b"")
    start = client.next_event()
    assert isinstance(start, h11.Response)
    body = b""
    while not isinstance(event := client.next_event(), h11.EndOfMessage):
        assert isinstance(event, h11.Data)
        body += event.data
    return start, body


NAME = st.text("abcXYZ019-_", min_size=1, max_size=12).map(str.encode)
VALUE = st.text(st.characters(min_codepoint=0x21, max_codepoint=0x7E), max_size=20).map(str.encode)
HEADERS = st.lists(st.tuples(NAME, VALUE), max_size=6)


@settings(deadline=None)
@given(
    st.sampled_from(["POST", "GET", "HEAD"]),
    st.sampled_from(["1.1", "1.0"]),
    st.integers(200, 599),
    HEADERS,
    st.lists(st.binary(max_size=50), max_size=5),
    st.booleans(),
)
def test_any_reply_is_read_as_it_was_meant(
    method: str, version: str, status: int, headers: Headers, pieces: list[bytes], announce: bool
) -> None:
    body = b"".join(pieces)
    length = [(b"Content-Length", b"%d" % len(body))] if announce else []
    reply = Reply(head(method, version), status, [*headers, *length], keep_alive=True)
    start, heard = judged(wire(reply, *pieces), method)
    bodiless = method == "HEAD" or status in (204, 304)
    assert start.status_code == status
    assert heard == (b"" if bodiless else body)
    assert [pair for pair in start.headers.raw_items() if pair in headers] == headers
    if version == "1.0" and not announce and not bodiless:
        assert reply.until_close


@pytest.mark.parametrize(("method", "status"), [("HEAD", 200), ("GET", 204), ("GET", 304)])
def test_a_reply_without_a_body_sends_none(method: str, status: int) -> None:
    reply = Reply(head(method), status, [(b"ETag", b"x")], keep_alive=True)
    assert b"transfer-encoding" not in reply.head
    assert wire(reply, b"dropped") == reply.head


@pytest.mark.parametrize(("method", "status", "kept"), [("HEAD", 200, True), ("GET", 304, True), ("GET", 204, False)])
def test_the_length_of_what_is_not_sent(method: str, status: int, kept: bool) -> None:
    reply = Reply(head(method), status, [(b"Content-Length", b"9")], keep_alive=True)
    assert (b"Content-Length: 9\r\n" in reply.head) is kept
    assert reply.end() == b""


def test_framing_is_the_door_s() -> None:
    given_headers = [
        (b"Transfer-Encoding", b"gzip, chunked"),
        (b"Keep-Alive", b"timeout=5"),
        (b"Connection", b"keep-alive"),
    ]
    reply = Reply(head(), 200, given_headers, keep_alive=True)
    assert reply.head == b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n"


def test_an_upgrade_that_is_asked_for_is_announced() -> None:
    given_headers = [(b"upgrade", b"HTTP/1.1"), (b"connection", b"upgrade"), (b"content-length", b"0")]
    reply = Reply(head(), 426, given_headers, keep_alive=True)
    assert b"upgrade: HTTP/1.1\r\nconnection: upgrade\r\n" in reply.head
    assert reply.keep_alive


@pytest.mark.parametrize(
    "header",
    [
        (b"x", b"a\r\nset-cookie: b"),
        (b"x", b"a\nb"),
        (b"x", b"a\rb"),
        (b"x", b"a\0b"),
        (b"x\r\ny", b"a"),
        (b"x", b"\r\n"),
        (b"content-length", b"-1"),
        (b"content-length", b"1_0"),
        (b"content-length", b"\xb2"),
    ],
)
def test_a_header_that_would_split_the_reply_is_refused(header: tuple[bytes, bytes]) -> None:
    with pytest.raises(BadReply):
        Reply(head(), 200, [header], keep_alive=True)


def test_two_lengths_must_agree() -> None:
    same = [(b"content-length", b"2"), (b"Content-Length", b"2")]
    assert Reply(head(), 200, same, keep_alive=True).head.lower().count(b"content-length") == 1
    with pytest.raises(BadReply):
        Reply(head(), 200, [(b"content-length", b"2"), (b"content-length", b"3")], keep_alive=True)


@pytest.mark.parametrize("status", [0, 100, 101, 199, 600, 1000])
def test_a_status_that_ends_no_request_is_refused(status: int) -> None:
    with pytest.raises(BadReply):
        Reply(head(), status, [], keep_alive=True)


def test_a_body_has_the_length_it_announced() -> None:
    length = [(b"content-length", b"3")]
    reply = Reply(head(), 200, length, keep_alive=True)
    reply.piece(b"ab")
    with pytest.raises(BadReply):
        reply.piece(b"cd")
    reply = Reply(head(), 200, length, keep_alive=True)
    reply.piece(b"ab")
    with pytest.raises(BadReply):
        reply.end()


@pytest.mark.parametrize("status", [400, 405, 408, 417, 431, 500, 503, 505])
def test_a_refusal_is_a_whole_reply(status: int) -> None:
    start, body = judged(plain_reply(status, "No: é."))
    assert start.status_code == status
    assert body == "No: é.\n".encode()
    assert (b"connection", b"close") in start.headers.raw_items()
