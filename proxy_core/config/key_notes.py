"""When keys were stored, for those that were stored through this program: a keyring itself does not say."""

import json
import time
from collections.abc import Mapping
from pathlib import Path

from proxy_core.config.key_refs import parse_key_ref
from proxy_core.config.save import digest, save

NAME = "keys.json"


def note_key(data_dir: Path, key_ref: str, fingerprint: str | None) -> None:
    """Remember that the key at `key_ref` has this fingerprint since now; None forgets it. May raise `OSError`."""
    path = data_dir / NAME
    seen = digest(path)
    notes = {ref: note for ref, note in _read(path).items() if ref != key_ref}
    if fingerprint is not None:
        notes[key_ref] = {"fingerprint": fingerprint, "stored_at": int(time.time())}
    save(path, json.dumps(notes, indent=2) + "\n", seen)


def stored_at(data_dir: Path, key_ref: str, fingerprint: str) -> float | None:
    """Unix time at which the key with this fingerprint was put at `key_ref`; None when that is not known."""
    note = _read(data_dir / NAME).get(key_ref)
    if note is not None and note.get("fingerprint") == fingerprint:
        at = note.get("stored_at")
        return float(at) if isinstance(at, int) else None
    ref = parse_key_ref(key_ref)
    try:
        return Path(ref.place).stat().st_mtime if ref.kind == "file" else None
    except OSError:
        return None


def _read(path: Path) -> Mapping[str, Mapping[str, object]]:
    try:
        notes = json.loads(path.read_bytes())
    except (OSError, ValueError):
        return {}
    return notes if isinstance(notes, dict) and all(isinstance(note, dict) for note in notes.values()) else {}
