"""Statistics on samples: plain functions, no I/O."""

import math
from collections.abc import Sequence
from statistics import median

Figures = dict[str, float]
"""What one measurement found, by name. Every name ends in its unit, or is a count or a ratio."""


def percentile(samples: Sequence[float], share: float) -> float:
    """The nearest-rank percentile: the smallest sample that at least ``share`` (0 to 1) of all samples do not exceed.

    Raises ValueError when there are no samples.
    """
    if not samples:
        raise ValueError("A percentile of no samples was asked for.")
    rank = math.ceil(share * len(samples))
    return sorted(samples)[min(max(rank, 1), len(samples)) - 1]


def summary(samples_ns: Sequence[int], name: str = "") -> Figures:
    """p50, p99 and their ratio of some nanosecond samples, as ``p50_us`` and so on; nothing when there are none."""
    if not samples_ns:
        return {}
    p50_us, p99_us = percentile(samples_ns, 0.5) / 1e3, percentile(samples_ns, 0.99) / 1e3
    return {f"{name}p50_us": p50_us, f"{name}p99_us": p99_us, f"{name}p99_over_p50": p99_us / p50_us}


def with_added(figures: Figures, direct: Figures, names: Sequence[str]) -> Figures:
    """The figures plus ``added_<name>`` for each name: what is above the direct connection in the same round."""
    added = {"added_" + n: figures[n] - direct[n] for n in names if n in figures and n in direct}
    return {**figures, **added}


def spread(values: Sequence[float]) -> float:
    """How far the rounds lie apart: (largest - smallest) / median, 0.0 for fewer than two values or a median of 0."""
    middle = median(values) if len(values) > 1 else 0.0
    return (max(values) - min(values)) / abs(middle) if middle else 0.0
