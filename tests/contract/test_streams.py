"""Streams arrive as they are sent: every event at once, in order, once, byte for byte."""

import asyncio
from pathlib import Path

import pytest

from proxy_core.dialects import DIALECTS
from tests.contract.settlements import record_of
from tests.contract.talks import ANTHROPIC, TALKS, Talk, reply_of
from tests.contract.upstreams import in_front_of, noting, reply, stream_head
from tests.contract.wire import ask, request, wire
from tests.core.upstream.scripted import Peer, Script
from tests.support.running import Running, running

DELAY = ("x-mock-latency-ms", "20")


class Steps:
    """An upstream that sends each piece of a stream only when it is told to."""

    def __init__(self, pieces: list[bytes]) -> None:
        self.pieces = pieces
        self._go = asyncio.Queue[None]()

    def step(self) -> None:
        self._go.put_nowait(None)

    @property
    def script(self) -> Script:
        async def script(peer: Peer) -> None:
            await peer.request()
            await peer.say(stream_head())
            for piece in self.pieces:
                await self._go.get()
                await peer.say(b"%x\r\n%b\r\n" % (len(piece), piece))
            await self._go.get()
            await peer.say(b"0\r\n\r\n")

        return script


def events_of(body: bytes) -> list[bytes]:
    return [event + b"\n\n" for event in body.split(b"\n\n")[:-1]]


@pytest.mark.parametrize("talk", TALKS, ids=str)
async def test_each_event_reaches_the_client_while_the_provider_still_holds_the_next(
    talk: Talk, tmp_path: Path
) -> None:
    steps = Steps(events_of(await reply_of(talk, stream=True)))
    async with in_front_of(steps.script, tmp_path) as proxy, wire(proxy.url) as client:
        await client.send(talk.request())
        for number, event in enumerate(steps.pieces):
            steps.step()
            if number == 0:
                head = await client.head()
                assert head.first("content-type").startswith("text/event-stream")
            assert await client.exactly(len(event)) == event
        steps.step()
        assert await client.piece() == b""
        record = await proxy.record()
    assert record.reply_events == len(steps.pieces)
    assert (record.outcome.ending, record.outcome.reason) == ("completed", "")


@pytest.mark.parametrize("size_bytes", [1, 7])
async def test_half_an_event_is_not_held_back(size_bytes: int, tmp_path: Path) -> None:
    body = await reply_of(ANTHROPIC, stream=True, mock="say=hi+pings=off")
    pieces = [body[start : start + size_bytes] for start in range(0, len(body), size_bytes)]
    steps = Steps(pieces)
    async with in_front_of(steps.script, tmp_path) as proxy, wire(proxy.url) as client:
        await client.send(ANTHROPIC.request())
        steps.step()
        await client.head()
        assert await client.exactly(size_bytes) == pieces[0]
        for piece in pieces[1:]:
            steps.step()
            assert await client.exactly(len(piece)) == piece


FORMS = {
    "as vendors write them": "",
    "comments between the events": "comments",
    "CR LF at the end of lines": "crlf",
    "CR LF and comments": "crlf+comments",
    "separators that are none, such as U+2028 and U+0085": "unicode+events=40",
    "thoughts with signatures": "think",
    "one very long event": "events=1+size=300000",
    "three hundred short events": "events=300",
    "bytes that are no event and no text": "garbage-at=3",
    "no usage": "usage=off",
}


@pytest.mark.parametrize("talk", TALKS, ids=str)
@pytest.mark.parametrize("form", FORMS.values(), ids=FORMS)
async def test_a_stream_comes_back_byte_for_byte_with(form: str, talk: Talk, tmp_path: Path) -> None:
    body = await reply_of(talk, stream=True, mock=form)
    async with in_front_of(noting([], reply(body, kind=b"text/event-stream")), tmp_path) as proxy:
        answer = await ask(proxy.url, talk.request())
        record = await proxy.record()
    assert answer.body == body
    assert record.outcome.ending == "completed"
    assert record.reply_bytes == len(body)
    if "usage" not in form:
        assert record.usage is not None
        assert record.usage.output_tokens > 0


