"""Figures in the units of the API's field names."""

from datetime import UTC, datetime, timedelta

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def usd(nanousd: int) -> float:
    """Dollars, for people and charts: the float nearest to the exact amount. Add up `*_nanousd` instead."""
    return nanousd / 1_000_000_000


def usd_or_none(nanousd: int | None) -> float | None:
    return None if nanousd is None else usd(nanousd)


def timestamp(unix_ns: int) -> str:
    """RFC 3339 in UTC, to the millisecond."""
    moment = _EPOCH + timedelta(microseconds=unix_ns // 1000)
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def milliseconds(value_ms: float | None) -> float | None:
    """To the microsecond: more digits would be noise."""
    return None if value_ms is None else round(value_ms, 3)


def uptime(seconds: int) -> str:
    """`2d 5h 32m`; the greatest parts that are not zero, at least minutes."""
    minutes = seconds // 60
    days, hours, minutes = minutes // 1440, minutes // 60 % 24, minutes % 60
    if days:
        return f"{days}d {hours}h {minutes}m"
    return f"{hours}h {minutes}m" if hours else f"{minutes}m"
