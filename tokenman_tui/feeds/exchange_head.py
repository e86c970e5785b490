"""The line above the tabs: which exchange this is."""

from tokenman_tui.feeds import cells
from tokenman_tui.feeds.figures import duration
from tokenman_tui.feeds.inert import inert
from tokenman_tui.feeds.overview import Selected
from tokenman_tui.feeds.reading import Reading
from tokenman_tui.feeds.spans import Line, Part, Span, justified

GAP = Span("  ")
MARGIN = Span(" ")


def exchange_head(selected: Selected, place: tuple[int, int] | None, width: int) -> Line:
    """State, model, status and path; at the right end what it cost, how long it took, and its place in the list."""
    row = selected.row
    arrival = selected.facts.arrival
    left: Line = (
        MARGIN,
        cells.state(row),
        MARGIN,
        Span(row.labels.model or row.labels.operation, cells.tone(row, Part.TITLE)),
        GAP,
        cells.status(row),
        GAP,
        Span(f"{inert(arrival.method)} {inert(arrival.path)}", Part.MUTED),
    )
    counted = f"{place[0] + 1:,} of {place[1]:,}" if place is not None else ""
    right: Line = (
        GAP,
        cells.cost(row),
        GAP,
        Span(duration(row.elapsed_ms), Part.LIVE if row.state.live else Part.TEXT),
        GAP,
        Span(counted, Part.MUTED),
        MARGIN,
    )
    return justified(left, right, width)


def reading_status(reading: Reading, width: int, hint: str = "") -> Line:
    """What has been found, or else a hint, and how far down the reader is."""
    rows = len(reading.outline)
    last = min(rows, reading.top + reading.height)
    share = 100 * last // rows if rows else 100
    where = "" if rows <= reading.height else f"{last:,} of {rows:,} lines  {share}% "
    more = "" if reading.outline.complete else "reading… "
    left = _found(reading) or (Span(hint, Part.FAINT),)
    return justified((MARGIN, *left), (Span(more + where, Part.FAINT),), width)


def _found(reading: Reading) -> Line:
    finding = reading.finding
    if not finding.query:
        return ()
    query = Span(inert(finding.query, 40), Part.ACCENT)
    total = f"{len(finding.matches):,}" + ("" if finding.complete else "…")
    if not finding.matches:
        return query, Span("  is not here" if finding.complete else "  …", Part.WARN)
    if reading.current is None:
        return query, Span(f"  {total} found, n goes to the next", Part.MUTED)
    number = finding.index(reading.current) + 1
    return query, Span(f"  {number:,} of {total}", Part.MUTED), Span("  n next, N previous, esc ends", Part.FAINT)
