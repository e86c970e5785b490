"""Replies as bytes, however they are cut."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from proxy_core.upstream.reply_parser import MAX_HEAD_BYTES, MAX_HEADERS, TAKE_BYTES, ReplyParser

CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"

WHOLE = [
    b"HTTP/1.1 200 All Well\r\nX-Case: A\r\nx-case: b\r\nContent-Length: 5\r\n\r\nhello",
    CHUNKED + b"3;ext=1\r\nhel\r\n2\r\nlo\r\n0\r\nX-Trailer: 1\r\n\r\n",
    b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early\r\nLink: x\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok",
    b"HTTP/1.1 204 No Content\r\nX-A:\r\n\r\n",
    b"HTTP/1.1 304 Not Modified\r\nContent-Length: 10\r\n\r\n",
    b"HTTP/1.1 529\r\nContent-Length: 0\r\n\r\n",
    b"HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\nok",
    b"HTTP/1.0 200 OK\r\nConnection: keep-alive\r\nContent-Length: 2\r\n\r\nok",
    b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok",
]

Parsed = tuple[int, bytes, object, bytes, bool, bool]


def parse(*pieces: bytes, bodiless: bool = False) -> ReplyParser:
    parser = ReplyParser()
    parser.begin(bodiless=bodiless)
    for piece in pieces:
        parser.feed(piece)
    return parser


def take_all(parser: ReplyParser) -> bytes:
    taken = b""
    while parser.pieces:
        taken += parser.take()
    return taken


def seen(parser: ReplyParser) -> Parsed:
    assert parser.fault == ""
    return parser.status, parser.reason, parser.headers, take_all(parser), parser.ended, parser.reusable


@pytest.mark.parametrize("raw", WHOLE)
def test_every_cut_in_two_parses_the_same(raw: bytes) -> None:
    whole = seen(parse(raw))
    assert whole[4]
    for cut in range(1, len(raw)):
        assert seen(parse(raw[:cut], raw[cut:])) == whole


@pytest.mark.parametrize("raw", WHOLE)
def test_byte_by_byte_parses_the_same(raw: bytes) -> None:
    assert seen(parse(*(raw[i : i + 1] for i in range(len(raw))))) == seen(parse(raw))


@pytest.mark.parametrize("raw", WHOLE)
def test_every_beginning_is_incomplete_and_no_fault(raw: bytes) -> None:
    for cut in range(len(raw)):
        parser = parse(raw[:cut])
        assert not parser.fault
        assert not parser.ended
        assert not parser.end_of_stream()


def test_only_the_final_reply_is_seen() -> None:
    parser = parse(WHOLE[2])
    assert (parser.status, parser.reason, parser.headers) == (200, b"OK", ((b"Content-Length", b"2"),))


def test_trailers_are_no_headers() -> None:
    assert parse(WHOLE[1]).headers == ((b"Transfer-Encoding", b"chunked"),)


@pytest.mark.parametrize(("raw", "reusable"), list(zip(WHOLE, [1, 1, 1, 1, 1, 1, 0, 1, 0], strict=True)))
def test_keep_alive_is_what_version_and_header_say(raw: bytes, reusable: int) -> None:
    assert parse(raw).reusable is bool(reusable)


@pytest.mark.parametrize("length", [b"Content-Length: 9\r\n", b"Transfer-Encoding: chunked\r\n", b""])
def test_a_head_has_no_body_and_its_connection_is_not_kept(length: bytes) -> None:
    parser = parse(b"HTTP/1.1 200 OK\r\n" + length + b"\r\n", bodiless=True)
    assert parser.ended
    assert not parser.reusable


@pytest.mark.parametrize("how", [b"", b"Connection: keep-alive\r\n", b"Transfer-Encoding: gzip\r\n"])
def test_without_a_length_the_body_runs_until_close(how: bytes) -> None:
    parser = parse(b"HTTP/1.1 200 OK\r\n" + how + b"\r\nab", b"cd")
    assert not parser.ended
    assert parser.end_of_stream()
    assert parser.take() == b"abcd"
    assert not parser.reusable


@pytest.mark.parametrize(
    "raw",
    [
        b"hello",
        b"<html>",
        b"\x16\x03\x01\x02\x00",
        b"HTTP/2 200 OK\r\n\r\n",
        b"HTTP/1.1 OK\r\n\r\n",
        b"HTTP/1.1 1000 OK\r\n\r\n",
        b"HTTP/1.1 000 OK\r\nContent-Length: 0\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nbad header\r\n\r\n",
        b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: h2c\r\nConnection: upgrade\r\n\r\n",
        b"HTTP/1.1 101 Switching Protocols\r\n\r\n",
    ],
)
def test_garbage_is_a_fault_wherever_it_is_cut(raw: bytes) -> None:
    assert parse(raw).fault
    for cut in range(1, len(raw)):
        parser = parse(raw[:cut])
        if not parser.fault:
            parser.feed(raw[cut:])
        assert parser.fault
        assert not parser.head_done


def test_garbage_in_the_body_comes_after_what_was_good() -> None:
    parser = parse(CHUNKED + b"3\r\nabc\r\nzz\r\n")
    assert parser.head_done
    assert parser.fault
    assert not parser.ended
    assert parser.take() == b"abc"


@pytest.mark.parametrize("extra", [b"H", b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nx", b"garbage", b"0\r\n\r\n"])
def test_bytes_after_the_end_cost_the_connection_not_the_reply(extra: bytes) -> None:
    parser = parse(b"HTTP/1.1 200 OK\r\nX: 1\r\nContent-Length: 2\r\n\r\nok" + extra)
    assert seen(parser) == (200, b"OK", ((b"X", b"1"), (b"Content-Length", b"2")), b"ok", True, False)


def test_a_parser_serves_one_reply_after_another() -> None:
    parser = ReplyParser()
    for raw in (WHOLE[0], WHOLE[1], WHOLE[2], WHOLE[3], WHOLE[0]):
        parser.begin(bodiless=False)
        parser.feed(raw)
        assert seen(parser) == seen(parse(raw))


def test_too_many_headers_are_a_fault() -> None:
    fields = b"".join(b"x-%d: 1\r\n" % i for i in range(MAX_HEADERS - 1))
    good = b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n" + fields
    assert not parse(good + b"\r\n").fault
    assert parse(good + b"x: 1\r\n\r\n").fault


@pytest.mark.parametrize(
    "endless",
    [
        b"HTTP/1.1 200 OK\r\nx: " + b"a" * MAX_HEAD_BYTES,
        b"HTTP/1.1 200 OK\r\nx: " + b"a" * MAX_HEAD_BYTES + b"\r\nContent-Length: 2\r\n\r\nok",
        b"HTTP/1.1 200 " + b"a" * MAX_HEAD_BYTES,
        b"HTTP/1.1 103 Early\r\nLink: x\r\n\r\n" * (MAX_HEAD_BYTES // 30),
        CHUNKED + b"1;" + b"a" * MAX_HEAD_BYTES,
        CHUNKED + b"0\r\nx: " + b"a" * MAX_HEAD_BYTES,
    ],
)
@pytest.mark.parametrize("step", [1000, 1 << 20])
def test_nothing_but_body_may_go_on_for_ever(endless: bytes, step: int) -> None:
    parser = ReplyParser()
    for start in range(0, len(endless), step):
        parser.feed(endless[start : start + step])
        if parser.fault:
            return
    pytest.fail("no bound was met")


def test_framing_of_a_long_stream_is_not_mistaken_for_a_long_head() -> None:
    parser = parse(CHUNKED)
    for _ in range(MAX_HEAD_BYTES // 2):
        for piece in (b"5\r\n", b"hello", b"\r\n"):
            parser.feed(piece)
    assert not parser.fault
    assert len(take_all(parser)) == 5 * (MAX_HEAD_BYTES // 2)


def test_small_pieces_are_taken_together_and_large_ones_alone() -> None:
    parser = parse(b"HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n")
    sizes = [10, 20, 30, TAKE_BYTES - 59, TAKE_BYTES, TAKE_BYTES + 1, 5, 5]
    for size in sizes:
        parser.feed(b"x" * size)
    assert parser.piece_bytes == sum(sizes)
    taken = []
    while parser.pieces:
        taken.append(len(parser.take()))
    assert taken == [60, TAKE_BYTES - 59, TAKE_BYTES, TAKE_BYTES + 1, 10]
    assert parser.piece_bytes == 0


@given(
    chunks=st.lists(st.binary(min_size=1, max_size=300), max_size=12),
    extension=st.sampled_from([b"", b";a=b", b';a="b;c"']),
    trailers=st.sampled_from([b"", b"X-T: 1\r\n"]),
    cuts=st.lists(st.integers(min_value=1, max_value=60), max_size=200),
)
def test_any_chunked_body_survives_any_cutting(
    chunks: list[bytes], extension: bytes, trailers: bytes, cuts: list[int]
) -> None:
    framed = b"".join(b"%x%b\r\n%b\r\n" % (len(chunk), extension, chunk) for chunk in chunks)
    raw = CHUNKED + framed + b"0\r\n" + trailers + b"\r\n"
    parser = parse()
    for size in cuts:
        parser.feed(raw[:size]) if raw[:size] else None
        raw = raw[size:]
    if raw:
        parser.feed(raw)
    assert seen(parser)[3:] == (b"".join(chunks), True, True)


@given(st.binary(max_size=200), st.binary(max_size=200))
def test_no_bytes_at_all_raise(first: bytes, second: bytes) -> None:
    parser = parse(first)
    if not parser.fault:
        parser.feed(second)
    parser.end_of_stream()