async def test_a_document_in_reply_to_a_request_for_a_stream_is_relayed_and_metered(proxy: Running) -> None:
    for talk in TALKS:
        answer = await ask(proxy.url, talk.request(mock="plain"))
        record = await record_of(proxy, answer.id)
        assert answer.first("content-type") == "application/json"
        assert (record.outcome.ending, record.status) == ("completed", 200)
        told = answer.json()["usage"]
        assert record.usage is not None
        assert record.usage.output_tokens == told.get("output_tokens", told.get("completion_tokens"))


async def test_there_is_no_limit_on_the_whole_of_a_stream(tmp_path: Path) -> None:
    """Every wait that there is passes several times over while the stream goes on."""
    names = ("connect", "send", "stream", "read", "write", "idle", "header")
    impatient = {
        "server": {f"{name}_timeout": 0.5 for name in names},
        "providers.anthropic": {"timeout": 0.5},
    }
    async with running(tmp_path, mock=None, upstream_url=None, **impatient) as proxy:
        answer = await ask(proxy.url, ANTHROPIC.request(mock="rate=12+events=10"))
        record = await record_of(proxy, answer.id)
    assert ANTHROPIC.terminal in answer.body
    assert record.outcome.ending == "completed"
    assert record.duration_ms > 1_000


@pytest.mark.parametrize("talk", TALKS, ids=str)
async def test_a_silent_stream_is_kept_alive_with_pings_of_its_own_dialect(talk: Talk, tmp_path: Path) -> None:
    events = events_of(await reply_of(talk, stream=True, mock="pings=off"))
    steps = Steps(events)
    ping = DIALECTS[talk.dialect].ping
    async with (
        in_front_of(steps.script, tmp_path, changes={"server": {"ping_interval": 0.02}}) as proxy,
        wire(proxy.url) as client,
    ):
        await client.send(talk.request())
        steps.step()
        await client.head()
        got = await client.until(ping * 3)
        for _ in events:
            steps.step()
        got += await client.body()
        record = await proxy.record()
    assert got.replace(ping, b"") == b"".join(events)
    assert got.startswith(events[0] + ping)
    assert record.reply_bytes == len(b"".join(events))
    assert record.outcome.ending == "completed"


async def test_no_ping_comes_before_the_first_event_nor_into_the_middle_of_one(tmp_path: Path) -> None:
    event = events_of(await reply_of(ANTHROPIC, stream=True))[0]
    steps = Steps([event[:20], event[20:]])
    async with (
        in_front_of(steps.script, tmp_path, changes={"server": {"ping_interval": 0.02}}) as proxy,
        wire(proxy.url) as client,
    ):
        await client.send(ANTHROPIC.request())
        await client.head()
        await asyncio.sleep(0.1)
        steps.step()
        assert await client.piece() == event[:20]
        await asyncio.sleep(0.1)
        steps.step()
        assert await client.piece() == event[20:]
        assert await client.piece() == DIALECTS["anthropic"].ping


async def test_the_head_of_a_stream_does_not_wait_for_its_first_event(tmp_path: Path) -> None:
    steps = Steps([b"data: 1\n\n"])
    async with in_front_of(steps.script, tmp_path) as proxy, wire(proxy.url) as client:
        await client.send(ANTHROPIC.request())
        assert (await client.head()).status == 200


async def test_28_counts_over_15_connections_are_all_answered_and_cost_nothing(proxy: Running) -> None:
    """What the client's `/context` fires."""

    async def worker(numbers: range) -> None:
        async with wire(proxy.url) as client:
            for number in numbers:
                body = ANTHROPIC.body(stream=False, system=f"part {number}")
                raw = request("POST", "/v1/messages/count_tokens?beta=true", [*ANTHROPIC.headers, DELAY], body)
                answer = await client.ask(raw)
                assert answer.json()["input_tokens"] > 0

    async with asyncio.TaskGroup() as tasks:
        for connection in range(15):
            tasks.create_task(worker(range(connection, 28, 15)))
    records = await proxy.records(28)
    assert proxy.mock.journal.received == 28
    assert {(record.arrival.operation, record.status, record.cost_nanousd) for record in records} == {
        ("count_tokens", 200, 0)
    }
