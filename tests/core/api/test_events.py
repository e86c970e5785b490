import asyncio
import contextlib
import json
from collections.abc import AsyncGenerator, AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from proxy_core.api.events import GREETING, KEEP_ALIVE, LISTENERS_MAX, QUEUE_EVENTS, EventFeed, TooManyListeners
from proxy_core.bus import Bus
from proxy_core.events import ExchangeOpened, ExchangeSettled, NoticeRaised, Severity
from proxy_core.exchange.identity import ExchangeId
from proxy_core.sse import SseSplitter, read_event
from tests.core.api import samples
from tests.core.api.stand import Stand, stand

Told = tuple[str, Any]


async def told(pieces: AsyncIterator[bytes]) -> AsyncGenerator[Told, None]:
    """The named events of a stream."""
    splitter = SseSplitter()
    async for piece in pieces:
        for raw in splitter.feed(piece):
            event = read_event(raw)
            if event.name:
                yield event.name, json.loads(event.data)
    assert splitter.at_boundary


@contextlib.asynccontextmanager
async def listening(api: Stand) -> AsyncIterator[AsyncGenerator[Told, None]]:
    async with api.client.stream("GET", "/api/events") as reply:
        assert reply.status_code == 200
        assert reply.headers["content-type"] == "text/event-stream; charset=utf-8"
        pieces = reply.aiter_raw()
        assert await anext(pieces) == GREETING
        async with contextlib.aclosing(told(pieces)) as events:
            yield events


async def test_events_say_what_the_lists_say(tmp_path: Path) -> None:
    async with stand(tmp_path) as api, listening(api) as events:
        live = api.open(samples.arrival())
        api.settle(samples.record(live.arrival))
        api.state.bus.publish(NoticeRaised(Severity.WARNING, "Mind\nthe gap.", live.arrival.id))
        opened, settled, notice = [await anext(events) for _ in range(3)]
        listed = (await api.client.get("/api/requests")).json()["requests"][0]
    assert opened[0] == "exchange_opened"
    assert (opened[1]["id"], opened[1]["state"]) == (live.arrival.id, "admitted")
    assert settled == ("exchange_settled", listed)
    assert set(opened[1]) == set(listed)
    assert notice == (
        "notice",
        {"severity": "warning", "sentence": "Mind\nthe gap.", "exchange_id": live.arrival.id},
    )


async def test_no_event_holds_a_path_or_a_body(tmp_path: Path) -> None:
    async with stand(tmp_path) as api, listening(api) as events:
        api.open(samples.arrival())
        _, item = await anext(events)
    assert "path" not in item


@pytest.mark.usefixtures("no_cutting")
async def test_a_stop_ends_streams_with_a_last_event_and_closes_the_door_at_once(tmp_path: Path) -> None:
    async with stand(tmp_path) as api, listening(api) as events, listening(api) as others:
        record = api.settle(samples.record())
        api.stop.set()
        said = [[event async for event in stream] for stream in (events, others)]
    assert said[0] == said[1]
    assert [name for name, _ in said[0]] == ["exchange_settled", "end"]
    assert said[0][0][1]["id"] == record.id
    assert "shutting down" in said[0][1][1]["reason"]


async def test_too_many_listeners_are_told_so(tmp_path: Path) -> None:
    async with stand(tmp_path) as api:
        async with contextlib.AsyncExitStack() as streams:
            for _ in range(LISTENERS_MAX):
                await streams.enter_async_context(listening(api))
            reply = await api.client.get("/api/events")
            assert reply.status_code == 503
            assert "retry-after" in reply.headers
            assert "16 listeners" in reply.json()["error"]
        await until_there_is_room(api)


async def until_there_is_room(api: Stand) -> None:
    """Listeners that have left are forgotten as soon as their connections are seen to end."""
    async with asyncio.timeout(5):
        while True:
            async with api.client.stream("GET", "/api/events") as reply:
                if reply.status_code == 200:
                    return


async def test_head_has_an_end(tmp_path: Path) -> None:
    async with stand(tmp_path) as api:
        reply = await api.client.head("/api/events")
    assert (reply.status_code, reply.content) == (200, b"")
    assert reply.headers["content-type"] == "text/event-stream; charset=utf-8"


async def heard(feed: EventFeed) -> AsyncGenerator[bytes, None]:
    """A stream whose listener is in its place already."""
    stream = feed.listen()
    assert isinstance(stream, AsyncGenerator)
    assert await anext(stream) == GREETING
    return stream


async def test_a_slow_reader_loses_the_oldest_events_and_is_told_how_many() -> None:
    bus = Bus()
    feed = EventFeed(bus)
    stream = await heard(feed)
    for number in range(QUEUE_EVENTS + 40):
        bus.publish(NoticeRaised(Severity.INFO, str(number)))
    feed.close()
    events = [event async for event in told(stream)]
    assert events[0] == ("dropped", {"count": 40})
    assert [event[1]["sentence"] for event in events[1:-1]] == [str(40 + number) for number in range(QUEUE_EVENTS)]
    assert events[-1][0] == "end"


async def test_silence_is_broken_by_comments() -> None:
    bus = Bus()
    stream = await heard(EventFeed(bus, keep_alive_s=0.001))
    assert await anext(stream) == KEEP_ALIVE
    assert await anext(stream) == KEEP_ALIVE
    bus.publish(NoticeRaised(Severity.INFO, "here"))
    assert b"here" in await anext(stream)
    await stream.aclose()


async def test_whoever_listens_after_the_end_hears_that_it_has_ended() -> None:
    feed = EventFeed(Bus())
    feed.close()
    assert [name for name, _ in [event async for event in told(feed.listen())]] == ["end"]


async def test_the_bound_holds_for_those_who_come_at_the_same_time() -> None:
    feed = EventFeed(Bus())
    streams = [feed.listen() for _ in range(LISTENERS_MAX + 1)]
    for stream in streams[:-1]:
        await anext(stream)
    with pytest.raises(TooManyListeners):
        await anext(streams[-1])
    with pytest.raises(TooManyListeners):
        feed.listen()
    for stream in streams:
        assert isinstance(stream, AsyncGenerator)
        await stream.aclose()
    feed.listen()


class CountingBus(Bus):
    """Knows how many handlers there are."""

    def __init__(self) -> None:
        super().__init__()
        self.handlers = 0

    def subscribe(self, kind: Any, handler: Any) -> Any:  # noqa: ANN401 - passed on as it is
        unsubscribe = super().subscribe(kind, handler)
        self.handlers += 1

        def end() -> None:
            self.handlers -= 1
            unsubscribe()

        return end


async def test_the_bus_is_heard_only_while_somebody_listens() -> None:
    bus = CountingBus()
    stream = await heard(EventFeed(bus))
    assert bus.handlers > 0
    bus.publish(ExchangeOpened(samples.arrival()))
    bus.publish(ExchangeSettled(samples.record()))
    await stream.aclose()
    assert bus.handlers == 0


async def test_text_that_no_utf8_can_hold_does_not_end_the_stream() -> None:
    bus = Bus()
    stream = await heard(EventFeed(bus))
    bus.publish(NoticeRaised(Severity.INFO, "\udc80", ExchangeId("1")))
    bus.publish(ExchangeOpened(samples.arrival(model="\ud800")))
    piece = await anext(stream)
    assert piece.count(b"\n\n") == 2
    await stream.aclose()


async def test_a_foreign_page_cannot_listen(tmp_path: Path) -> None:
    async with stand(tmp_path) as api:
        reply = await api.client.get("/api/events", headers={"Origin": "https://evil.example"})
    assert reply.status_code == httpx.codes.FORBIDDEN
