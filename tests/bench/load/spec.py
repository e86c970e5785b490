"""What a load is told to do. Travels as JSON from the harness to the load's process."""

import msgspec


class Target(msgspec.Struct, frozen=True):
    """Where to send, in which dialect (``messages`` or ``chat``), and whose CPU time to read meanwhile."""

    port: int
    dialect: str
    pids: tuple[int, ...]


class ClosedLoop(msgspec.Struct, frozen=True, tag=True):
    """Every connection sends its next request when it has the last reply."""

    target: Target
    body_bytes: int
    connections: int
    warmup_s: float
    window_s: float


class Streams(msgspec.Struct, frozen=True, tag=True):
    """Streams that start ``stagger_s / streams`` apart; measured for ``window_s`` once all of them run."""

    target: Target
    streams: int
    events_per_s: int
    stagger_s: float
    window_s: float
    body_bytes: int = 2_000


class Conversation(msgspec.Struct, frozen=True, tag=True):
    """One agent's conversation on one connection, growing from turn to turn. The same seed gives the same bytes."""

    target: Target
    turns: int
    first_bytes: int
    last_bytes: int
    seed: int


class FanOut(msgspec.Struct, frozen=True, tag=True):
    """One request on each connection, all held open together by the provider, so that as many upstream connections
    are needed at once."""

    target: Target
    connections: int
    hold_ms: int


Load = ClosedLoop | Streams | Conversation | FanOut


def longest_s(load: Load) -> float:
    """After how many seconds the load's process is given up: its own time plus a grace for a peer that is swamped."""
    match load:
        case ClosedLoop(warmup_s=warmup_s, window_s=window_s):
            return warmup_s + window_s + 30
        case Streams(stagger_s=stagger_s, window_s=window_s):
            return 2 * stagger_s + window_s + 40
        case _:
            return 120
