"""Bodies of tens of megabytes go through, and what is larger than the limit is refused in the client's own words."""

import asyncio
import hashlib
import io
import json
import zlib
from collections.abc import Callable
from functools import cache
from pathlib import Path

import brotli
import pytest
import zstandard

from proxy_core.config.server import ServerOptions
from tests.contract.compressed import br, gzip_fast, zstd
from tests.contract.settlements import record_of
from tests.contract.talks import ANTHROPIC, TALKS, Talk
from tests.contract.upstreams import Fields, in_front_of, noting, reply
from tests.contract.wire import Answer, ask, request, wire
from tests.support.running import Running, running

MB = 1024 * 1024
LIMIT = 64 * MB


@cache
def largest_body() -> bytes:
    """A request of exactly 64 MB: a picture."""
    shell = ANTHROPIC.body(stream=True, picture="")
    return shell[:-2] + b"A" * (LIMIT - len(shell)) + shell[-2:]


def test_the_limit_is_above_that_of_the_vendors_by_default() -> None:
    assert ServerOptions().max_body_size == LIMIT


PACKING: dict[str, tuple[tuple[str, str], Callable[[bytes], bytes]]] = {
    "plain": (("x-plain", "1"), bytes),
    "gzip": (("content-encoding", "gzip"), gzip_fast),
    "br": (("content-encoding", "br"), br),
    "zstd": (("content-encoding", "zstd"), zstd),
}


@pytest.mark.parametrize("packing", PACKING.values(), ids=PACKING)
async def test_64_mb_leave_byte_for_byte(
    packing: tuple[tuple[str, str], Callable[[bytes], bytes]], tmp_path: Path
) -> None:
    header, pack = packing
    body = pack(largest_body())
    received: list[Fields] = []
    async with in_front_of(noting(received, reply()), tmp_path) as proxy:
        answer = await ask(proxy.url, request("POST", "/v1/messages", [*ANTHROPIC.headers, header], body))
        record = await proxy.record()
    assert answer.status == 200
    assert received[0].body == body
    assert record.sent_sha256 == hashlib.sha256(body).hexdigest()
    assert (record.identical, record.arrival.model, record.arrival.streaming) == (True, ANTHROPIC.model, True)


async def test_a_reply_of_64_mb_comes_back_byte_for_byte_and_is_metered(tmp_path: Path) -> None:
    told = b'{"model":"claude-sonnet-4-5","usage":{"input_tokens":7,"output_tokens":9},"content":"'
    body = told + b"x" * (LIMIT - len(told) - 2) + b'"}'
    async with in_front_of(noting([], reply(body)), tmp_path) as proxy:
        answer = await ask(proxy.url, ANTHROPIC.request(stream=False))
        record = await proxy.record()
    assert answer.body == body
    assert record.reply_bytes == LIMIT
    assert record.usage is not None
    assert (record.usage.input_tokens, record.usage.output_tokens) == (7, 9)


def check_refusal(answer: Answer, talk: Talk) -> None:
    error = answer.json()["error"]
    assert answer.status == 413
    assert "max_body_size" in error["message"]
    if talk is ANTHROPIC:
        assert (answer.json()["type"], error["type"]) == ("error", "request_too_large")
    else:
        assert (error["type"], error["code"], error["param"]) == ("invalid_request_error", "request_too_large", None)


async def check_row(proxy: Running, answer: Answer, talk: Talk) -> None:
    record = await record_of(proxy, answer.id)
    assert (record.status, record.outcome.ending, record.upstream) == (413, "refused", "")
    assert (record.arrival.dialect, record.cost_nanousd, record.sent_sha256) == (talk.dialect, 0, "")
    assert proxy.mock.journal.received == 0


