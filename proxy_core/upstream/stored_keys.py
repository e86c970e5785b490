"""Stored keys at run time: asked for when first needed, remembered, and missed without delay for a while."""

import asyncio
import time
from collections.abc import Callable
from pathlib import Path

from proxy_core.config.keys import KeyUnavailable, resolve_all
from proxy_core.config.secret import Secret
from proxy_core.upstream.provider import Provider

MISS_S = 60.0
"""How long a key that could not be had is not asked for again: asking a locked keyring takes seconds."""
LOOK_S = 1.0
"""How often the notes of `tokenman keys` are looked at."""


class StoredKeys:
    """One look-up per key reference, however many exchanges wait for it.

    `on_missing` hears of each miss once. `notes` is the file that `tokenman keys set` and `delete` rewrite: when it
    changes, every key is asked for anew.
    """

    def __init__(self, on_missing: Callable[[str], None], notes: Path | None = None) -> None:
        self._on_missing = on_missing
        self._notes = notes
        self._noted_ns = _changed_ns(notes)
        self._looked_s = 0.0
        self._found: dict[str, Secret] = {}
        self._missing_until_s: dict[str, float] = {}
        self._lock = asyncio.Lock()

    async def key(self, provider: Provider) -> str | None:
        """The provider's stored key; None when it names none, or none can be had."""
        if not provider.key_ref:
            return None
        self._forget_changed()
        secret = self._found.get(provider.key_ref)
        if secret is None:
            async with self._lock:
                secret = self._found.get(provider.key_ref) or await self._look_up(provider)
        return None if secret is None else secret.reveal()

    def _forget_changed(self) -> None:
        now_s = time.monotonic()
        if now_s < self._looked_s + LOOK_S:
            return
        self._looked_s = now_s
        changed_ns = _changed_ns(self._notes)
        if changed_ns != self._noted_ns:
            self._noted_ns = changed_ns
            self._found.clear()
            self._missing_until_s.clear()

    async def _look_up(self, provider: Provider) -> Secret | None:
        if time.monotonic() < self._missing_until_s.get(provider.key_ref, 0.0):
            return None
        answer = (await resolve_all({provider.key: provider.key_ref}))[provider.key]
        if isinstance(answer, KeyUnavailable):
            self._miss(provider.key_ref, str(answer))
            return None
        self._found[provider.key_ref] = answer
        return answer

    def _miss(self, key_ref: str, sentence: str) -> None:
        if key_ref not in self._missing_until_s:
            self._on_missing(sentence)
        self._missing_until_s[key_ref] = time.monotonic() + MISS_S


def _changed_ns(path: Path | None) -> int:
    """When the file was last written; 0 while there is none."""
    try:
        return path.stat().st_mtime_ns if path is not None else 0
    except OSError:
        return 0
