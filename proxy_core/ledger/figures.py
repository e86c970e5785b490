"""Sums over exchanges: what the screen, the API and the metrics show, and what is left when the rows have been deleted.

An exchange is booked when it ends. Every amount is an integer, so that adding in any order gives the same figure.
"""

from bisect import bisect_left
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from enum import Enum
from typing import Final

from proxy_core.exchange.outcome import Ending
from proxy_core.exchange.record import ExchangeRecord
from proxy_core.exchange.usage import Usage
from proxy_core.ledger.labels import Labels

DURATION_BOUNDS_S: Final = (0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0, 120.0)
"""Upper bounds of the duration buckets; one more bucket takes what is longer."""
_BOUNDS_NS: Final = tuple(round(bound * 1e9) for bound in DURATION_BOUNDS_S)
MINUTE_NS: Final = 60_000_000_000

_NOT_AN_ERROR: Final = frozenset({Ending.COMPLETED, Ending.ANSWERED, Ending.CLIENT_LEFT})
_NOTHING_SPENT: Final = frozenset({Ending.UPSTREAM_ERROR, Ending.UPSTREAM_UNREACHABLE, Ending.REFUSED, Ending.ANSWERED})
_FREE_OPERATIONS: Final = frozenset({"count_tokens", "models"})


def nanoseconds(milliseconds: float) -> int:
    return round(milliseconds * 1e6)


def ended_at_ns(record: ExchangeRecord) -> int:
    """Unix time of the end, which is when an exchange is booked."""
    return record.arrival.started_at_ns + nanoseconds(record.duration_ms)


def is_error(ending: Ending) -> bool:
    """A client that leaves is no error; everything else that is not a success is one."""
    return ending not in _NOT_AN_ERROR


def cost_is_unknown(record: ExchangeRecord) -> bool:
    """Whether this exchange may have cost something that no bill tells: tokens without a price, or a spending request
    whose usage was never heard."""
    if record.bill is not None:
        return False
    if record.usage is not None:
        return any((record.usage.prompt_tokens, record.usage.output_tokens, record.usage.output_audio_tokens))
    spends = bool(record.arrival.model) and record.arrival.operation not in _FREE_OPERATIONS
    asked = record.attempts > 0 or record.outcome.ending is Ending.INTERRUPTED
    return spends and asked and record.outcome.ending not in _NOTHING_SPENT


@dataclass(slots=True)
class Sums:
    """Running sums of one scope. `identical` and `changed` count bodies that left for a provider."""

    requests: int = 0
    errors: int = 0
    unpriced: int = 0
    identical: int = 0
    changed: int = 0
    fresh_tokens: int = 0
    cache_read_tokens: int = 0
    cache_write_tokens: int = 0
    output_tokens: int = 0
    reasoning_tokens: int = 0
    cost_nanousd: int = 0
    request_bytes: int = 0
    reply_bytes: int = 0

    @property
    def prompt_tokens(self) -> int:
        return self.fresh_tokens + self.cache_read_tokens + self.cache_write_tokens

    def add(self, record: ExchangeRecord) -> None:
        self.requests += 1
        self.errors += is_error(record.outcome.ending)
        self.unpriced += cost_is_unknown(record)
        if record.sent_sha256:
            self.identical += record.identical
            self.changed += not record.identical
        self.cost_nanousd += record.cost_nanousd or 0
        self.request_bytes += record.arrival.request_bytes
        self.reply_bytes += record.reply_bytes
        if record.usage is not None:
            self._add_usage(record.usage)

    def merge(self, other: "Sums") -> None:
        for name in SUM_COLUMNS:
            setattr(self, name, getattr(self, name) + getattr(other, name))

    def _add_usage(self, usage: Usage) -> None:
        self.fresh_tokens += usage.input_tokens + usage.input_audio_tokens
        self.cache_read_tokens += usage.cache_read_tokens
        self.cache_write_tokens += usage.cache_write_tokens
        self.output_tokens += usage.output_tokens + usage.output_audio_tokens
        self.reasoning_tokens += usage.reasoning_tokens


SUM_COLUMNS: Final = tuple(column.name for column in fields(Sums))


