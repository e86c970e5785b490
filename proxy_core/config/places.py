"""Where the program's files are.

`TOKENMAN_HOME` moves everything; else `~/.tokenman` holds everything when it exists; else the platform decides. Nothing
is created by asking: a directory (mode 0700) or file (mode 0600) is made by whoever is about to write it.
"""

import os
import stat
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

CONFIG_NAME = "tokenman.toml"
DATABASE_NAME = "tokenman.db"
LOG_NAME = "tokenman.log"


@dataclass(frozen=True, slots=True)
class Places:
    """The directory of the configuration file, and the default of `server.data_dir`."""

    config_dir: Path
    data_dir: Path

    @property
    def config_file(self) -> Path:
        return self.config_dir / CONFIG_NAME


def places(environ: Mapping[str, str] | None = None) -> Places:
    """Decide from `environ` (the process's own by default) and from what exists in the home directory."""
    moved = (os.environ if environ is None else environ).get("TOKENMAN_HOME", "")
    if moved:
        home = Path(moved).expanduser().absolute()
        return Places(home, home)
    own = Path("~/.tokenman").expanduser()
    if own.is_dir():
        return Places(own, own)
    import platformdirs  # noqa: PLC0415 - costs start-up time that TOKENMAN_HOME does not need

    return Places(
        platformdirs.user_config_path("tokenman", appauthor=False),
        platformdirs.user_data_path("tokenman", appauthor=False),
    )


def database_file(data_dir: Path) -> Path:
    return data_dir / DATABASE_NAME


def log_file(data_dir: Path) -> Path:
    return data_dir / LOG_NAME


def private_directory(path: Path) -> Path:
    """Make sure that `path` is a directory; it and every missing parent are created with mode 0700."""
    for missing in reversed([step for step in (path, *path.parents) if not step.exists()]):
        missing.mkdir(mode=0o700, exist_ok=True)
    return path


def private_file(path: Path) -> Path:
    """Make sure that `path` is a file that only its owner reads: created with mode 0600, or narrowed to it."""
    private_directory(path.parent)
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        facts = os.fstat(descriptor)
        if stat.S_ISREG(facts.st_mode) and facts.st_mode & 0o077:
            os.fchmod(descriptor, 0o600)
    finally:
        os.close(descriptor)
    return path
