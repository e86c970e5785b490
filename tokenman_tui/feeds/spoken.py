"""An exchange as one line of words: for screen readers, and for programs that read lines."""

from datetime import tzinfo

from proxy_core.exchange.record import ExchangeRecord
from proxy_core.exchange.usage import Usage
from tokenman_tui.feeds.figures import NANO, clock
from tokenman_tui.feeds.inert import inert

SMALLEST_NANOUSD = 100_000
REASON_CHARACTERS = 300


def spoken(record: ExchangeRecord, *, unpriced: bool, zone: tzinfo | None = None) -> str:
    """Time of the end, client, model, provider, how it ended, status, tokens, cost, duration; nothing in it but words.

    `unpriced`: it cost something, and nobody knows how much.
    """
    arrival = record.arrival
    ended_at_ns = arrival.started_at_ns + round(record.duration_ms * 1e6)
    asked = inert(arrival.model) or inert(f"{arrival.method} {arrival.path.partition('?')[0]}")
    of = f" of {inert(record.upstream)}" if record.upstream else ""
    parts = [
        _ended(record),
        f"status {record.status}" if record.status else "no status",
        *_tokens(record.usage),
        _cost(record.cost_nanousd, unpriced=unpriced),
        seconds(record.duration_ms),
    ]
    who = inert(arrival.client) or "unknown client"
    return f"{clock(ended_at_ns, zone)} {who} asked {asked}{of}: {', '.join(filter(None, parts))}."


def seconds(milliseconds: float) -> str:
    """`340 milliseconds`, `9.4 seconds`, `4 minutes 5 seconds`."""
    if milliseconds < 1000:
        return _many(round(milliseconds), "millisecond")
    if milliseconds < 59_950:
        return f"{milliseconds / 1000:.1f} seconds"
    minutes, rest_s = divmod(round(milliseconds / 1000), 60)
    return f"{_many(minutes, 'minute')} {_many(rest_s, 'second')}"


def _ended(record: ExchangeRecord) -> str:
    ending = inert(record.outcome.ending.replace("_", " "))
    reason = inert(record.outcome.reason, REASON_CHARACTERS).rstrip(".")
    return f"{ending}, because {reason}" if reason else ending


def _tokens(usage: Usage | None) -> list[str]:
    if usage is None:
        return ["tokens unknown"]
    about = "about " if usage.estimated else ""
    cached = f" with {usage.cache_read_tokens} from the cache" if usage.cache_read_tokens else ""
    return [f"{about}{_many(usage.prompt_tokens, 'token')} in{cached}", f"{about}{usage.output_tokens} out"]


def _cost(nanousd: int | None, *, unpriced: bool) -> str:
    if nanousd is None:
        return "cost unknown" if unpriced else ""
    if 0 < nanousd < SMALLEST_NANOUSD:
        return "cost under 0.0001 dollars"
    return f"cost {nanousd / NANO:.4f} dollars"


def _many(number: int, word: str) -> str:
    return f"{number} {word}{'' if number == 1 else 's'}"
