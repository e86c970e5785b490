"""Blocks as rows: nothing is lost or drawn twice, at any width, folded or not, and the reader stays where it was."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.tui.feeds.test_inert import HOSTILE
from tokenman_tui.feeds.blocks import Block, Foldable
from tokenman_tui.feeds.finding import Finding
from tokenman_tui.feeds.inert import cells
from tokenman_tui.feeds.outline import STRETCH_ROWS, Outline
from tokenman_tui.feeds.outline_lines import drawn_row
from tokenman_tui.feeds.plain_text import PIECE_CHARACTERS, plain, plain_pieces
from tokenman_tui.feeds.reading import Reading
from tokenman_tui.feeds.spans import Span
from tokenman_tui.feeds.wrapping import rows_from

TEXTS = st.text(alphabet=st.sampled_from("ab c\n\t日é·—x"), max_size=200)
WORDS = "the quick brown fox jumps over the lazy dog"


def reading(*blocks: Block, width: int = 40, height: int = 10) -> Reading:
    found = Reading(Outline(iter(blocks)))
    found.resize(width, height)
    works(found)
    return found


def works(found: Reading) -> None:
    for _ in found.work():
        found.settle()
    found.settle()


def head(title: str) -> tuple[Span, ...]:
    return (Span(title),)


def shown(found: Reading, width: int = 40) -> list[str]:
    rows = range(len(found.outline))
    return ["".join(piece.text for piece in drawn_row(found, y, width)).rstrip() for y in rows]


@given(TEXTS, st.integers(1, 30), st.integers(1, 7))
def test_rows_hold_the_whole_text_once_and_fit(text: str, width: int, most: int) -> None:
    text = plain(text)
    start, rows = 0, []
    while start <= len(text):
        found, following = rows_from(text, start, width, most)
        rows += found
        assert following > start
        start = following
    joined = "".join(text[first:last] for first, last in rows)
    assert joined.replace(" ", "") == text.replace("\n", "").replace(" ", "")
    assert all(cells(text[first:last]) <= max(width, 2) for first, last in rows)


def test_words_stay_whole_where_they_can() -> None:
    rows, _ = rows_from(WORDS, 0, 12, 99)
    assert [WORDS[first:last] for first, last in rows] == ["the quick", "brown fox", "jumps over", "the lazy dog"]


@given(st.text(max_size=300))
def test_plain_text_is_inert_in_pieces_and_keeps_its_lines(text: str) -> None:
    pieces = list(plain_pieces(text))
    joined = "".join(pieces)
    assert all(character == "\n" or character.isprintable() for character in joined)
    assert joined.count("\n") == text.rstrip("\r\n").replace("\r\n", "\n").count("\n")


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_texts_are_drawn_in_as_many_cells_as_there_are(text: str) -> None:
    found = reading(Block(head=head("a")), Block(1, text=text * 3), width=30)
    for y in range(min(50, len(found.outline))):
        pieces = drawn_row(found, y, 30)
        assert sum(cells(piece.text) for piece in pieces) == 30
        assert "\x1b" not in "".join(piece.text for piece in pieces)


BLOCKS = st.lists(
    st.builds(
        Block,
        st.integers(0, 3),
        st.sampled_from([(), head("head"), head("another")]),
        st.one_of(TEXTS, st.just("long line\n" * (STRETCH_ROWS + 3))),
        folded=st.booleans(),
    ),
    max_size=12,
)


@settings(deadline=None)
@given(BLOCKS, st.integers(5, 60), st.data())
def test_every_row_is_found_by_what_it_shows(blocks: list[Block], width: int, data: st.DataObject) -> None:
    found = reading(*blocks, width=width)
    outline = found.outline
    for number in data.draw(st.lists(st.integers(0, len(blocks) - 1), max_size=4)) if blocks else []:
        outline.fold(number, folded=not outline.is_folded(number))
        works(found)
    for y in range(len(outline)):
        row = outline.row(y)
        assert row is not None
        assert outline.y_of(row.block, None if row.is_head else row.start) == y
    assert outline.row(len(outline)) is None
    assert outline.row(-1) is None


TREE = (
    Block(0, head("user"), folded=False),
    Block(1, text="hello there"),
    Block(1, head("call"), text="one\ntwo\nthree"),
    Block(2, head("inner"), text="deep"),
    Block(0, head("assistant")),
    Block(1, text="bye"),
)


def test_folding_hides_what_is_deeper() -> None:
    found = reading(*TREE)
    assert shown(found)[:4] == [" ▾ user", "   hello there", "   ▾ call", "     one"]
    found.go(0)
    found.toggle()
    assert shown(found) == [" ▸ user", " ▾ assistant", "   bye"]
    found.toggle()
    works(found)
    assert len(shown(found)) == 10


def test_folding_from_within_a_text_goes_to_its_head() -> None:
    found = reading(*TREE)
    found.go(4)
    found.toggle()
    assert (found.cursor, shown(found)[2:4]) == (2, ["   ▸ call", " ▾ assistant"])


def test_all_fold_and_unfold() -> None:
    found = reading(*TREE)
    found.toggle_all()
    works(found)
    assert shown(found) == [" ▸ user", " ▸ assistant"]
    found.toggle_all()
    works(found)
    assert len(shown(found)) == 10


def test_heads_are_gone_to_in_order() -> None:
    found = reading(*TREE)
    places = []
    for _ in range(5):
        places.append(found.cursor)
        found.next_head(1)
    assert places == [0, 2, 6, 8, 8]
    found.next_head(-1)
    assert found.cursor == 6


def test_a_new_width_leaves_the_reader_at_the_same_words() -> None:
    found = reading(Block(text=f"{WORDS}\n" * 200), width=80, height=20)
    found.go(150)
    before = found.row
    found.resize(23, 20)
    works(found)
    after = found.row
    assert before is not None
    assert after is not None
    assert (after.start, found.cursor - found.top) == (before.start, 19)


def test_a_search_finds_what_is_folded_and_goes_round() -> None:
    found = reading(
        Block(0, head("tools"), "needle one", folded=True), Block(0, head("needle")), Block(text="a NEEDLE")
    )
    found.find("needle")
    works(found)
    assert [match.block for match in found.finding.matches] == [0, 1, 2]
    places = [found.cursor]
    for _ in range(3):
        found.seek(1)
        works(found)
        places.append(found.cursor)
    assert places == [1, 2, 3, 1]
    assert not found.outline.is_folded(0)
    found.seek(-1)
    works(found)
    assert found.cursor == 3


def test_capitals_matter_when_they_are_asked_for() -> None:
    found = reading(Block(text="needle Needle"))
    found.find("Needle")
    works(found)
    assert [(match.start, match.end) for match in found.finding.matches] == [(7, 13)]


@given(st.text(alphabet="ab", min_size=1, max_size=3), st.text(alphabet="abc ", max_size=60))
def test_all_matches_are_found_across_windows(query: str, text: str) -> None:
    far = "z" * (PIECE_CHARACTERS * 8 - 2)
    outline = Outline(iter([Block(text=far + text)]))
    finding = Finding(query)
    for _ in (*outline.work(), *finding.work(outline)):
        pass
    whole = outline.text(0)
    expected, start = [], whole.find(query)
    while start >= 0:
        expected.append(start)
        start = whole.find(query, start + len(query))
    assert [match.start for match in finding.matches] == expected


def test_blocks_that_come_later_do_not_move_what_is_read() -> None:
    def source() -> "list[Foldable]":
        return [Block(0, head(f"block {number}"), "text\n" * 5) for number in range(40)]

    found = Reading(Outline(iter(source())))
    found.resize(40, 10)
    steps = found.work()
    while len(found.outline) < 30:
        next(steps)
    found.go(20)
    row = found.row
    works(found)
    assert found.row == row
