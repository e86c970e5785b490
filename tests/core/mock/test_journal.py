"""What the mock notes about each request, in this process and over HTTP."""

import base64
import gzip
import hashlib
import json

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from proxy_core.mock import MockProvider, MockSettings
from proxy_core.mock.journal import Journal
from tests.core.mock.inprocess import ask
from tests.core.mock.raw_client import fetch, opened

BODY = b'{"model":"claude-sonnet-4-6", "max_tokens":9,\t"messages":[{"role":"user","content":"\xc3\xbc \\u00e9"}]}'


async def test_everything_is_kept_as_it_was_sent(base_url: str, provider: MockProvider) -> None:
    headers = [("X-Api-Key", "sk-1"), ("anthropic-beta", "one"), ("anthropic-beta", "two")]
    await fetch(base_url, "/v1/messages?beta=true&x=%2F", BODY, headers)
    await provider.journal.wait_until(lambda journal: journal[-1].ended == "completed")
    entry = provider.journal[-1]
    assert (entry.method, entry.target) == ("POST", "/v1/messages?beta=true&x=%2F")
    assert entry.body == BODY
    assert entry.sha256 == hashlib.sha256(BODY).hexdigest()
    assert entry.status == 200
    assert entry.header("x-api-key") == "sk-1"
    assert [value for name, value in entry.headers if name.lower() == b"anthropic-beta"] == [b"one", b"two"]


async def test_a_compressed_body_is_kept_compressed() -> None:
    provider = MockProvider()
    data = gzip.compress(BODY)
    answer = await ask(provider, "/v1/messages", data, headers=[("content-encoding", "gzip")])
    assert answer.status == 200
    assert provider.journal[0].body == data


async def test_it_can_be_read_and_cleared_over_http(base_url: str) -> None:
    async with httpx.AsyncClient(base_url=base_url) as client:
        for number in range(3):
            await client.post(f"/v1/other/{number}", content=BODY)
        shown = (await client.get("/mock/journal")).json()
        later = (await client.get("/mock/journal?after=1")).json()
        cleared = await client.delete("/mock/journal")
        empty = (await client.get("/mock/journal")).json()
        refused = await client.post("/mock/journal")
    assert [entry["target"] for entry in shown["entries"]] == ["/v1/other/0", "/v1/other/1", "/v1/other/2"]
    assert base64.b64decode(shown["entries"][0]["body"]) == BODY
    assert [entry["number"] for entry in later["entries"]] == [2]
    assert (cleared.status_code, refused.status_code) == (204, 405)
    assert empty == {"received": 3, "entries": []}


async def test_a_body_that_never_arrives_whole_is_noted(base_url: str, provider: MockProvider) -> None:
    async with opened(base_url, "/v1/messages", b"x" * 10, [("content-length", "99")]):
        pass
    await provider.journal.wait_until(lambda journal: len(journal) == 1)
    assert provider.journal[0].ended == "client went away"


@given(st.lists(st.binary(max_size=30), max_size=40), st.integers(1, 10), st.integers(0, 100))
def test_it_stays_within_its_bounds(bodies: list[bytes], max_entries: int, max_bytes: int) -> None:
    journal = Journal(max_entries, max_bytes)
    for body in bodies:
        journal.open("POST", "/", [], body, 0.0)
        assert len(journal) <= max_entries
        assert len(journal) == 1 or sum(len(entry.body) for entry in journal) <= max_bytes
        assert journal[-1].body == body
    assert journal.received == len(bodies)


async def test_a_provider_keeps_no_more_than_it_was_told() -> None:
    provider = MockProvider(MockSettings(journal_entries=2))
    for number in range(5):
        await ask(provider, f"/other/{number}")
    assert [entry.number for entry in provider.journal] == [3, 4]


async def test_nothing_secret_is_in_its_text_form() -> None:
    provider = MockProvider()
    await ask(provider, "/other", b"{}", headers=[("authorization", "Bearer sk-secret")])
    assert "sk-secret" not in repr(provider.journal[0])


async def test_waiting_has_an_end() -> None:
    provider = MockProvider()
    with pytest.raises(TimeoutError):
        await provider.journal.wait_until(lambda journal: len(journal) > 0, timeout_s=0.01)


async def test_an_entry_becomes_json() -> None:
    provider = MockProvider()
    await ask(provider, "/other", b"\xff", headers=[("a", "1"), ("a", "2")])
    assert json.loads(json.dumps(provider.journal[0].to_json()))["headers"] == [["a", "1"], ["a", "2"]]
