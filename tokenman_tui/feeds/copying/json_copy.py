"""All that is known of an exchange as one JSON document, for tickets and for other programs."""

from dataclasses import asdict
from datetime import UTC, datetime
from decimal import Decimal

from proxy_core.exchange.record import ExchangeRecord
from tokenman_tui.feeds.copying.exchange import Exchange
from tokenman_tui.feeds.header_blocks import is_secret
from tokenman_tui.feeds.kept import MASK, Headers, Kept
from tokenman_tui.feeds.loose_json import as_written, decoded, pretty

NANO = 1_000_000_000


def as_json(exchange: Exchange) -> str:
    """Bodies are in it where they are stored; a body that is no JSON is a string."""
    arrival, facts = exchange.facts.arrival, exchange.facts
    known: dict[str, object] = {
        "id": arrival.id,
        "started_at": datetime.fromtimestamp(arrival.started_at_ns / NANO, UTC).isoformat(),
        "method": arrival.method,
        "path": arrival.path,
        "dialect": arrival.dialect,
        "model": arrival.model,
        "client": arrival.client,
        "project": arrival.project,
        "session": arrival.session,
        "upstream": facts.upstream,
        "status": facts.status,
        "attempts": facts.attempts,
        "usage": None if facts.usage is None else asdict(facts.usage),
    }
    if isinstance(facts, ExchangeRecord):
        known |= _settled(facts)
    if exchange.kept is not None:
        known |= _bodies(exchange.kept)
    return pretty(known) + "\n"


def _settled(record: ExchangeRecord) -> dict[str, object]:
    cost = record.cost_nanousd
    return {
        "outcome": record.outcome.ending.value,
        "reason": record.outcome.reason,
        "served_model": record.served_model,
        "cost_usd": None if cost is None else f"{Decimal(cost).scaleb(-9).normalize():f}",
        "body_sha256": record.body_sha256,
        "sent_sha256": record.sent_sha256,
        "first_byte_ms": record.first_byte_ms,
        "duration_ms": record.duration_ms,
    }


def _bodies(kept: Kept) -> dict[str, object]:
    return {
        "request_headers": _masked(kept.request_headers),
        "request": _value(kept.request_body),
        "reply_headers": _masked(kept.reply_headers),
        "reply": _value(kept.reply_body),
    }


def _masked(headers: Headers) -> list[list[str]]:
    return [[name, MASK if is_secret(name) else value] for name, value in headers]


def _value(body: bytes) -> object:
    try:
        return decoded(body) if body else None
    except ValueError:
        return as_written(body)
