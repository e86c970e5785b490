"""Framing: the same requests however the bytes are cut, and nothing but a refusal for what is no request."""

import itertools
from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.core.http1.recording import Recording, read

TOKEN = st.text("abcXYZ019-_!#$%&'*+.^`|~", min_size=1, max_size=12).filter(
    lambda name: name.lower() not in ("host", "expect", "upgrade", "connection", "te")
)
VALUE = st.text(st.characters(min_codepoint=0x21, max_codepoint=0xFF, exclude_characters="\x7f"), max_size=20)
HEADERS = st.lists(st.tuples(TOKEN, VALUE), max_size=5)
TARGET = st.text("abc/%2?=&.~;", max_size=20).map(lambda rest: "/" + rest)
BODY = st.binary(max_size=300)


@st.composite
def chunked(draw: st.DrawFn) -> tuple[bytes, bytes]:
    """A body, and the same body in chunks of any size, with extensions and trailers."""
    pieces = draw(st.lists(st.binary(min_size=1, max_size=60), max_size=6))
    extension = draw(st.sampled_from([b"", b";a", b";a=b", b';a="b c"']))
    trailer = draw(st.sampled_from([b"", b"X-Sum: 1\r\n"]))
    wire = b"".join(b"%x%b\r\n%b\r\n" % (len(piece), extension, piece) for piece in pieces)
    return b"".join(pieces), wire + b"0\r\n" + trailer + b"\r\n"


@st.composite
def requests(draw: st.DrawFn) -> tuple[bytes, bytes, str, list[tuple[str, str]]]:
    """(what goes on the wire, the body, the target, the headers)"""
    headers, target = draw(HEADERS), draw(TARGET)
    lines = [f"POST {target} HTTP/1.1", "Host: a", *(f"{name}: {value}" for name, value in headers)]
    if draw(st.booleans()):
        body, wire = draw(chunked())
        lines.append("Transfer-Encoding: chunked")
    else:
        body = wire = draw(BODY)
        lines.append(f"Content-Length: {len(body)}")
    return "\r\n".join([*lines, "", ""]).encode("latin-1") + wire, body, target, headers


def cut(data: bytes, places: Sequence[int]) -> list[bytes]:
    edges = sorted({0, len(data), *(place % (len(data) + 1) for place in places)})
    return [data[start:end] for start, end in itertools.pairwise(edges)]


def seen(recording: Recording) -> list[tuple[bytes, bytes, tuple[tuple[bytes, bytes], ...], bool]]:
    return [(each.head.target, each.body, each.head.raw_headers, each.complete) for each in recording.requests]


@settings(deadline=None)
@given(st.lists(requests(), min_size=1, max_size=4), st.lists(st.integers(0, 5000), max_size=30))
def test_any_cut_of_any_requests_reads_the_same(
    sent: list[tuple[bytes, bytes, str, list[tuple[str, str]]]], places: list[int]
) -> None:
    wire = b"".join(each[0] for each in sent)
    recording = read(*cut(wire, places))
    assert recording.refused is None
    assert [each.body for each in recording.requests] == [body for _, body, _, _ in sent]
    assert all(each.complete for each in recording.requests)
    for heard, (_, _, target, headers) in zip(recording.requests, sent, strict=True):
        assert heard.head.target == target.encode()
        given_headers = [(name.encode(), value.encode("latin-1")) for name, value in headers]
        assert list(heard.head.raw_headers[1:-1]) == given_headers
        assert [name for name, _ in heard.head.headers[1:-1]] == [name.lower() for name, _ in given_headers]


@pytest.mark.parametrize("upgrade", ["", "Connection: Upgrade\r\nUpgrade: h2c\r\n"])
def test_every_single_cut_reads_the_same(upgrade: str) -> None:
    first = f"POST /a?b HTTP/1.1\r\nHost: a\r\n{upgrade}X:  y \r\nContent-Length: 5\r\n\r\nhello".encode()
    second = f"\r\nPUT /c HTTP/1.1\r\nHost: a\r\n{upgrade}Transfer-Encoding: chunked\r\n\r\n".encode()
    wire = first + second + b"3;e\r\nabc\r\n2\r\nde\r\n0\r\nT: x\r\n\r\n" + b"GET / HTTP/1.1\r\nHost: a\r\n\r\n"
    whole = seen(read(wire))
    assert [body for _, body, _, _ in whole] == [b"hello", b"abcde", b""]
    for place in range(len(wire)):
        assert seen(read(wire[:place], wire[place:])) == whole
    assert seen(read(*(wire[place : place + 1] for place in range(len(wire))))) == whole


