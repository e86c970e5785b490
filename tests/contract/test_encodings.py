"""Compressed bodies go on as they came, both ways, and are read all the same."""

import asyncio
from collections.abc import Callable
from pathlib import Path

import pytest

from proxy_core.exchange.record import ExchangeRecord
from tests.contract.compressed import CODINGS, gzip_fast
from tests.contract.settlements import record_of
from tests.contract.talks import ANTHROPIC, TALKS, Talk, reply_of
from tests.contract.upstreams import in_front_of, noting, reply
from tests.contract.wire import Answer, ask, request
from tests.core.upstream.scripted import Peer
from tests.support.running import Running

Code = tuple[str, Callable[[bytes], bytes]]


@pytest.mark.parametrize("coding", CODINGS.values(), ids=CODINGS)
async def test_a_compressed_request_leaves_as_it_came_and_is_read(coding: Code, proxy: Running) -> None:
    name, compress = coding
    body = compress(ANTHROPIC.body(stream=True))
    answer = await ask(
        proxy.url, request("POST", "/v1/messages", [*ANTHROPIC.headers, ("Content-Encoding", name)], body)
    )
    entry, record = proxy.mock.journal[-1], await record_of(proxy, answer.id)
    assert (entry.body, entry.header("content-encoding")) == (body, name)
    assert record.identical
    assert (record.arrival.model, record.arrival.streaming) == (ANTHROPIC.model, True)
    assert record.arrival.request_bytes == len(body)
    assert answer.status == 200


UNREADABLE = {
    "a coding that nobody knows": ("snappy", b"\x01\x02"),
    "bytes that are not what their coding says": ("gzip", b'{"model":"m"}'),
    "a compressed body that is cut": ("gzip", gzip_fast(ANTHROPIC.body(stream=True))[:-9]),
    "bytes after the end": ("gzip", gzip_fast(b"{}") + b"more"),
    "zstd that is none": ("zstd", b"\x28\xb5\x2f\xfd\xff\xff\xff"),
    "br that is none": ("br", b"\xff\xff\xff"),
    "nothing at all": ("br", b""),
}


@pytest.mark.parametrize("case", UNREADABLE.values(), ids=UNREADABLE)
async def test_what_cannot_be_decoded_leaves_as_it_came_for_the_provider_to_judge(
    case: tuple[str, bytes], proxy: Running
) -> None:
    name, body = case
    answer = await ask(
        proxy.url, request("POST", "/v1/messages", [*ANTHROPIC.headers, ("content-encoding", name)], body)
    )
    record = await record_of(proxy, answer.id)
    assert proxy.mock.journal[-1].body == body
    assert record.identical
    assert record.upstream == "anthropic"


async def answered(talk: Talk, raw: bytes, home: Path, *, stream: bool) -> tuple[Answer, ExchangeRecord]:
    async with in_front_of(noting([], raw), home) as proxy:
        answer = await ask(proxy.url, talk.request(stream=stream))
        return answer, await proxy.record()


@pytest.mark.parametrize("talk", TALKS, ids=str)
@pytest.mark.parametrize("stream", [True, False], ids=["a stream", "a document"])
@pytest.mark.parametrize("coding", CODINGS.values(), ids=CODINGS)
async def test_a_compressed_reply_comes_back_as_it_came_and_is_metered(
    coding: Code, stream: bool, talk: Talk, tmp_path: Path
) -> None:
    name, compress = coding
    plain = await reply_of(talk, stream=stream)
    kind = b"text/event-stream; charset=utf-8" if stream else b"application/json"
    raw = reply(compress(plain), b"content-encoding: " + name.encode(), kind=kind)
    answer, record = await answered(talk, raw, tmp_path, stream=stream)
    assert (answer.body, answer.first("content-encoding")) == (compress(plain), name)
    assert record.outcome.ending == "completed"
    assert record.usage is not None
    assert (record.usage.output_tokens > 0, record.served_model) == (True, talk.model)
    assert record.cost_nanousd
    assert record.reply_events == plain.count(b"\n\n")


@pytest.mark.parametrize("name", ["snappy", "gzip"])
async def test_a_reply_that_cannot_be_decoded_comes_back_all_the_same_and_its_cost_is_unknown(
    name: str, tmp_path: Path
) -> None:
    raw = reply(b"\x01\x02\x03", b"content-encoding: " + name.encode())
    answer, record = await answered(ANTHROPIC, raw, tmp_path, stream=False)
    assert (answer.status, answer.body) == (200, b"\x01\x02\x03")
    assert (record.usage, record.bill) == (None, None)
    assert record.outcome.ending == "completed"


@pytest.mark.parametrize("coding", list(CODINGS.values())[:-1], ids=list(CODINGS)[:-1])
async def test_no_ping_is_put_into_a_stream_that_is_compressed(coding: Code, tmp_path: Path) -> None:
    name, compress = coding
    body = compress(await reply_of(ANTHROPIC, stream=True))
    raw = reply(body, b"content-encoding: " + name.encode(), kind=b"text/event-stream")
    half = len(raw) - len(body) // 2

    async def script(peer: Peer) -> None:
        await peer.request()
        await peer.say(raw[:half])
        await asyncio.sleep(0.1)
        await peer.say(raw[half:])

    async with in_front_of(script, tmp_path, changes={"server": {"ping_interval": 0.02}}) as proxy:
        answer = await ask(proxy.url, ANTHROPIC.request())
    assert answer.body == body
