"""A proxy that stops while replies are under way tells each client in its own dialect and cuts none in silence."""

from pathlib import Path

import anthropic
import openai
import pytest
from anthropic.types import MessageParam

from tests.contract.settlements import settled
from tests.contract.talks import ANTHROPIC, CHAT, RESPONSES, TALKS, Talk
from tests.contract.test_stream_faults import error_of
from tests.contract.wire import wire
from tests.support.running import running

STALLING = "claude-sonnet-4-5+stall-at=4"


@pytest.mark.parametrize("talk", TALKS, ids=str)
async def test_a_stop_in_mid_stream_ends_the_stream_with_an_event_of_its_dialect(talk: Talk, tmp_path: Path) -> None:
    async with running(tmp_path) as proxy, wire(proxy.url) as client:
        await client.send(talk.request(mock="stall-at=4"))
        await client.head()
        await proxy.mock.journal.wait_until(lambda journal: len(journal) == 1)
        (live,) = proxy.engine.state.live.all()
        await settled(lambda: live.reply_events)
        proxy.stop.set()
        body = await client.body()
        assert await client.ended()
        record = await proxy.record()
    *_, last, rest = body.split(b"\n\n")
    assert rest == b""
    assert "shutting down" in error_of(talk, last)["message"]
    assert record.outcome.ending == "shut_down"
    assert record.status == 200


@pytest.mark.parametrize("talk", TALKS, ids=str)
async def test_a_stop_before_the_reply_is_a_503_in_the_client_s_dialect(talk: Talk, tmp_path: Path) -> None:
    async with running(tmp_path) as proxy, wire(proxy.url) as client:
        await client.send(talk.request(mock="latency-ms=60000"))
        await proxy.mock.journal.wait_until(lambda journal: len(journal) == 1)
        proxy.stop.set()
        answer = await client.answer()
        record = await proxy.record()
    assert answer.status == 503
    assert "shutting down" in answer.json()["error"]["message"]
    assert (record.outcome.ending, record.status, record.cost_nanousd) == ("shut_down", 503, None)


async def test_a_stop_lets_a_reply_that_is_nearly_whole_end_by_itself(tmp_path: Path) -> None:
    async with running(tmp_path, server={"drain_timeout": 5.0}) as proxy, wire(proxy.url) as client:
        await client.send(ANTHROPIC.request(mock="rate=100+events=20"))
        await client.head()
        proxy.stop.set()
        body = await client.body()
        record = await proxy.record()
    assert ANTHROPIC.terminal in body
    assert record.outcome.ending == "completed"


async def test_the_anthropic_sdk_hears_of_a_stop(tmp_path: Path) -> None:
    async with (
        running(tmp_path) as proxy,
        anthropic.AsyncAnthropic(api_key="sk-ant-x", base_url=proxy.url, max_retries=0) as sdk,
    ):
        asked: list[MessageParam] = [{"role": "user", "content": "Hi."}]
        with pytest.raises(anthropic.APIStatusError, match="shutting down"):  # noqa: PT012
            async with sdk.messages.stream(
                model="claude-sonnet-4-5+stall-at=4", max_tokens=9, messages=asked
            ) as stream:
                async for _ in stream:
                    proxy.stop.set()


@pytest.mark.parametrize("talk", [CHAT, RESPONSES], ids=str)
async def test_the_openai_sdk_hears_of_a_stop(talk: Talk, tmp_path: Path) -> None:
    async with (
        running(tmp_path) as proxy,
        openai.AsyncOpenAI(api_key="sk-x", base_url=f"{proxy.url}/v1", max_retries=0) as sdk,
    ):
        model = f"{talk.model}+stall-at=3"
        with pytest.raises(openai.APIError, match="shutting down"):  # noqa: PT012
            if talk is CHAT:
                chunks = await sdk.chat.completions.create(
                    model=model, messages=[{"role": "user", "content": "Hi."}], stream=True
                )
                async for _ in chunks:
                    proxy.stop.set()
            else:
                events = await sdk.responses.create(model=model, input="Hi.", stream=True)
                async for _ in events:
                    proxy.stop.set()
