"""Where the engine and the terminal meet: facts from the bus and figures from the engine's state become feeds.

Nothing here runs per token. Handlers put a reference into a bounded inbox; `flush`, called by the one paint clock,
moves it into the feeds and says what has to be drawn anew.
"""

import time
from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import tzinfo
from typing import Protocol

from proxy_core.bus import Bus
from proxy_core.events import ExchangeOpened, ExchangeSettled, NoticeRaised, Severity
from proxy_core.exchange.identity import ExchangeId
from proxy_core.exchange.record import ExchangeRecord
from proxy_core.live import LiveExchange, LiveTable
from proxy_core.loop_lag import LoopLag
from tokenman_tui.feeds.exchange_feed import CAPACITY, ExchangeFeed, Facts, FeedChange
from tokenman_tui.feeds.inert import inert
from tokenman_tui.feeds.ticker import Ticker

FACTS_PER_FLUSH = 1_000
"""About two milliseconds of work; what is left waits for the next flush."""
NOTICES = 20
NOTICE_CHARACTERS = 400
TICKER_PERIOD_NS = 1_000_000_000


class EngineState(Protocol):
    """What the terminal reads of the engine."""

    @property
    def bus(self) -> Bus: ...
    @property
    def live(self) -> LiveTable: ...
    @property
    def lag(self) -> LoopLag: ...
    @property
    def tally(self) -> "TallyView": ...
    @property
    def addresses(self) -> "AddressesView": ...


class AddressesView(Protocol):
    """Where clients reach the proxy."""

    @property
    def proxy_url(self) -> str: ...


class TallyView(Protocol):
    """What the header asks of the engine's tally. Money in nano-dollars, without what has no price."""

    @property
    def last_hour_nanousd(self) -> int: ...
    @property
    def today_nanousd(self) -> int: ...
    @property
    def month_nanousd(self) -> int: ...
    @property
    def burn_nanousd_per_h(self) -> int: ...
    @property
    def unpriced(self) -> int: ...
    @property
    def requests(self) -> int: ...


@dataclass(frozen=True, slots=True)
class Notice:
    """A sentence for people, safe to draw."""

    severity: Severity
    sentence: str


@dataclass(frozen=True, slots=True)
class Paint:
    """What one flush changed. Widgets draw that and nothing else."""

    exchanges: FeedChange
    ticker: bool
    notices: tuple[Notice, ...]

    def __bool__(self) -> bool:
        return bool(self.exchanges or self.ticker or self.notices)


class Bridge:
    """Owns the feeds. `open` and `close` bracket its subscriptions; `flush` is called a few times a second."""

    def __init__(
        self,
        state: EngineState,
        *,
        mono_ns: Callable[[], int] = time.monotonic_ns,
        zone: tzinfo | None = None,
    ) -> None:
        self.exchanges = ExchangeFeed(zone=zone)
        self._state = state
        self._mono_ns = mono_ns
        self._inbox: dict[ExchangeId, Facts] = {}
        self._notices: deque[Notice] = deque(maxlen=NOTICES)
        self._subscriptions: list[Callable[[], None]] = []
        self._ticker_due_ns = mono_ns()
        self.ticker = self._read_ticker()

    def open(self) -> None:
        """Begins to listen; exchanges that are under way already become rows."""
        bus = self._state.bus
        self._subscriptions = [
            bus.subscribe(ExchangeOpened, self._opened),
            bus.subscribe(ExchangeSettled, self._settled),
            bus.subscribe(NoticeRaised, self._raised),
        ]
        for live in self._state.live.all():
            self._put(live)

    def close(self) -> None:
        for unsubscribe in self._subscriptions:
            unsubscribe()
        self._subscriptions = []

    def recall(self, records: Iterable[ExchangeRecord]) -> None:
        """Rows from before this start, oldest first. Call it before the app runs."""
        for record in records:
            self.exchanges.absorb(record)

    def flush(self) -> Paint:
        """Moves what has happened into the feeds. False when there is nothing to draw."""
        now_ns = self._mono_ns()
        for exchange_id in tuple(self._inbox)[:FACTS_PER_FLUSH]:
            self.exchanges.absorb(self._inbox.pop(exchange_id))
        self.exchanges.sample(self._under_way, now_ns)
        notices = tuple(self._notices)
        self._notices.clear()
        return Paint(self.exchanges.take_change(), self._refresh_ticker(now_ns), notices)

    def _under_way(self, exchange_id: ExchangeId) -> bool:
        return exchange_id in self._inbox or self._state.live.get(exchange_id) is not None

    def _opened(self, event: ExchangeOpened) -> None:
        self._put(self._state.live.get(event.arrival.id) or LiveExchange(event.arrival))

    def _settled(self, event: ExchangeSettled) -> None:
        self._put(event.record)

    def _raised(self, event: NoticeRaised) -> None:
        self._notices.append(Notice(event.severity, inert(event.sentence, NOTICE_CHARACTERS)))

    def _put(self, facts: Facts) -> None:
        """The latest facts of an exchange replace the earlier ones, in its first place. Twice the window: by the time
        the oldest is dropped, a window's worth of newer exchanges waits, and its row would not be seen any more."""
        self._inbox[facts.arrival.id] = facts
        if len(self._inbox) > 2 * CAPACITY:
            del self._inbox[next(iter(self._inbox))]

    def _refresh_ticker(self, now_ns: int) -> bool:
        active_changed = len(self._state.live) != self.ticker.active
        if now_ns < self._ticker_due_ns and not active_changed:
            return False
        self._ticker_due_ns = now_ns + TICKER_PERIOD_NS
        before, self.ticker = self.ticker, self._read_ticker()
        return before != self.ticker

    def _read_ticker(self) -> Ticker:
        tally = self._state.tally
        return Ticker(
            hour_nanousd=tally.last_hour_nanousd,
            today_nanousd=tally.today_nanousd,
            month_nanousd=tally.month_nanousd,
            per_hour_nanousd=tally.burn_nanousd_per_h,
            unpriced=tally.unpriced,
            requests=tally.requests,
            active=len(self._state.live),
            lag_ms=round(self._state.lag.recent_max_ms),
            proxy_url=self._state.addresses.proxy_url,
        )
