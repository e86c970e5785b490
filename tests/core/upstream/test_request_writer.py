"""Handing a request to a transport that pauses whenever it likes."""

import asyncio
from collections.abc import Callable
from typing import cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from proxy_core.upstream.request_writer import JOIN_BYTES, WRITE_BYTES, WRITES_AT_A_STRETCH, RequestWriter

HEAD = b"POST / HTTP/1.1\r\n\r\n"
SIZES = [0, 1, JOIN_BYTES, JOIN_BYTES + 1, JOIN_BYTES + WRITE_BYTES, JOIN_BYTES + WRITE_BYTES + 1, 5 * WRITE_BYTES]


class Sink:
    """A transport that does what a test says on every write."""

    def __init__(self, on_write: Callable[[RequestWriter], None]) -> None:
        self.taken = b""
        self.writer: RequestWriter
        self._on_write = on_write
        self.loop = Loop()

    def written(self) -> bool:
        return self.writer.written_ns > 0

    def write(self, piece: bytes) -> None:
        self.taken += bytes(piece)
        self._on_write(self.writer)


def writing_to(on_write: Callable[[RequestWriter], None]) -> Sink:
    sink = Sink(on_write)
    sink.writer = RequestWriter(cast("asyncio.Transport", sink), cast("asyncio.AbstractEventLoop", sink.loop))
    return sink


class Loop:
    """A loop whose turns a test takes by hand."""

    def __init__(self) -> None:
        self._soon: list[Callable[[], None]] = []

    def time(self) -> float:
        return 1.0

    def call_soon(self, callback: Callable[[], None]) -> None:
        self._soon.append(callback)

    def turn(self) -> bool:
        """Whether there was something to do."""
        soon, self._soon = self._soon, []
        for callback in soon:
            callback()
        return bool(soon)


def _pause(writer: RequestWriter) -> None:
    writer.pause()


def _pause_and_resume(writer: RequestWriter) -> None:
    writer.pause()
    writer.resume()


@pytest.mark.parametrize("size", SIZES)
def test_a_transport_that_takes_everything(size: int) -> None:
    sink = writing_to(lambda _: None)
    sink.writer.start(HEAD, b"x" * size)
    assert len(sink.taken) <= len(HEAD) + JOIN_BYTES + WRITES_AT_A_STRETCH * WRITE_BYTES
    while sink.loop.turn():
        pass
    assert sink.taken == HEAD + b"x" * size
    assert sink.written()


@pytest.mark.parametrize("size", SIZES)
def test_a_transport_that_resumes_from_within_a_write(size: int) -> None:
    sink = writing_to(_pause_and_resume)
    sink.writer.start(HEAD, b"x" * size)
    while sink.loop.turn():
        pass
    assert sink.taken == HEAD + b"x" * size
    assert sink.written()


@pytest.mark.parametrize("size", SIZES)
def test_a_transport_that_pauses_at_every_write(size: int) -> None:
    sink = writing_to(_pause)
    sink.writer.start(HEAD, b"x" * size)
    while len(sink.taken) < len(HEAD) + size:
        assert not sink.written()
        sink.writer.resume()
    assert not sink.written()
    sink.writer.resume()
    assert sink.written()
    assert sink.taken == HEAD + b"x" * size


def test_what_was_stopped_never_counts_as_written() -> None:
    sink = writing_to(_pause)
    sink.writer.start(HEAD, b"x" * (JOIN_BYTES + 1))
    sink.writer.stop()
    sink.writer.stop()
    sink.writer.resume()
    assert not sink.written()
    assert len(sink.taken) == len(HEAD) + JOIN_BYTES


def test_stopping_after_all_was_handed_over_changes_nothing() -> None:
    sink = writing_to(_pause)
    sink.writer.start(HEAD, b"x")
    sink.writer.stop()
    sink.writer.resume()
    assert sink.written()


@given(
    size=st.integers(min_value=0, max_value=4 * WRITE_BYTES),
    moods=st.lists(st.sampled_from([lambda _: None, _pause, _pause_and_resume]), min_size=1, max_size=12),
)
def test_any_transport_gets_every_byte_once(size: int, moods: list[Callable[[RequestWriter], None]]) -> None:
    turns = iter(moods * 20)

    def react(writer: RequestWriter) -> None:
        next(turns)(writer)

    sink = writing_to(react)
    body = bytes(size)
    sink.writer.start(HEAD, body)
    for _ in range(20):
        if sink.written():
            break
        if not sink.loop.turn():
            sink.writer.resume()
    while sink.loop.turn():
        pass
    assert sink.written()
    assert sink.taken == HEAD + body


def test_a_turn_that_comes_too_late_does_nothing() -> None:
    sink = writing_to(lambda _: None)
    sink.writer.start(HEAD, b"x" * (JOIN_BYTES + 4 * WRITE_BYTES))
    sink.writer.stop()
    sink.loop.turn()
    assert not sink.written()
    assert len(sink.taken) < len(HEAD) + JOIN_BYTES + 4 * WRITE_BYTES
