"""Where a reader is in a list: never outside of it, and never moved by what arrives."""

from hypothesis import given
from hypothesis import strategies as st

from tokenman_tui.feeds.picking import Picking


def reading(size: int = 100, height: int = 10, *, follows: bool = False) -> Picking:
    picking = Picking(follows=follows)
    picking.sized(height)
    picking.resized(size)
    return picking


def test_it_follows_the_end_until_a_row_is_picked() -> None:
    picking = reading(follows=True)
    assert (picking.top, picking.cursor) == (90, 99)
    picking.resized(101)
    assert (picking.top, picking.cursor) == (91, 100)
    picking.move(-1)
    picking.resized(150)
    assert (picking.top, picking.cursor, picking.following) == (91, 99, False)
    picking.follow()
    assert (picking.top, picking.cursor) == (140, 149)


def test_it_stays_on_its_row_when_older_ones_leave() -> None:
    picking = reading()
    picking.select(50)
    picking.resized(100, dropped=7)
    assert (picking.cursor, picking.top) == (43, 34)
    picking.resized(100, dropped=60)
    assert (picking.cursor, picking.top) == (0, 0)


def test_a_page_moves_cursor_and_view_together() -> None:
    picking = reading()
    picking.page(1)
    assert (picking.cursor, picking.top) == (9, 9)
    picking.page(-1)
    assert (picking.cursor, picking.top) == (0, 0)


def test_scrolling_away_from_the_end_ends_following() -> None:
    picking = reading(follows=True)
    picking.scrolled(90)
    assert picking.following
    picking.scrolled(80)
    assert (picking.following, picking.top, picking.cursor) == (False, 80, 99)


acts = st.one_of(
    st.tuples(st.just("move"), st.integers(-200, 200)),
    st.tuples(st.just("page"), st.sampled_from([-1.0, -0.5, 0.5, 1.0])),
    st.tuples(st.just("select"), st.integers(-10, 300)),
    st.tuples(st.just("scrolled"), st.integers(-10, 300)),
    st.tuples(st.just("sized"), st.integers(0, 60)),
    st.tuples(st.just("resized"), st.integers(0, 200)),
)


@given(st.booleans(), st.lists(acts))
def test_the_reader_is_always_in_the_list(follows: bool, steps: list[tuple[str, float]]) -> None:
    picking = reading(0, follows=follows)
    for act, value in steps:
        getattr(picking, act)(value)
        assert 0 <= picking.cursor <= max(picking.size - 1, 0)
        assert 0 <= picking.top <= picking.max_top
        if act in {"move", "page", "select", "sized"}:
            assert picking.top <= picking.cursor < picking.top + picking.height
