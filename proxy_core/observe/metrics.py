"""`/metrics`: the tally and the engine's state in Prometheus' formats, written by prometheus-client.

Nothing is counted here. Every counter is read from the tally, which a restart restores from the ledger; so a counter
goes on where it was, and agrees with the screen and the API. Gauges are of this moment.
"""

import time
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import TypeVar

from prometheus_client import CollectorRegistry, GCCollector, ProcessCollector
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily, InfoMetricFamily
from prometheus_client.exposition import choose_encoder
from prometheus_client.metrics_core import Metric
from prometheus_client.registry import Collector

from proxy_core.ledger.figures import DURATION_BOUNDS_S, DurationKey, Durations, EndingKey, Sums
from proxy_core.observe.endings import error_type, provider_status
from proxy_core.state import EngineState

K = TypeVar("K", bound=tuple[str, ...])
_LE = (*map(str, DURATION_BOUNDS_S), "+Inf")


class Metrics(Collector):
    """What a scrape shows of one engine. Labels hold providers, known models, endings and statuses: all bounded."""

    def __init__(self, state: EngineState, version: str) -> None:
        self._state = state
        self._version = version
        self._registry = CollectorRegistry()
        self._registry.register(self)
        ProcessCollector(registry=self._registry)
        GCCollector(registry=self._registry)

    def exposition(self, accept: str) -> tuple[bytes, str]:
        """The text and its content type, in the format that the scraper's Accept header asks for."""
        encode, content_type = choose_encoder(accept)
        return encode(self._registry), content_type

    def collect(self) -> Iterator[Metric]:
        figures = self._state.tally.figures
        yield from _sums(figures.all)
        yield from _endings(figures.endings)
        yield _durations(figures.durations)
        yield from self._of_now()
        yield InfoMetricFamily("tokenman_build", "The program that runs.", {"version": self._version})

    def _of_now(self) -> Iterator[Metric]:
        state = self._state
        yield _gauge("active_requests", "Exchanges under way.", len(state.live))
        uptime_s = (time.time_ns() - state.started_at_ns) / 1e9
        yield _gauge("uptime_seconds", "Time since the program started.", uptime_s)
        yield _gauge("loop_lag_seconds", "How late the event loop ran its latest timer.", state.lag.now_ms / 1e3)
        yield _gauge("loop_lag_recent_max_seconds", "The longest such lag of late.", state.lag.recent_max_ms / 1e3)
        yield _gauge("loop_lag_max_seconds", "The longest such lag since the start.", state.lag.max_ms / 1e3)
        yield _gauge("ledger_healthy", "1 while the ledger can be written.", state.ledger.healthy)
        yield _gauge("ledger_rows_lost", "Rows that did not reach the disk since the start.", state.ledger.rows_lost)


def _sums(sums: Sums) -> Iterator[Metric]:
    yield _counter("requests", "Exchanges that ended.", sums.requests)
    yield _counter("tokens_in", "Tokens read, from the cache or not.", sums.prompt_tokens)
    yield _counter("tokens_out", "Tokens written.", sums.output_tokens)
    kinds = {
        ("fresh",): sums.fresh_tokens,
        ("cache_read",): sums.cache_read_tokens,
        ("cache_write",): sums.cache_write_tokens,
    }
    yield _counters("prompt_tokens", "Tokens read, by what became of them in the cache.", ("kind",), kinds)
    yield _counter("reasoning_tokens", "Tokens written while reasoning; part of tokens_out.", sums.reasoning_tokens)
    yield _counter("cost_usd", "Dollars spent, without what has no price.", sums.cost_nanousd / 1e9)
    yield _counter("unpriced_requests", "Exchanges whose cost is unknown.", sums.unpriced)
    yield _counter("request_bytes", "Bytes of request bodies.", sums.request_bytes)
    yield _counter("reply_bytes", "Bytes of reply bodies.", sums.reply_bytes)
    bodies = {("true",): sums.identical, ("false",): sums.changed}
    yield _counters("bodies", "Bodies that left, by whether they are what came.", ("identical",), bodies)


def _endings(by_key: Mapping[EndingKey, int]) -> Iterator[Metric]:
    """How exchanges ended, as the reference sorts them."""
    errors: Counter[tuple[str, ...]] = Counter()
    asked: Counter[tuple[str, ...]] = Counter()
    endings: Counter[tuple[str, ...]] = Counter()
    for (provider, ending, status), count in by_key.items():
        endings[ending.value,] += count
        kind = error_type(ending, status)
        if kind is not None:
            errors[kind, provider, str(status)] += count
        if provider:
            asked[provider, provider_status(ending)] += count
    yield _counters("endings", "Exchanges by how they ended.", ("ending",), endings)
    yield _counters("errors", "Exchanges that failed.", ("type", "provider", "status_code"), errors)
    yield _counters("provider_requests", "Exchanges that reached for a provider.", ("provider", "status"), asked)


def _durations(by_key: Mapping[DurationKey, Durations]) -> Metric:
    family = HistogramMetricFamily(
        "tokenman_request_duration_seconds",
        "From a request's arrival to its end.",
        labels=("provider", "model", "streaming"),
    )
    for (provider, model, streaming), durations in sorted(by_key.items()):
        buckets = list(zip(_LE, map(float, durations.accumulated()), strict=True))
        family.add_metric((provider, model, str(streaming).lower()), buckets, durations.sum_s)
    return family


def _counter(name: str, text: str, value: float) -> Metric:
    return CounterMetricFamily(f"tokenman_{name}", text, value)


def _counters(name: str, text: str, labels: tuple[str, ...], values: Mapping[K, float]) -> Metric:
    family = CounterMetricFamily(f"tokenman_{name}", text, labels=labels)
    for key, value in sorted(values.items()):
        family.add_metric(key, value)
    return family


def _gauge(name: str, text: str, value: float) -> Metric:
    return GaugeMetricFamily(f"tokenman_{name}", text, value)
