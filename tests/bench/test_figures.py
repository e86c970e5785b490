"""The statistics, and the targets that are held against them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.bench.checks import Cell, Check, ratio
from tests.bench.figures import percentile, spread, summary, with_added

SAMPLES = st.lists(st.integers(0, 10**9), min_size=1, max_size=200)


@pytest.mark.parametrize(("share", "expected"), [(0.0, 1), (0.01, 1), (0.5, 50), (0.99, 99), (1.0, 100)])
def test_a_percentile_is_the_nearest_rank(share: float, expected: int) -> None:
    assert percentile(range(100, 0, -1), share) == expected


@given(SAMPLES, st.floats(0, 1))
def test_a_percentile_is_a_sample_that_enough_others_do_not_exceed(samples: list[int], share: float) -> None:
    found = percentile(samples, share)
    assert found in samples
    assert sum(sample <= found for sample in samples) >= share * len(samples) - 1e-6


def test_a_percentile_of_nothing_is_refused() -> None:
    with pytest.raises(ValueError, match="no samples"):
        percentile([], 0.5)


def test_a_summary_is_in_microseconds() -> None:
    assert summary([1_000, 2_000, 8_000]) == {"p50_us": 2.0, "p99_us": 8.0, "p99_over_p50": 4.0}
    assert summary([]) == {}


def test_what_is_added_is_counted_from_the_direct_connection() -> None:
    assert with_added({"p50_us": 50.0}, {"p50_us": 30.0}, ("p50_us", "p99_us")) == {
        "p50_us": 50.0,
        "added_p50_us": 20.0,
    }


def test_a_spread_is_relative_to_the_median() -> None:
    assert spread([1.0, 2.0, 4.0]) == 1.5
    assert spread([3.0]) == 0.0


@pytest.mark.parametrize(("limit", "reached"), [(19.0, True), (20.0, True), (21.0, False)])
def test_a_ratio_reaches_its_target(limit: float, *, reached: bool) -> None:
    samples = {"slow": {"p50_us": [90.0, 100.0, 900.0]}, "fast": {"p50_us": [5.0]}}
    assert ratio("slow ÷ fast", "slow", "fast", "p50_us", at_least=limit).reached(samples) is reached


def test_a_limit_is_held_against_the_worst_round_where_the_worst_counts() -> None:
    samples = {"ours": {"stall_ms": [4.0, 5.0, 31.0]}}
    assert Check("median", Cell("ours", "stall_ms"), at_most=30).reached(samples) is True
    assert Check("worst", Cell("ours", "stall_ms", over=max), at_most=30).reached(samples) is False


def test_a_target_without_figures_or_without_a_footing_is_neither_reached_nor_missed() -> None:
    check = ratio("a ÷ b", "a", "b", "p50_us", at_most=5)
    assert check.reached({"a": {"p50_us": [1.0]}}) is None
    assert check.reached({"a": {"p50_us": [1.0]}, "b": {"p50_us": [-2.0]}}) is None
