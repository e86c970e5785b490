"""Where the time of an exchange went, as a bar from its arrival to its last byte."""

from tokenman_tui.feeds import figures
from tokenman_tui.feeds.cells import tone
from tokenman_tui.feeds.exchange_row import ExchangeRow
from tokenman_tui.feeds.spans import Line, Part, Span, clipped

WAITED = "╌"
STREAMED = "━"
WIDEST_BAR = 60


def timing(row: ExchangeRow, width: int) -> list[Line]:
    """The bar, and below it the same in figures."""
    bar_cells = min(width, WIDEST_BAR)
    waited_ms = row.elapsed_ms if row.first_byte_ms is None else min(row.first_byte_ms, row.elapsed_ms)
    waited = round(bar_cells * waited_ms / row.elapsed_ms) if row.elapsed_ms else bar_cells
    if row.first_byte_ms is not None:
        waited = min(waited, bar_cells - 1)
    flowing = Part.LIVE if row.state.live else tone(row, Part.GOOD)
    bar = (Span(WAITED * waited, Part.MUTED), Span(STREAMED * (bar_cells - waited), flowing))
    return [bar, clipped(_figures(row, flowing), width)]


def _figures(row: ExchangeRow, flowing: Part) -> Line:
    total = Span(figures.duration(row.elapsed_ms), flowing)
    if row.first_byte_ms is None:
        return total, Span("  no byte of a reply" + (" yet" if row.state.live else ""), Part.MUTED)
    first = (Span("  first byte ", Part.MUTED), Span(figures.duration(row.first_byte_ms)))
    counted = row.tokens_per_s and not row.state.live
    rate = f"  {figures.per_second(row.tokens_per_s)} tok/s" if counted else ""
    return (total, *first, Span(rate, Part.MUTED))