@pytest.mark.parametrize("talk", TALKS, ids=str)
async def test_a_length_above_the_limit_is_refused_before_the_body_is_sent(talk: Talk, proxy: Running) -> None:
    lengthy = [*talk.headers, ("content-length", str(LIMIT + 1))]
    answer = await ask(proxy.url, request("POST", talk.path, lengthy))
    check_refusal(answer, talk)
    await check_row(proxy, answer, talk)


async def test_a_client_that_waits_for_100_continue_is_refused_instead(proxy: Running) -> None:
    lengthy = [*ANTHROPIC.headers, ("expect", "100-continue"), ("content-length", str(LIMIT + 1))]
    check_refusal(await ask(proxy.url, request("POST", ANTHROPIC.path, lengthy)), ANTHROPIC)


async def test_a_body_in_chunks_is_refused_as_soon_as_it_passes_the_limit(tmp_path: Path) -> None:
    head = request("POST", ANTHROPIC.path, [*ANTHROPIC.headers, ("transfer-encoding", "chunked")])
    async with running(tmp_path, server={"max_body_size": MB}) as proxy, wire(proxy.url) as client:
        await client.send(head + b"100000\r\n" + b" " * MB + b"\r\n1\r\n \r\n")
        answer = await client.answer()
        check_refusal(answer, ANTHROPIC)
        await check_row(proxy, answer, ANTHROPIC)


async def test_a_body_of_exactly_the_limit_is_not_refused(tmp_path: Path) -> None:
    head = request("POST", "/v1/files", [("transfer-encoding", "chunked")])
    async with running(tmp_path, server={"max_body_size": MB}) as proxy:
        answer = await ask(proxy.url, head + b"100000\r\n" + b" " * MB + b"\r\n0\r\n\r\n")
    assert (answer.status, answer.json()["body_bytes"]) == (200, MB)


def gzip_bomb() -> bytes:
    squeezer = zlib.compressobj(9, wbits=31)
    return b"".join([squeezer.compress(bytes(MB)) for _ in range(65)]) + squeezer.flush()


def br_bomb() -> bytes:
    squeezer = brotli.Compressor(quality=1)
    return b"".join([squeezer.process(bytes(MB)) for _ in range(65)]) + bytes(squeezer.finish())


def zstd_bomb() -> bytes:
    packed = io.BytesIO()
    with zstandard.ZstdCompressor().stream_writer(packed, closefd=False) as squeezer:
        for _ in range(65):
            squeezer.write(bytes(MB))
    return packed.getvalue()


BOMBS: dict[str, tuple[str, Callable[[], bytes]]] = {
    "gzip": ("gzip", gzip_bomb),
    "deflate": ("deflate", lambda: zlib.compress(bytes(65 * MB), 1)),
    "br": ("br", br_bomb),
    "zstd": ("zstd", zstd_bomb),
    "gzip in gzip": ("gzip, gzip", lambda: gzip_fast(gzip_bomb())),
}


@pytest.mark.parametrize(("bomb", "talk"), zip(BOMBS.values(), [*TALKS, *TALKS][: len(BOMBS)], strict=True), ids=BOMBS)
async def test_a_bomb_is_refused(bomb: tuple[str, Callable[[], bytes]], talk: Talk, proxy: Running) -> None:
    coding, build = bomb
    body = await asyncio.to_thread(build)
    assert len(body) < MB
    raw = request("POST", talk.path, [*talk.headers, ("content-encoding", coding)], body)
    answer = await ask(proxy.url, raw)
    check_refusal(answer, talk)
    await check_row(proxy, answer, talk)


async def test_the_connection_of_a_refused_bomb_serves_on(proxy: Running) -> None:
    bomb = await asyncio.to_thread(gzip_bomb)
    async with wire(proxy.url) as client:
        refused = await client.ask(request("POST", "/v1/messages", [("content-encoding", "gzip")], bomb))
        after = await client.ask(ANTHROPIC.request(stream=False))
    assert (refused.status, after.status) == (413, 200)
    assert json.loads(after.body)["type"] == "message"
