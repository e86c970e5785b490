"""Figures stay in their columns, whatever they are."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tokenman_tui.feeds import figures

CENT = 10_000_000
DOLLAR = 1_000_000_000


@pytest.mark.parametrize(
    ("nanousd", "text"),
    [
        (None, "?"),
        (0, "$0"),
        (1, "<$.0001"),
        (49_999, "<$.0001"),
        (50_000, "$0.0001"),
        (4_200_000, "$0.0042"),
        (12_345_678_900, "$12.3457"),
        (99_999_950_000, "$100.0000"),
        (100 * DOLLAR, "$100.00"),
        (1_234_567_890_000, "$1,234.57"),
        (-4_200_000, "-$0.0042"),
    ],
)
def test_money_of_one_exchange(nanousd: int | None, text: str) -> None:
    assert figures.money(nanousd) == text


@pytest.mark.parametrize(
    ("nanousd", "text"),
    [
        (None, "?"),
        (0, "$0.00"),
        (CENT // 2, "$0.0050"),
        (42 * CENT, "$0.42"),
        (1_234_504_900_000, "$1,234.50"),
        (1_234_567 * DOLLAR, "$1.23M"),
        (-42 * CENT, "-$0.42"),
    ],
)
def test_money_of_sums(nanousd: int | None, text: str) -> None:
    assert figures.dollars(nanousd) == text


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (None, "?"),
        (0, "0"),
        (9_999, "9999"),
        (10_000, "10.0k"),
        (99_949, "99.9k"),
        (99_950, "100k"),
        (999_499, "999k"),
        (999_500, "1.00M"),
        (45_600_000, "45.6M"),
        (2_000_000_000, "2.00G"),
        (10**13, ">999G"),
    ],
)
def test_counts(number: int | None, text: str) -> None:
    assert figures.count(number) == text


@pytest.mark.parametrize(
    ("milliseconds", "text"),
    [
        (None, "–"),
        (0.0, "0ms"),
        (999.4, "999ms"),
        (999.5, "1.00s"),
        (9_994.9, "9.99s"),
        (9_995.0, "10.0s"),
        (59_949.0, "59.9s"),
        (59_950.0, "1m00s"),
        (245_000.0, "4m05s"),
        (3_599_600.0, "1h00m"),
        (7_380_000.0, "2h03m"),
        (273_600_000.0, "3d04h"),
        (1e12, ">99d"),
    ],
)
def test_durations(milliseconds: float | None, text: str) -> None:
    assert figures.duration(milliseconds) == text


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (0, "0B"),
        (999, "999B"),
        (1_000, "1.0kB"),
        (9_949, "9.9kB"),
        (9_950, "10kB"),
        (999_499, "999kB"),
        (999_500, "1.0MB"),
        (64_000_000, "64MB"),
        (10**13, ">999GB"),
    ],
)
def test_octets(number: int, text: str) -> None:
    assert figures.octets(number) == text


def test_rates_and_shares() -> None:
    assert [figures.per_second(rate) for rate in (None, 7.31, 9.95, 58.2, 1e9)] == ["–", "7.3", "10", "58", "9999"]
    assert [figures.share(*of) for of in ((0, 0), (1, 3), (48, 50))] == ["–", "33%", "96%"]


@given(st.integers(0, 10**18))
def test_figures_are_no_wider_than_their_columns(number: int) -> None:
    assert len(figures.count(number)) <= 5
    assert len(figures.octets(number)) <= 6
    assert len(figures.duration(float(number % 10**11))) <= 6
    assert len(figures.money(number % (10**6 * DOLLAR))) <= 11
    assert len(figures.money(number % (1000 * DOLLAR))) <= 9


@given(st.integers(0, 100 * DOLLAR))
def test_money_is_off_by_half_a_digit_at_most(nanousd: int) -> None:
    shown = figures.money(nanousd)
    if not shown.startswith("<"):
        assert abs(float(shown.lstrip("$")) * DOLLAR - nanousd) <= 50_001
