"""Exchange ids: unique, sortable by time of arrival."""

import random
import time
from typing import NewType

ExchangeId = NewType("ExchangeId", str)

# An id has to be unique, not secret: a generator seeded once by the system saves a system call for each.
_tail = random.Random().getrandbits  # noqa: S311


def new_exchange_id() -> ExchangeId:
    """32 hex digits laid out as a UUID version 7 (RFC 9562): 48 bits of Unix milliseconds, then randomness."""
    stamp = time.time_ns() // 1_000_000
    return ExchangeId(f"{stamp:012x}{0x7000 | _tail(12):04x}{0x8000_0000_0000_0000 | _tail(62):016x}")
