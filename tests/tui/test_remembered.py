"""What the terminal keeps: whole, private, bounded, and never in the way."""

from pathlib import Path

from tokenman_tui.remembered import MOST_MARKS, Remembered


def test_it_is_there_after_a_restart(tmp_path: Path) -> None:
    first = Remembered(tmp_path / "terminal.json")
    first.save_filter("dear", "cost > 1")
    assert first.toggle_mark("a1")
    first.note("b2", "slow")
    first.theme = "tokenman-paper"
    assert first.save() == ""
    again = Remembered(tmp_path / "terminal.json")
    assert (again.filters, again.marks, again.theme) == ({"dear": "cost > 1"}, {"a1": "", "b2": "slow"}, first.theme)
    assert (tmp_path / "terminal.json").stat().st_mode & 0o777 == 0o600
    assert [path.name for path in tmp_path.iterdir()] == ["terminal.json"]


def test_a_file_that_cannot_be_read_costs_nothing_but_itself(tmp_path: Path) -> None:
    path = tmp_path / "terminal.json"
    for content in ("{", "[]", '{"marks": 3}'):
        path.write_text(content)
        kept = Remembered(path)
        assert (kept.marks, kept.filters) == ({}, {})
        assert "terminal.json cannot be read" in kept.trouble
    path.write_text('{"another": 1}')
    assert Remembered(path).trouble == ""


def test_the_oldest_marks_go_first() -> None:
    kept = Remembered()
    for number in range(MOST_MARKS + 3):
        kept.note(f"{number:x}", "")
    assert len(kept.marks) == MOST_MARKS
    assert next(iter(kept.marks)) == "3"
    assert kept.toggle_mark("3") is False


def test_a_directory_that_is_gone_is_told(tmp_path: Path) -> None:
    assert "cannot be written" in Remembered(tmp_path / "none" / "terminal.json").save()
