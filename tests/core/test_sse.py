"""Event streams, cut anywhere."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from proxy_core.sse import EventTooLarge, SseSplitter, read_event, write_event

STREAM = (
    b'event: message_start\ndata: {"a": 1}\n\n'
    b": keep-alive\n\n"
    b'data: {"text": "\xe2\x80\xa8 \xc2\x85 \xe4\xbd\xa0"}\n\n'
    b'event: crlf\r\ndata: {"b": 2}\r\n\r\n'
    b"data: one\ndata: two\n\n"
    b"id: 7\nretry: 10\n\n"
    b"data: [DONE]\n\n"
)
EVENTS = [
    ("message_start", b'{"a": 1}'),
    ("", b""),
    ("", b'{"text": "\xe2\x80\xa8 \xc2\x85 \xe4\xbd\xa0"}'),
    ("crlf", b'{"b": 2}'),
    ("", b"one\ntwo"),
    ("", b""),
    ("", b"[DONE]"),
]


def split(pieces: list[bytes]) -> tuple[list[bytes], bytes]:
    splitter = SseSplitter()
    events = [event for piece in pieces for event in splitter.feed(piece)]
    return events, splitter.tail()


def fields(events: list[bytes]) -> list[tuple[str, bytes]]:
    return [(read.name, read.data) for read in map(read_event, events)]


@pytest.mark.parametrize("at", range(len(STREAM) + 1))
def test_a_stream_cut_at_any_byte_has_the_same_events(at: int) -> None:
    events, tail = split([STREAM[:at], STREAM[at:]])
    assert fields(events) == EVENTS
    assert tail == b""


def test_a_stream_of_single_bytes_has_the_same_events() -> None:
    events, _ = split([bytes([byte]) for byte in STREAM])
    assert fields(events) == EVENTS


@given(st.lists(st.sampled_from([b"a", b"\n", b"\r\n", b"\r", b"data: x", b":"]), max_size=30), st.data())
def test_nothing_is_added_or_lost_however_it_arrives(tokens: list[bytes], data: st.DataObject) -> None:
    stream = b"".join(tokens)
    cuts = sorted(data.draw(st.lists(st.integers(0, len(stream)), max_size=6)))
    pieces = [stream[start:end] for start, end in zip([0, *cuts], [*cuts, len(stream)], strict=True)]
    events, tail = split(pieces)
    assert b"".join(events) + tail == stream
    assert (events, tail) == split([stream])


def test_the_boundary_is_known() -> None:
    splitter = SseSplitter()
    boundaries = [splitter.at_boundary]
    for piece in (b"data: 1\n", b"\n"):
        splitter.feed(piece)
        boundaries.append(splitter.at_boundary)
    assert boundaries == [True, False, True]


def test_an_event_without_end_is_given_up() -> None:
    splitter = SseSplitter(max_event_bytes=100)
    splitter.feed(b"data: " + b"x" * 80)
    with pytest.raises(EventTooLarge):
        splitter.feed(b"x" * 80)


@given(st.binary().filter(lambda data: b"\n" not in data and b"\r" not in data), st.sampled_from(["", "error"]))
def test_what_is_written_is_read(data: bytes, name: str) -> None:
    written = write_event(data, name)
    assert split([written]) == ([written], b"")
    assert fields([written]) == [(name, data)]
