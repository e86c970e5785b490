"""What an exchange used and what that cost, as lines that add up to the total."""

from decimal import Decimal

from proxy_core.exchange.record import Bill, ExchangeRecord
from proxy_core.exchange.usage import USAGE_COUNTS, Usage
from tokenman_tui.feeds.exchange_feed import Facts
from tokenman_tui.feeds.inert import fit, inert
from tokenman_tui.feeds.sentences import COUNTED
from tokenman_tui.feeds.spans import Line, Part, Span, clipped

LABEL_CELLS = 14
COUNT_CELLS = 9
PRICE_CELLS = 7
MONEY_CELLS = 12
WIDTH = LABEL_CELLS + COUNT_CELLS + PRICE_CELLS + MONEY_CELLS
NANO = 9
FEWEST_DECIMALS = 4


def lines(facts: Facts, width: int) -> list[Line]:
    """One line for each thing that was counted; unknown prices and usage say so."""
    usage = facts.usage
    if usage is None:
        return [(Span("The provider has reported no usage" + (" yet." if not _settled(facts) else "."), Part.MUTED),)]
    bill = facts.bill if isinstance(facts, ExchangeRecord) else None
    counted = _counted(usage) if bill is None else _priced(bill, usage)
    return [clipped(line, width) for line in (*counted, _total(facts, bill, usage))]


def _settled(facts: Facts) -> bool:
    return isinstance(facts, ExchangeRecord)


def _counted(usage: Usage) -> list[Line]:
    quantities = ((kind, getattr(usage, kind)) for kind in USAGE_COUNTS)
    return [(_label(kind), _quantity(quantity)) for kind, quantity in quantities if quantity]


def _priced(bill: Bill, usage: Usage) -> list[Line]:
    billed = {line.kind for line in bill.lines}
    decimals = _decimals_of(bill)
    free = [line for kind, line in zip(_kinds(usage), _counted(usage), strict=True) if kind not in billed]
    paid: list[Line] = [
        (
            _label(line.kind),
            _quantity(line.quantity),
            Span(fit(f"×{_price(line.usd_per_million)}", PRICE_CELLS, right=True), Part.FAINT),
            Span(fit(exact(line.nanousd, decimals), MONEY_CELLS, right=True), Part.MONEY),
        )
        for line in bill.lines
        if line.quantity
    ]
    return paid + free


def _kinds(usage: Usage) -> list[str]:
    return [kind for kind in USAGE_COUNTS if getattr(usage, kind)]


def _label(kind: str) -> Span:
    return Span(fit(COUNTED.get(kind, inert(kind)), LABEL_CELLS), Part.MUTED)


def _quantity(quantity: int) -> Span:
    return Span(fit(f"{quantity:,}", COUNT_CELLS, right=True))


def _price(usd_per_million: Decimal) -> str:
    return f"{usd_per_million.normalize():f}"


def _total(facts: Facts, bill: Bill | None, usage: Usage) -> Line:
    """Blank cells stand under the columns of quantity and price."""
    label = Span(fit("total", LABEL_CELLS), Part.MUTED)
    gap = Span(" " * (COUNT_CELLS + PRICE_CELLS))
    if bill is None:
        unknown = "price unknown" if _settled(facts) else "priced at the end"
        return label, Span(unknown, Part.WARN if _settled(facts) else Part.MUTED)
    total = exact(bill.total_nanousd, _decimals_of(bill))
    mark = "~" if usage.estimated else ""
    return label, gap, Span(fit(mark + total, MONEY_CELLS, right=True), Part.TITLE)


def _decimals_of(bill: Bill) -> int:
    """How many decimals show every line to its last nano-dollar, so that the lines visibly add up."""
    return max([FEWEST_DECIMALS, *(_decimals(line.nanousd) for line in bill.lines)])


def _decimals(nanousd: int) -> int:
    return len(f"{nanousd % 10**NANO:0{NANO}d}".rstrip("0"))


def exact(nanousd: int, decimals: int) -> str:
    """Dollars with all of `decimals`."""
    return f"${Decimal(nanousd).scaleb(-NANO):.{decimals}f}"
