"""Exchanges as lines of words: one line whatever a client says, and nothing that moves a cursor."""

from dataclasses import replace
from datetime import UTC

import pytest
from hypothesis import given
from hypothesis import strategies as st

from proxy_core.exchange.outcome import Ending, Outcome
from tests.tui.scene import USAGE, arrival, settled_record
from tokenman_tui.feeds.spoken import seconds, spoken


def test_a_reply_in_words() -> None:
    assert spoken(settled_record(arrival()), unpriced=False, zone=UTC) == (
        "12:00:09 claude-cli/2.1.329 asked claude-sonnet-4-5-20250929 of anthropic: completed, status 200, "
        "50000 tokens in with 48000 from the cache, 640 out, cost 0.0306 dollars, 9.4 seconds."
    )


def test_a_failure_says_why() -> None:
    record = settled_record(arrival(), status=529, usage=None, bill=None, duration_ms=930.0)
    record = replace(record, outcome=Outcome(Ending.UPSTREAM_ERROR, "It is overloaded."))
    told = spoken(record, unpriced=False, zone=UTC)
    assert told.endswith("upstream error, because It is overloaded, status 529, tokens unknown, 930 milliseconds.")


def test_what_is_unknown_is_said_to_be() -> None:
    record = settled_record(arrival(model="", client=""), status=0, upstream="", bill=None)
    told = spoken(replace(record, usage=replace(USAGE, estimated=True)), unpriced=True, zone=UTC)
    assert "unknown client asked POST /v1/messages: completed, no status, about 50000 tokens in" in told
    assert "cost unknown" in told


@pytest.mark.parametrize(
    ("milliseconds", "words"),
    [
        (1.0, "1 millisecond"),
        (340.4, "340 milliseconds"),
        (9_400.0, "9.4 seconds"),
        (61_000.0, "1 minute 1 second"),
        (3_605_000.0, "60 minutes 5 seconds"),
    ],
)
def test_times_in_words(milliseconds: float, words: str) -> None:
    assert seconds(milliseconds) == words


@given(st.text(), st.text(), st.text())
def test_what_clients_say_stays_on_its_line(client: str, model: str, reason: str) -> None:
    record = settled_record(arrival(client=client, model=model), ending=Ending.FAILED, reason=reason)
    told = spoken(record, unpriced=False, zone=UTC)
    assert len(told.splitlines()) == 1
    assert not any(ord(character) < 0x20 or ord(character) == 0x7F for character in told)
