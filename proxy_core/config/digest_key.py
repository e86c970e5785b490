"""The random key of a data directory, with which every digest that leaves the process is made."""

import os
import secrets
from pathlib import Path

from proxy_core.config.places import private_directory

NAME = "digest.key"
SIZE_BYTES = 32


def digest_key(data_dir: Path) -> bytes:
    """The key of `data_dir`, made on first use. Two programs that ask at once get the same one.

    Raises `OSError` when the directory cannot be written, and `ValueError` when the file is not what was written.
    """
    path = data_dir / NAME
    if not path.exists():
        _create(path)
    key = path.read_bytes()
    if len(key) != SIZE_BYTES:
        raise ValueError(f"{path} is damaged: delete it, and fingerprints of keys will change once")
    return key


def _create(path: Path) -> None:
    private_directory(path.parent)
    draft = path.with_name(f"{NAME}.{secrets.token_hex(8)}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(secrets.token_bytes(SIZE_BYTES))
        os.link(draft, path)
    except FileExistsError:
        return
    finally:
        draft.unlink()
