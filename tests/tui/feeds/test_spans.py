"""Lines of spans: cut and justified by cells."""

from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from tests.tui.feeds.test_inert import HOSTILE
from tokenman_tui.feeds.inert import inert
from tokenman_tui.feeds.spans import Part, Span, clipped, justified, text_of, width_of

some_lines = st.lists(st.sampled_from([*map(inert, HOSTILE[:-1]), "", " ", "abc"]).map(Span), max_size=6).map(tuple)


@given(some_lines, st.integers(0, 60))
def test_a_clipped_line_is_no_wider_than_asked(line: tuple[Span, ...], width: int) -> None:
    kept = clipped(line, width)
    assert width_of(kept) <= width
    if width_of(line) <= width:
        assert kept == line


@given(some_lines, some_lines, st.integers(0, 60))
def test_a_justified_line_takes_the_width_unless_its_end_alone_is_wider(
    left: tuple[Span, ...], right: tuple[Span, ...], width: int
) -> None:
    assert width_of(justified(left, right, width)) == max(width, width_of(right))


def test_where_a_line_was_cut_there_is_an_ellipsis() -> None:
    line = (Span("abc", Part.TEXT), Span("defghi", Part.BAD))
    assert clipped(line, 6) == (Span("abc", Part.TEXT), Span("de…", Part.BAD))


def test_width_is_counted_in_cells() -> None:
    line = (Span("日本"), Span("a"))
    assert width_of(line) == cell_len(text_of(line)) == 5
