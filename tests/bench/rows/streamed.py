"""What the streaming rows share: 64 streams of 100 events a second."""

from tests.bench.figures import Figures
from tests.bench.load.spec import Streams
from tests.bench.stand import Stand

STREAMS = 64
EVENTS_PER_S = 100


def measure(name: str, stand: Stand) -> Figures:
    target, scale = stand.target(stand.peer(name)), stand.scale
    return stand.drive(name, Streams(target, STREAMS, EVENTS_PER_S, scale.stagger_s, scale.stream_window_s))
