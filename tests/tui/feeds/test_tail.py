"""The rules of following: what arrives never moves what a reader looks at."""

from proxy_core.exchange.outcome import Ending
from tests.tui.scene import settled_record
from tokenman_tui.feeds.exchange_feed import ExchangeFeed
from tokenman_tui.feeds.tail import Tail


def grown(rows: int, capacity: int = 100) -> tuple[ExchangeFeed, Tail]:
    feed = ExchangeFeed(capacity)
    tail = Tail(feed)
    tail.resize(10)
    arrive(feed, tail, rows)
    return feed, tail


def arrive(feed: ExchangeFeed, tail: Tail, rows: int) -> None:
    for _ in range(rows):
        feed.absorb(settled_record())
    tail.absorb(feed.take_change())


def in_view(tail: Tail) -> list[str]:
    return [tail.rows.row(position).id for position in range(tail.top, min(tail.top + 10, len(tail.rows)))]


def test_the_newest_row_is_followed_and_selected() -> None:
    feed, tail = grown(25)
    assert (tail.top, tail.cursor) == (15, 24)
    arrive(feed, tail, 3)
    assert (tail.top, tail.cursor, tail.following) == (18, 27, True)


def test_rows_that_arrive_do_not_move_a_reader() -> None:
    feed, tail = grown(60)
    tail.move(-20)
    before, selected = in_view(tail), tail.selected
    arrive(feed, tail, 30)
    assert in_view(tail) == before
    assert tail.selected == selected
    assert tail.unseen == 30


def test_rows_that_leave_the_window_do_not_move_a_reader() -> None:
    feed, tail = grown(100)
    tail.select(80)
    before, selected = in_view(tail), tail.selected
    arrive(feed, tail, 40)
    assert in_view(tail) == before
    assert tail.selected == selected


def test_a_selected_row_that_leaves_the_window_hands_over_to_the_oldest() -> None:
    feed, tail = grown(100)
    tail.select(3)
    arrive(feed, tail, 50)
    assert tail.cursor == 0
    assert tail.selected == feed.row(0).id


def test_scrolling_up_ends_following_and_scrolling_back_resumes_it() -> None:
    feed, tail = grown(40)
    tail.scrolled(12)
    assert not tail.following
    arrive(feed, tail, 5)
    assert tail.top == 12
    tail.scrolled(tail.max_top)
    assert (tail.following, tail.cursor) == (True, 44)


def test_scrolling_to_the_end_does_not_take_a_selection_away() -> None:
    _, tail = grown(40)
    tail.select(5)
    tail.scrolled(tail.max_top)
    assert not tail.following
    assert tail.cursor == 5


def test_follow_resumes_and_forgets_what_was_not_seen() -> None:
    feed, tail = grown(40)
    tail.select(0)
    arrive(feed, tail, 7)
    assert tail.unseen == 7
    tail.follow()
    assert (tail.unseen, tail.cursor, tail.top) == (0, 46, 37)


def test_pages_keep_within_the_list() -> None:
    _, tail = grown(25)
    for _ in range(5):
        tail.page(-1)
    assert (tail.cursor, tail.top) == (0, 0)
    for _ in range(5):
        tail.page(1)
    assert (tail.cursor, tail.top) == (24, 15)


def test_a_resize_keeps_the_end_in_view_while_following() -> None:
    _, tail = grown(25)
    tail.resize(5)
    assert tail.top == 20
    tail.resize(20)
    assert tail.top == 5


def test_failures_are_found_in_both_directions() -> None:
    feed, tail = grown(3)
    feed.absorb(settled_record(ending=Ending.UPSTREAM_TIMEOUT))
    arrive(feed, tail, 20)
    assert not tail.seek_failure(1)
    assert tail.following
    assert tail.seek_failure(-1)
    assert (tail.cursor, tail.top) == (3, 3)
    assert not tail.seek_failure(-1)
    tail.select(0)
    assert tail.seek_failure(1)
    assert tail.cursor == 3


def test_an_empty_list_has_no_selection() -> None:
    _, tail = grown(0)
    tail.move(1)
    tail.page(-1)
    assert tail.cursor is None
    assert tail.selected is None
