"""Exchange ids: unique, sortable by time of arrival."""

import os
import time
from typing import NewType

ExchangeId = NewType("ExchangeId", str)


def new_exchange_id() -> ExchangeId:
    """32 hex digits laid out as a UUID version 7 (RFC 9562): 48 bits of Unix milliseconds, then randomness."""
    stamp = time.time_ns() // 1_000_000
    tail = int.from_bytes(os.urandom(10), "big")
    version_and_high = 0x7000 | (tail >> 68 & 0x0FFF)
    variant_and_low = 0x8000_0000_0000_0000 | (tail & 0x3FFF_FFFF_FFFF_FFFF)
    return ExchangeId(f"{stamp:012x}{version_and_high:04x}{variant_and_low:016x}")
