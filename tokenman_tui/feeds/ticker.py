"""The figures that the header shows, and the two lines it draws of them."""

from dataclasses import dataclass

from tokenman_tui.feeds import figures
from tokenman_tui.feeds.spans import Line, Part, Span, justified, width_of

SLOW_LOOP_MS = 30.0
NAME = "TokenMan"


@dataclass(frozen=True, slots=True)
class Ticker:
    """Money in nano-dollars; None where nothing is known."""

    hour_nanousd: int
    today_nanousd: int
    month_nanousd: int
    per_hour_nanousd: int
    """The burn rate: what an hour costs at the pace of the last minutes."""
    unpriced: int
    """Exchanges whose price is unknown; the sums are without them."""
    requests: int
    active: int
    lag_ms: float
    proxy_url: str


def masthead(ticker: Ticker, tail_says: Line, width: int) -> tuple[Line, Line]:
    """Name and address with the sums of money; below, what goes on now with the burn rate."""
    margin = Span(" ")
    spent = _first_that_fits(_sums(ticker), width - len(NAME) - 4)
    name: Line = (
        margin,
        Span(NAME, Part.NAME),
        Span("  "),
        Span(ticker.proxy_url.removeprefix("http://"), Part.MUTED),
    )
    if width_of(name) + width_of(spent) + 2 > width:
        name = name[:2]
    burning = (Span("burning ", Part.MUTED), Span(f"{figures.dollars(ticker.per_hour_nanousd)}/h", Part.MONEY), margin)
    return justified(name, (*spent, margin), width), justified((margin, *_now(ticker), *tail_says), burning, width)


def _sums(ticker: Ticker) -> list[Line]:
    hour = _sum("hour", ticker.hour_nanousd)
    today = _sum("today", ticker.today_nanousd)
    month = _sum("month", ticker.month_nanousd)
    gap = Span("   ")
    full = (*hour, gap, *today, gap, *month)
    unpriced = (Span(f"{figures.count(ticker.unpriced)} unpriced", Part.WARN), gap) if ticker.unpriced else ()
    return [(*unpriced, *full), full, (*today, gap, *month), today]


def _sum(label: str, nanousd: int) -> Line:
    return Span(f"{label} ", Part.MUTED), Span(figures.dollars(nanousd), Part.MONEY)


def _first_that_fits(lines: list[Line], width: int) -> Line:
    return next((line for line in lines if width_of(line) <= width), lines[-1])


def _now(ticker: Ticker) -> Line:
    active = Part.LIVE if ticker.active else Part.MUTED
    slow = Part.WARN if ticker.lag_ms > SLOW_LOOP_MS else Part.MUTED
    return (
        Span("●" if ticker.active else "○", active),
        Span(f" {ticker.active} active", active),
        Span(" · ", Part.FAINT),
        Span(f"{ticker.requests:,} requests", Part.MUTED),
        Span(" · ", Part.FAINT),
        Span(f"lag {ticker.lag_ms:.0f}ms", slow),
    )
