"""The window of rows: bounded, in order, each row in its place."""

from collections import OrderedDict

import pytest
from hypothesis import given
from hypothesis import strategies as st

from proxy_core.exchange.identity import ExchangeId
from proxy_core.exchange.outcome import Ending
from proxy_core.live import LiveExchange, Phase
from tests.tui.scene import arrival, settled_record
from tokenman_tui.feeds.exchange_feed import ExchangeFeed
from tokenman_tui.feeds.exchange_row import RowState

SECOND_NS = 1_000_000_000


def alive(_: object) -> bool:
    return True


def gone(_: object) -> bool:
    return False


def test_a_stream_grows_in_its_place() -> None:
    feed = ExchangeFeed()
    live = LiveExchange(arrival(), started_mono_ns=0)
    feed.absorb(live)
    feed.absorb(settled_record())
    feed.sample(alive, SECOND_NS)
    assert feed.row(0).state is RowState.WAITING
    assert feed.row(0).elapsed_ms == 1000
    live.phase, live.reply_bytes, live.first_byte_mono_ns = Phase.RELAYING, 512, SECOND_NS
    feed.sample(alive, 2 * SECOND_NS)
    row = feed.row(0)
    assert (row.state, row.reply_bytes, row.first_byte_ms, row.elapsed_ms) == (RowState.RELAYING, 512, 1000.0, 2000.0)
    feed.absorb(settled_record(live.arrival))
    assert feed.row(0).state is RowState.DONE
    assert (len(feed), feed.position(live.arrival.id), feed.live_count) == (2, 0, 0)


def test_a_row_is_the_same_object_until_something_is_new() -> None:
    feed = ExchangeFeed()
    feed.absorb(settled_record())
    before = feed.row(0)
    feed.absorb(settled_record())
    feed.sample(alive, SECOND_NS)
    assert feed.row(0) is before


def test_the_window_drops_the_oldest() -> None:
    feed = ExchangeFeed(capacity=3)
    records = [settled_record() for _ in range(5)]
    for record in records:
        feed.absorb(record)
    assert [row.id for row in feed.rows()] == [record.id for record in records[2:]]
    assert feed.facts(records[0].id) is None
    assert feed.position(records[0].id) is None
    with pytest.raises(IndexError):
        feed.row(3)


def test_a_live_row_that_left_the_window_settles_without_coming_back_at_the_top() -> None:
    feed = ExchangeFeed(capacity=2)
    live = LiveExchange(arrival(at_s=-1))
    feed.absorb(live)
    newest = [settled_record(), settled_record()]
    for record in newest:
        feed.absorb(record)
    feed.absorb(settled_record(live.arrival))
    assert feed.live_count == 0
    assert [row.id for row in feed.rows()] == [record.id for record in newest]


def test_a_change_tells_what_is_new_once() -> None:
    feed = ExchangeFeed(capacity=4)
    live = LiveExchange(arrival())
    feed.absorb(live)
    feed.absorb(settled_record())
    change = feed.take_change()
    assert (change.dropped, change.appended, change.changed, change.running) == (0, 2, frozenset(), frozenset())
    assert feed.take_change().running == {0}
    feed.absorb(settled_record(live.arrival))
    change = feed.take_change()
    assert (set(change.changed), set(change.running)) == ({0}, set())
    assert not feed.take_change()


def test_rows_that_came_and_went_between_two_looks_are_not_counted_as_dropped() -> None:
    feed = ExchangeFeed(capacity=3)
    feed.absorb(settled_record())
    feed.take_change()
    for _ in range(10):
        feed.absorb(settled_record())
    change = feed.take_change()
    assert (change.dropped, change.appended) == (1, 3)


def test_an_exchange_that_vanished_is_given_up_after_two_looks() -> None:
    feed = ExchangeFeed()
    live = LiveExchange(arrival(), started_mono_ns=0)
    feed.absorb(live)
    feed.sample(gone, SECOND_NS)
    assert feed.row(0).state is RowState.WAITING
    feed.sample(gone, 2 * SECOND_NS)
    feed.sample(gone, 9 * SECOND_NS)
    assert (feed.row(0).state, feed.row(0).elapsed_ms) == (RowState.LOST, 2000.0)
    feed.absorb(settled_record(live.arrival, ending=Ending.CLIENT_LEFT))
    assert feed.row(0).state is RowState.ENDED_EARLY


@given(st.lists(st.tuples(st.integers(0, 12), st.booleans()), max_size=60), st.integers(1, 6))
def test_it_agrees_with_a_plain_list(steps: list[tuple[int, bool]], capacity: int) -> None:
    """Whatever opens and settles in whatever order: the last exchanges that were new, in order of arrival."""
    feed, expected, shown = ExchangeFeed(capacity), OrderedDict[ExchangeId, bool](), list[ExchangeId]()
    for number, settles in steps:
        about = arrival(number=number)
        feed.absorb(settled_record(about) if settles else LiveExchange(about))
        expected[about.id] = settles or expected.get(about.id, False)
        while len(expected) > capacity:
            expected.popitem(last=False)
        change = feed.take_change()
        shown = shown[change.dropped :]
        shown += [feed.row(position).id for position in range(len(feed) - change.appended, len(feed))]
        assert shown == list(expected)
        assert feed.live_count == sum(not settled for settled in expected.values())
        assert [feed.position(exchange_id) for exchange_id in shown] == list(range(len(feed)))
