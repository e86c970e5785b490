"""What a row promises: a figure, or a ratio of two, held against a limit."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from statistics import median

Samples = Mapping[str, Mapping[str, Sequence[float]]]
"""competitor → figure → one value per round that could be measured"""


@dataclass(frozen=True, slots=True)
class Cell:
    """One figure of one competitor, over all rounds. ``over`` is the median unless the promise is about the worst."""

    competitor: str
    figure: str
    over: Callable[[Sequence[float]], float] = median

    def value(self, samples: Samples) -> float | None:
        """The figure, or None when it was not measured in any round."""
        values = samples.get(self.competitor, {}).get(self.figure, ())
        return self.over(values) if values else None


@dataclass(frozen=True, slots=True)
class Check:
    """``top`` (divided by ``bottom``, when there is one) must stay at or below ``at_most``, or reach ``at_least``."""

    text: str
    top: Cell
    bottom: Cell | None = None
    at_most: float | None = None
    at_least: float | None = None

    def value(self, samples: Samples) -> float | None:
        """What was measured; None when a part is missing, or when a ratio has nothing to stand on (a bottom ≤ 0)."""
        top = self.top.value(samples)
        if top is None or self.bottom is None:
            return top
        bottom = self.bottom.value(samples)
        return top / bottom if bottom is not None and bottom > 0 else None

    def reached(self, samples: Samples) -> bool | None:
        """Whether the promise holds; None when it could not be measured."""
        value = self.value(samples)
        if value is None:
            return None
        below = self.at_most is None or value <= self.at_most
        return below and (self.at_least is None or value >= self.at_least)

    @property
    def target(self) -> str:
        """The limit in words, like ``≥ 18``."""
        return f"≤ {self.at_most:g}" if self.at_most is not None else f"≥ {self.at_least:g}"


def ratio(
    text: str, top: str, bottom: str, figure: str, *, at_most: float | None = None, at_least: float | None = None
) -> Check:
    """The same figure of two competitors, one divided by the other."""
    return Check(text, Cell(top, figure), Cell(bottom, figure), at_most=at_most, at_least=at_least)
