"""How long everything takes: the full run of about fifteen minutes, or the quick one of two to three."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Scale:
    """``window_s`` is what is measured of each load, after ``warmup_s`` that is not."""

    rounds: int = 5
    warmup_s: float = 0.7
    window_s: float = 3.0
    stream_window_s: float = 4.0
    stagger_s: float = 1.5
    idle_s: float = 20.0


FULL = Scale()
QUICK = Scale(rounds=2, warmup_s=0.4, window_s=1.0, stream_window_s=1.5, stagger_s=1.0, idle_s=3.0)
