"""The files that the program writes: whose they are, who may read them, and whether the ledger is sound."""

import os
import shutil
import stat
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

from pydantic import SecretStr

from proxy_core.config import Layer, Loaded
from proxy_core.config.catalogue import entries
from proxy_core.config.key_refs import parse_key_ref
from proxy_core.config.option_paths import parse_path
from proxy_core.config.places import database_file
from proxy_core.ledger.check import problems
from tokenman_tui.doctor.finding import Finding, ok, wrong

_OWN = ("tokenman.[dls]*", "digest.key", "keys.json")
"""Database, log, lock and what was written to standard error. The configuration holds no key, and is private only when
it states an option that is declared a secret."""
_NEEDED_BYTES = 200 * 1024 * 1024


def permissions(loaded: Loaded) -> Iterator[Finding]:
    """Private files that others can read, and files that others can change."""
    place = loaded.config.server.data_dir
    secret = [loaded.path] if loaded.path is not None and _states_a_secret(loaded) else []
    private = [*(found for pattern in _OWN for found in place.glob(pattern)), *_key_files(loaded), *secret]
    shared = [path for path in (loaded.path, place) if path is not None and path.exists() and path not in secret]
    found = [
        *(finding for path in private if (finding := _narrow(path, 0o077, "read")) is not None),
        *(finding for path in shared if (finding := _narrow(path, 0o022, "change")) is not None),
    ]
    yield from found or [ok(f"Only you can read what is in {place}.")]


def _states_a_secret(loaded: Loaded) -> bool:
    secrets = [entry for entry in entries() if entry.kind is SecretStr]
    stated = [parse_path(name) for name, origin in loaded.origins.items() if origin.layer is Layer.FILE]
    return any(entry.is_at(path) for entry in secrets for path in stated)


def _key_files(loaded: Loaded) -> Iterator[Path]:
    for options in loaded.config.providers.values():
        if options.key_ref.startswith("file:"):
            path = Path(parse_key_ref(options.key_ref).place)
            if path.is_file():
                yield path


def _narrow(path: Path, bits: int, verb: str) -> Finding | None:
    facts = path.stat()
    if facts.st_uid != os.getuid():
        return wrong(f"{path} belongs to another user, so that TokenMan may fail to use it: give it to yourself.")
    if not facts.st_mode & bits or (stat.S_ISDIR(facts.st_mode) and facts.st_mode & stat.S_ISVTX):
        return None
    mode = stat.S_IMODE(facts.st_mode) & ~bits
    return wrong(f"Others can {verb} {path}: `chmod {mode:o} {path}`.", lambda: path.chmod(mode))


def space(loaded: Loaded) -> Iterator[Finding]:
    """Whether the data directory can be written, and for how long."""
    place = loaded.config.server.data_dir
    there = next(step for step in (place, *place.parents) if step.exists())
    if not os.access(there, os.W_OK | os.X_OK):
        yield wrong(f"{place} cannot be written: change its permissions, or name another with server.data_dir.")
        return
    free = shutil.disk_usage(there).free
    if free < _NEEDED_BYTES:
        yield wrong(f"Only {free // 2**20} MB are free for {place}: free some, or move server.data_dir.")
    else:
        yield ok(f"{place} can be written, and {free / 2**30:,.1f} GB are free.")


async def ledger(loaded: Loaded) -> AsyncIterator[Finding]:
    path = database_file(loaded.config.server.data_dir)
    if not path.exists():
        yield ok(f"There is no ledger yet; it will be {path}.")
        return
    found = await problems(path)
    for problem in found:
        yield wrong(f"{problem} Stop TokenMan and move {path} away: a new one is begun.")
    if not found:
        yield ok(f"The ledger {path} is sound.")
