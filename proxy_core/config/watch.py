"""Notices that the configuration file has been saved, however an editor does it: in place, by rename, by symlink."""

import asyncio
import hashlib
from collections.abc import AsyncIterator
from pathlib import Path

from watchfiles import awatch

from proxy_core.config.source import digest_of

SETTLED_S = 0.1
"""The content must stay the same for this long: a file that is being written is not read half way."""
EMPTIED_S = 0.4
"""An empty file is given longer: many editors empty it before they write."""
_BATCH_MS = 50
_LOOK_MS = 1_000


async def saved(path: Path, known: bytes | None, stop: asyncio.Event) -> AsyncIterator[None]:
    """Yields once after each change of the file's content, until `stop` is set. The file need not exist.

    `known` is the `digest_of` the content that was read last; another one that is there already counts as a change.
    """
    while not stop.is_set():
        folders = await asyncio.to_thread(_folders, path)
        watching = awatch(
            *folders,
            recursive=False,
            stop_event=stop,
            debounce=_BATCH_MS,
            step=_BATCH_MS,
            rust_timeout=_LOOK_MS,
            yield_on_timeout=True,
        )
        # Looked at before anything is told, since it may have changed while the folders did; and once a second without
        # being told, since some file systems tell nothing.
        async for _ in _at_once_and(watching):
            digest = await _settled(path, known)
            if digest is not None:
                known = digest
                yield
            if await asyncio.to_thread(_folders, path) != folders:
                break


async def _at_once_and(watching: AsyncIterator[object]) -> AsyncIterator[None]:
    yield
    async for _ in watching:
        yield


def _folders(path: Path) -> tuple[Path, ...]:
    """The folder of the file, and, where it is a symlink, those of what it points to; the nearest that exist."""
    places = [path.parent]
    if path.is_symlink():
        places += [path.readlink().parent if path.readlink().is_absolute() else path.parent, path.resolve().parent]
    return tuple(dict.fromkeys(_existing(place) for place in places))


def _existing(folder: Path) -> Path:
    while not folder.is_dir() and folder != folder.parent:
        folder = folder.parent
    return folder


async def _settled(path: Path, known: bytes | None) -> bytes | None:
    """The digest of a content that is not the `known` one, once it no longer changes; None while there is none."""
    digest = await asyncio.to_thread(digest_of, path)
    while digest is not None and digest != known:
        await asyncio.sleep(EMPTIED_S if digest == _EMPTY else SETTLED_S)
        again = await asyncio.to_thread(digest_of, path)
        if again == digest:
            return digest
        digest = again
    return None


_EMPTY = hashlib.sha256(b"").digest()