@dataclass(slots=True)
class Durations:
    """How many exchanges took how long. `counts` are per bucket, not accumulated."""

    counts: list[int] = field(default_factory=lambda: [0] * (len(_BOUNDS_NS) + 1))
    sums_ns: list[int] = field(default_factory=lambda: [0] * (len(_BOUNDS_NS) + 1))

    def add(self, duration_ns: int) -> None:
        bucket = bisect_left(_BOUNDS_NS, duration_ns)
        self.counts[bucket] += 1
        self.sums_ns[bucket] += duration_ns

    def merge(self, other: "Durations") -> None:
        self.counts = [mine + theirs for mine, theirs in zip(self.counts, other.counts, strict=True)]
        self.sums_ns = [mine + theirs for mine, theirs in zip(self.sums_ns, other.sums_ns, strict=True)]

    @property
    def count(self) -> int:
        return sum(self.counts)

    @property
    def sum_s(self) -> float:
        return sum(self.sums_ns) / 1e9

    def accumulated(self) -> list[int]:
        """For each bound how many exchanges took no longer, then the number of all: what Prometheus calls buckets."""
        running, result = 0, []
        for count in self.counts:
            running += count
            result.append(running)
        return result


@dataclass(slots=True)
class Moment:
    """Sums of one minute or one day."""

    requests: int = 0
    errors: int = 0
    unpriced: int = 0
    prompt_tokens: int = 0
    output_tokens: int = 0
    cost_nanousd: int = 0

    def add(self, record: ExchangeRecord) -> None:
        self.requests += 1
        self.errors += is_error(record.outcome.ending)
        self.unpriced += cost_is_unknown(record)
        self.cost_nanousd += record.cost_nanousd or 0
        if record.usage is not None:
            self.prompt_tokens += record.usage.prompt_tokens
            self.output_tokens += record.usage.output_tokens + record.usage.output_audio_tokens

    def merge(self, other: "Moment") -> None:
        for name in MOMENT_COLUMNS:
            setattr(self, name, getattr(self, name) + getattr(other, name))


MOMENT_COLUMNS: Final = tuple(column.name for column in fields(Moment))


class Scope(Enum):
    """What totals are kept by."""

    UPSTREAM = "upstream"
    PROJECT = "project"
    MODEL = "model"


EndingKey = tuple[str, Ending, int]
"""Upstream, ending, HTTP status."""
DurationKey = tuple[str, str, bool]
"""Upstream, model as requested, streaming."""


@dataclass(slots=True)
class Figures:
    """Sums by every dimension that has a bound."""

    all: Sums = field(default_factory=Sums)
    by_upstream: dict[str, Sums] = field(default_factory=dict)
    by_project: dict[str, Sums] = field(default_factory=dict)
    by_model: dict[str, Sums] = field(default_factory=dict)
    """By the model that was asked for; also one that the price list does not know."""
    endings: dict[EndingKey, int] = field(default_factory=dict)
    durations: dict[DurationKey, Durations] = field(default_factory=dict)

    def add(self, record: ExchangeRecord, labels: Labels) -> None:
        upstream = labels.upstream(record.upstream)
        self.all.add(record)
        self.by_upstream.setdefault(upstream, Sums()).add(record)
        self.by_project.setdefault(labels.project(record.arrival.project), Sums()).add(record)
        self.by_model.setdefault(labels.model(record.arrival.model), Sums()).add(record)
        ending_key = (upstream, record.outcome.ending, record.status)
        self.endings[ending_key] = self.endings.get(ending_key, 0) + 1
        if record.upstream:
            duration_key = (upstream, labels.known_model(record.arrival.model), record.arrival.streaming)
            self.durations.setdefault(duration_key, Durations()).add(nanoseconds(record.duration_ms))

    def merge(self, other: "Figures") -> None:
        self.all.merge(other.all)
        for scope in Scope:
            for label, sums in other.by(scope).items():
                self.by(scope).setdefault(label, Sums()).merge(sums)
        for ending_key, count in other.endings.items():
            self.endings[ending_key] = self.endings.get(ending_key, 0) + count
        for duration_key, durations in other.durations.items():
            self.durations.setdefault(duration_key, Durations()).merge(durations)

    def by(self, scope: Scope) -> dict[str, Sums]:
        match scope:
            case Scope.UPSTREAM:
                return self.by_upstream
            case Scope.PROJECT:
                return self.by_project
            case Scope.MODEL:
                return self.by_model

    def by_ending(self) -> Mapping[Ending, int]:
        sums: dict[Ending, int] = {}
        for (_, ending, _), count in self.endings.items():
            sums[ending] = sums.get(ending, 0) + count
        return sums
