"""From the bus into the feeds: on the clock, bounded, nothing lost that would be seen."""

import pytest

from proxy_core.events import NoticeRaised, Severity
from proxy_core.exchange.outcome import Ending
from tests.tui.scene import SECOND_NS, Scene, arrival, settled_record
from tokenman_tui.bridge import FACTS_PER_FLUSH
from tokenman_tui.feeds.exchange_feed import CAPACITY
from tokenman_tui.feeds.exchange_row import RowState


async def test_what_happens_is_drawn_at_the_next_flush() -> None:
    scene = Scene()
    bridge = scene.bridge()
    bridge.open()
    await bridge.recall()
    live = scene.opens()
    assert len(bridge.exchanges) == 0
    assert bridge.flush().exchanges.appended == 1
    scene.streams(live, 300)
    scene.passes(0.4)
    assert bridge.flush().exchanges.running == {0}
    row = bridge.exchanges.row(0)
    assert (row.state, row.reply_bytes, row.elapsed_ms) == (RowState.RELAYING, 300, 400.0)
    scene.settles(settled_record(live.arrival))
    assert bridge.flush().exchanges.changed == {0}
    assert bridge.exchanges.row(0).state is RowState.DONE


async def test_nothing_to_draw_is_false() -> None:
    scene = Scene()
    bridge = scene.bridge()
    bridge.open()
    await bridge.recall()
    bridge.flush()
    scene.passes(5)
    assert not bridge.flush()


async def test_the_header_looks_once_a_second_and_at_once_when_streams_come_or_go() -> None:
    scene = Scene()
    bridge = scene.bridge()
    bridge.open()
    await bridge.recall()
    bridge.flush()
    scene.tally.add(settled_record())
    assert not bridge.flush().glance
    scene.passes(1)
    assert bridge.flush().glance
    assert (bridge.glance.hour_nanousd, bridge.glance.requests) == (30_600_000, 1)
    scene.opens()
    assert bridge.flush().glance
    assert bridge.glance.active == 1


async def test_the_header_tells_what_has_no_price_and_what_failed() -> None:
    scene = Scene()
    scene.tally.add(settled_record(bill=None))
    scene.tally.add(settled_record(ending=Ending.UPSTREAM_ERROR, status=529, usage=None, bill=None))
    glance = scene.bridge().glance
    assert (glance.unpriced, glance.errors, glance.hour_nanousd) == (1, 1, 0)


async def test_a_flood_waits_its_turn_and_keeps_the_newest() -> None:
    scene = Scene()
    bridge = scene.bridge()
    bridge.open()
    await bridge.recall()
    records = [settled_record() for _ in range(3 * CAPACITY)]
    for record in records:
        scene.settles(record)
    assert bridge.flush().exchanges.appended == FACTS_PER_FLUSH
    while bridge.flush().exchanges.appended:
        pass
    assert [row.id for row in bridge.exchanges.rows()] == [record.id for record in records[-CAPACITY:]]


async def test_an_exchange_that_settles_before_a_flush_is_one_row() -> None:
    scene = Scene()
    bridge = scene.bridge()
    bridge.open()
    await bridge.recall()
    live = scene.opens()
    scene.opens()
    scene.settles(settled_record(live.arrival))
    bridge.flush()
    assert [row.state for row in bridge.exchanges.rows()] == [RowState.DONE, RowState.WAITING]


async def test_rows_from_before_the_start_come_first_and_streams_under_way_after_them() -> None:
    scene = Scene()
    earlier = [settled_record(), settled_record()]
    scene.ledger.records = earlier
    live = scene.opens()
    bridge = scene.bridge()
    bridge.open()
    assert not bridge.flush().exchanges
    await bridge.recall()
    assert (bridge.flush().ready, bridge.flush().ready) == (True, False)
    assert [row.id for row in bridge.exchanges.rows()] == [*(record.id for record in earlier), live.arrival.id]


async def test_a_ledger_that_does_not_answer_is_told() -> None:
    scene = Scene()
    scene.ledger.fails = True
    bridge = scene.bridge()
    bridge.open()
    await bridge.recall()
    (notice,) = bridge.flush().notices
    assert notice.severity is Severity.WARNING
    assert "the ledger could not be read" in notice.sentence


async def test_a_closed_bridge_hears_nothing() -> None:
    scene = Scene()
    bridge = scene.bridge()
    bridge.open()
    await bridge.recall()
    bridge.close()
    scene.settles(settled_record())
    assert not bridge.flush().exchanges


async def test_notices_are_inert_bounded_and_told_once() -> None:
    scene = Scene()
    bridge = scene.bridge()
    bridge.open()
    await bridge.recall()
    for number in range(100):
        scene.bus.publish(NoticeRaised(Severity.ERROR, f"\x1b[31m{number} " + "x" * 10**6))
    notices = bridge.flush().notices
    assert len(notices) == 20
    assert notices[-1].sentence.startswith("␛[31m99 x")
    assert len(notices[-1].sentence) <= 400
    assert not bridge.flush().notices


async def test_only_spending_requests_without_a_bill_are_unknown() -> None:
    scene = Scene()
    bridge = scene.bridge()
    bridge.open()
    await bridge.recall()
    counted = arrival(operation="count_tokens", request_class="count")
    scene.settles(settled_record(counted, usage=None, bill=None))
    scene.settles(settled_record(bill=None))
    bridge.flush()
    assert [row.unpriced for row in bridge.exchanges.rows()] == [False, True]


@pytest.mark.parametrize("streams", [1, 50])
async def test_a_row_that_vanished_without_a_word_stops_turning(streams: int) -> None:
    scene = Scene()
    bridge = scene.bridge()
    bridge.open()
    await bridge.recall()
    for live in [scene.opens() for _ in range(streams)]:
        scene.live.close(live.arrival.id)
    for _ in range(3):
        scene.mono_ns += SECOND_NS
        bridge.flush()
    assert {row.state for row in bridge.exchanges.rows()} == {RowState.LOST}
    scene.passes(5)
    bridge.flush()
    assert not bridge.flush().exchanges
