"""Which of the sample requests go wrong, and how."""

from random import Random

_SHARES: tuple[tuple[float, str], ...] = (
    (0.025, "status=529"),
    (0.020, "status=429; retry-after=1"),
    (0.010, "status=500"),
    (0.020, "latency-ms=4000"),
    (0.015, "drop-at=9"),
    (0.010, "error-at=7"),
    (0.010, "gap-at=6; gap-ms=3000"),
    (0.020, "comments"),
)


def accident(rng: Random) -> str:
    """Directives for one request; empty for most."""
    roll = rng.random()
    for share, directives in _SHARES:
        if roll < share:
            return directives
        roll -= share
    return ""
