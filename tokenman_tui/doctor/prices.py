"""How old the price list is, told from the newest price in it: the list itself bears no date."""

from collections.abc import Iterator
from datetime import UTC, date, datetime

from tokenman_tui.doctor.finding import Finding, note, ok

OLD_DAYS = 60


def prices() -> Iterator[Finding]:
    today = datetime.now(UTC).date()
    yield aged(max((since for since in _dates() if since <= today), default=date.min), today)


def _dates() -> Iterator[date]:
    """When prices began to hold. Some are announced for later."""
    from genai_prices.data import providers  # noqa: PLC0415 - a tenth of a second
    from genai_prices.types import StartDateConstraint  # noqa: PLC0415

    for provider in providers:
        for entry in provider.models:
            for price in entry.prices if isinstance(entry.prices, list) else ():
                if isinstance(price.constraint, StartDateConstraint):
                    yield price.constraint.start_date


def aged(newest: date, today: date) -> Finding:
    days = (today - newest).days
    if days > OLD_DAYS:
        return note(
            f"The newest price in the list is from {newest}, {days} days ago, so that newer models may have none: "
            "update with `pip install --upgrade genai-prices`."
        )
    return ok(f"The newest price in the list is from {newest}.")