@settings(deadline=None)
@given(st.binary(max_size=400), st.lists(st.integers(0, 400), max_size=5))
def test_noise_is_refused_or_waits_for_more(noise: bytes, places: list[int]) -> None:
    recording = read(*cut(noise, places))
    assert recording.refused in (None, 400, 405, 417, 431, 505)


@settings(deadline=None)
@given(requests(), st.integers(0, 2000), st.binary(min_size=1, max_size=3))
def test_damage_never_joins_two_requests(
    sent: tuple[bytes, bytes, str, list[tuple[str, str]]], place: int, damage: bytes
) -> None:
    """Whatever happens to the first request, a mark in what follows is never read as part of another request's body,
    unless its own framing says so."""
    wire = bytearray(sent[0])
    at = place % len(wire)
    wire[at : at + len(damage)] = damage
    recording = read(bytes(wire), b"GET /mark HTTP/1.1\r\nHost: a\r\n\r\n")
    for heard in recording.requests:
        if heard.head.length is not None:
            assert len(heard.body) <= heard.head.length
            assert heard.complete is (len(heard.body) == heard.head.length)


def test_a_body_of_one_byte_chunks_is_read() -> None:
    wire = b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n" + b"1\r\nx\r\n" * 50_000 + b"0\r\n\r\n"
    recording = read(*cut(wire, range(0, len(wire), 60_000)))
    assert recording.refused is None
    assert len(recording.requests[0].body) == 50_000


@pytest.mark.parametrize(
    "flood", [b"1;" + b"x" * 300_000, b"0\r\nT: " + b"x" * 300_000, b"0\r\n" + b"a: b\r\n" * 50_000]
)
def test_framing_without_content_is_refused(flood: bytes) -> None:
    wire = b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n" + flood
    recording = read(*cut(wire, range(0, len(wire), 60_000)))
    assert recording.refused == 400
    assert recording.requests[0].body == b""


def test_a_head_is_bounded_in_bytes_and_lines() -> None:
    start = b"GET / HTTP/1.1\r\nHost: a\r\n"
    assert read(start + b"X: " + b"x" * 900 + b"\r\n\r\n", max_header_bytes=1000).refused is None
    assert read(start + b"X: " + b"x" * 1000 + b"\r\n\r\n", max_header_bytes=1000).refused == 431
    assert read(start + b"X: " + b"x" * 1000, max_header_bytes=1000).refused == 431
    assert read(b"GET /" + b"x" * 1000, max_header_bytes=1000).refused == 431
    assert read(start + b"a: b\r\n" * 9 + b"\r\n", max_headers=10).refused is None
    assert read(start + b"a: b\r\n" * 10 + b"\r\n", max_headers=10).refused == 431
    assert read(*([b"\r\n"] * 501), max_header_bytes=1000).refused == 431


def test_the_end_of_a_large_body_does_not_count_for_the_next_head() -> None:
    first = b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5000\r\n\r\n" + b"x" * 5000
    second = b"GET / HTTP/1.1\r\nHost: a\r\nX: " + b"y" * 800 + b"\r\n\r\n"
    for place in range(len(first) + 5, len(first + second), 50):
        wire = first + second
        recording = read(wire[:place], wire[place:], max_header_bytes=1000)
        assert recording.refused is None
        assert len(recording.requests) == 2


def test_a_large_head_behind_a_body_is_refused_however_it_is_cut() -> None:
    first = b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 500\r\n\r\n" + b"x" * 500
    second = b"GET / HTTP/1.1\r\nHost: a\r\nX: " + b"y" * 1000 + b"\r\n\r\n"
    wire = first + second
    for place in range(len(wire)):
        assert read(wire[:place], wire[place:], max_header_bytes=1000).refused == 431


def test_nothing_is_read_after_the_last_request() -> None:
    last = b"GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"
    for more in (last, b"\x00noise", b"GET"):
        recording = read(last + more)
        assert (recording.refused, len(recording.requests)) == (None, 1)
