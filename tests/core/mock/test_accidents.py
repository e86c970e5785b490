"""Everything that can be asked to go wrong, seen from the other end of a real connection."""

import asyncio
import gzip
import json
import zlib

import brotli
import pytest
import zstandard

from proxy_core.mock import MockProvider
from tests.core.mock.asking import CHAT, MESSAGES, RESPONSES, Body, claude, gpt
from tests.core.mock.inprocess import ask
from tests.core.mock.raw_client import fetch, opened


async def test_drop_before_an_event(base_url: str, provider: MockProvider) -> None:
    reply = await fetch(base_url, MESSAGES, claude("drop-at=3"))
    assert len(reply.events()) == 3
    assert not reply.whole
    await provider.journal.wait_until(lambda journal: journal[-1].ended == "dropped")
    assert provider.journal[-1].events_sent == 3


async def test_drop_in_the_middle_of_an_event(base_url: str) -> None:
    whole = await fetch(base_url, MESSAGES, claude())
    reply = await fetch(base_url, MESSAGES, claude("drop-mid=3"))
    assert not reply.whole
    assert len(reply.events()) == 4
    last, expected = reply.events()[-1], whole.events()[3]
    assert expected.startswith(last)
    assert 0 < len(last) < len(expected)


@pytest.mark.parametrize("directive", ["drop-at=0", "drop-at=1", "drop-mid=0", "drop-at=9"])
async def test_drop_of_a_document(base_url: str, directive: str) -> None:
    reply = await fetch(base_url, MESSAGES, claude(directive, stream=False))
    assert reply.status == 200
    assert not reply.whole
    assert len(reply.body) < int(reply.headers["content-length"])


async def test_a_clean_end_that_comes_too_early(base_url: str, provider: MockProvider) -> None:
    reply = await fetch(base_url, MESSAGES, claude("end-at=4"))
    assert reply.whole
    assert b"message_stop" not in reply.body
    await provider.journal.wait_until(lambda journal: journal[-1].ended == "ended early")


async def test_a_stall_lasts_until_the_client_leaves(base_url: str, provider: MockProvider) -> None:
    async with opened(base_url, MESSAGES, claude("stall-at=2")) as reader:
        await reader.readuntil(b"event: content_block_start")
        await provider.journal.wait_until(lambda journal: journal[-1].events_sent == 2)
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.1):
                await reader.readuntil(b"event: message_stop")
        assert provider.journal[-1].ended == "under way"
    await provider.journal.wait_until(lambda journal: journal[-1].ended == "client went away")
    assert provider.journal[-1].status == 200


async def test_a_client_that_leaves_before_the_first_byte(base_url: str, provider: MockProvider) -> None:
    async with opened(base_url, MESSAGES, claude("latency-ms=60000")):
        await provider.journal.wait_until(lambda journal: len(journal) == 1)
    await provider.journal.wait_until(lambda journal: journal[-1].ended == "client went away")
    assert provider.journal[-1].status is None


@pytest.mark.parametrize(
    ("path", "body", "last"),
    [
        (MESSAGES, claude("error-at=3"), b'event: error\ndata: {"type":"error"'),
        (CHAT, gpt("error-at=3"), b'data: {"error":{'),
        (RESPONSES, {"model": "gpt-5+error-at=3", "input": "x", "stream": True}, b"event: response.failed\ndata: {"),
    ],
)
async def test_an_error_event_ends_the_stream(base_url: str, path: str, body: Body, last: bytes) -> None:
    reply = await fetch(base_url, path, body)
    assert reply.whole
    assert len(reply.events()) == 4
    assert reply.events()[-1].startswith(last)


async def test_garbage_between_events(base_url: str) -> None:
    reply = await fetch(base_url, MESSAGES, claude("garbage-at=2"))
    assert b"\xff\xfe{]" in reply.body
    assert reply.body.rstrip().endswith(b'{"type":"message_stop"}')
    with pytest.raises(UnicodeDecodeError):
        reply.body.decode()


async def test_a_document_instead_of_a_stream(base_url: str) -> None:
    for path, body in ((MESSAGES, claude("plain")), (CHAT, gpt("plain"))):
        reply = await fetch(base_url, path, body)
        assert reply.headers["content-type"] == "application/json"
        assert json.loads(reply.body)["usage"]


async def test_comments_and_crlf(base_url: str) -> None:
    reply = await fetch(base_url, MESSAGES, claude("comments+crlf"))
    events = reply.body.split(b"\r\n\r\n")
    assert events[0] == b": keep-alive"
    assert events[1].startswith(b"event: message_start\r\ndata: {")
    assert b"\n" not in reply.body.replace(b"\r\n", b"")


@pytest.mark.parametrize(("directives", "count"), [("", 1), ("pings=off", 0)])
async def test_pings(base_url: str, directives: str, count: int) -> None:
    reply = await fetch(base_url, MESSAGES, claude(directives))
    assert reply.body.count(b"event: ping") == count


async def test_text_that_breaks_careless_splitting(base_url: str) -> None:
    body = claude("unicode")
    events = (await fetch(base_url, MESSAGES, body)).events()
    text = "".join(
        json.loads(event.split(b"data: ", 1)[1])["delta"].get("text", "")
        for event in events
        if b"content_block_delta" in event
    )
    assert all(odd in text for odd in ("\u2028", "\u2029", "\u0085", "\ufeff", "🧑‍💻", "日"))
    # Written as itself: an escape would hide it from a reader that splits lines wrongly.
    assert "\u2028".encode() in b"".join(events)


@pytest.mark.parametrize("path", [MESSAGES, CHAT])
async def test_one_byte_at_a_time(base_url: str, path: str) -> None:
    body = claude("chunk=1+events=3") if path == MESSAGES else gpt("chunk=1+events=3")
    reply = await fetch(base_url, path, body)
    assert reply.whole
    assert len(reply.events()) >= 3


async def test_chunks_are_no_longer_than_asked() -> None:
    answer = await ask(MockProvider(), MESSAGES, claude("chunk=7"))
    assert max(map(len, answer.pieces)) == 7


DECODERS = {
    "gzip": gzip.decompress,
    "deflate": zlib.decompress,
    "br": brotli.decompress,
    "zstd": lambda data: zstandard.ZstdDecompressor().decompressobj().decompress(data),
}


@pytest.mark.parametrize("coding", DECODERS)
@pytest.mark.parametrize("stream", [True, False])
async def test_compressed_replies(base_url: str, coding: str, *, stream: bool) -> None:
    accepts = [("accept-encoding", "gzip, deflate, br, zstd")]
    reply = await fetch(base_url, MESSAGES, claude(f"encoding={coding}", stream=stream), accepts)
    assert reply.headers["content-encoding"] == coding
    assert b"message" in DECODERS[coding](reply.body)


async def test_a_coding_the_client_does_not_accept_is_not_used(base_url: str) -> None:
    reply = await fetch(base_url, MESSAGES, claude("encoding=br"), [("accept-encoding", "gzip")])
    assert "content-encoding" not in reply.headers
