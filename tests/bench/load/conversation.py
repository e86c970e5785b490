"""One agent's conversation, sent again at every turn with what was said since."""

from statistics import median

from tests.bench.figures import Figures
from tests.bench.load.requests import growing_requests
from tests.bench.load.spec import Conversation
from tests.bench.load.wire import dial

NEIGHBOURS = 2
EARLY_TURN, LATE_TURN = 5, 95


async def run(load: Conversation) -> Figures:
    latencies_us: dict[int, float] = {}
    errors = 0
    wire = await dial(load.target.port)
    requests = growing_requests(load.target.dialect, load.turns, load.first_bytes, load.last_bytes, load.seed)
    for turn, request in enumerate(requests, start=1):
        await wire.exchange(request.next())
        errors += wire.status != 200
        latencies_us[turn] = (wire.done_ns - wire.started_ns) / 1e3
    wire.close()
    late = around(latencies_us, min(LATE_TURN, load.turns - NEIGHBOURS))
    return {"turn5_us": around(latencies_us, EARLY_TURN), "turn95_us": late, "errors": float(errors)}


def around(latencies_us: dict[int, float], turn: int) -> float:
    """The median of a turn and its two neighbours on either side: one turn of one conversation is a single sample."""
    return median(latencies_us[t] for t in range(turn - NEIGHBOURS, turn + NEIGHBOURS + 1))
