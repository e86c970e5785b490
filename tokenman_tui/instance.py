"""Which program runs on a data directory: a lock that the kernel drops with its holder, and what the holder says in it.

A lock is never stale, so that neither a crash nor a recycled process number can pass for a running program.
"""

import contextlib
import fcntl
import json
import os
import socket
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import IO

from proxy_core.config.places import private_file
from proxy_core.state import Addresses

NAME = "tokenman.lock"
_TRIES = 20
_PAUSE_S = 0.05


@dataclass(frozen=True, slots=True)
class Instance:
    """A running program. `world` is the machine or container in which `pid` means it; empty `proxy_url`: not up yet."""

    pid: int
    world: str
    started_at_ns: int
    proxy_url: str = ""
    api_url: str = ""

    @property
    def is_here(self) -> bool:
        """Whether its process number can be used from here."""
        return self.world == _world()

    def __str__(self) -> str:
        at = f", {self.proxy_url}" if self.proxy_url else ""
        return f"process {self.pid}{'' if self.is_here else f' of {self.world}'}{at}"


class AlreadyRunning(Exception):
    """Another program holds the data directory. `str()` is the sentence."""

    def __init__(self, data_dir: Path, instance: Instance | None) -> None:
        who = f" ({instance})" if instance else ""
        super().__init__(
            f"TokenMan is already running on {data_dir}{who}: stop it with `tokenman stop`, or name another directory "
            "with --data-dir."
        )
        self.instance = instance


class Claim:
    """The lock, held by this process."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self._instance = Instance(os.getpid(), _world(), time.time_ns())
        self._write()

    def tell(self, addresses: Addresses) -> None:
        """Say where the program listens."""
        facts = asdict(self._instance) | {"proxy_url": addresses.proxy_url, "api_url": addresses.api_url}
        self._instance = Instance(**facts)
        self._write()

    def _write(self) -> None:
        _replace(self._file, json.dumps(asdict(self._instance)).encode() + b"\n")


@contextlib.contextmanager
def claim(data_dir: Path) -> Iterator[Claim]:
    """Hold `data_dir` for this process. Raises `AlreadyRunning`, and `OSError` when the directory cannot be written."""
    with private_file(data_dir / NAME).open("r+b", buffering=0) as file:
        if not _locks(file, fcntl.LOCK_EX, tries=_TRIES):
            raise AlreadyRunning(data_dir, _read(file))
        try:
            yield Claim(file)
        finally:
            _replace(file, b"")


def running(data_dir: Path) -> Instance | None:
    """The program that holds `data_dir`; None when there is none. Raises `OSError` for what cannot be looked at."""
    try:
        file = (data_dir / NAME).open("rb", buffering=0)
    except FileNotFoundError:
        return None
    with file:
        for _ in range(_TRIES):
            if _locks(file, fcntl.LOCK_SH, tries=1):
                return None
            instance = _read(file)
            if instance is not None:
                return instance
            time.sleep(_PAUSE_S)
        raise OSError(f"{data_dir / NAME} is locked by something that does not say what it is.")


def _locks(file: IO[bytes], kind: int, *, tries: int) -> bool:
    """Somebody who only looks holds the lock for an instant: so a program that wants it tries again."""
    for attempt in range(tries):
        try:
            fcntl.flock(file, kind | fcntl.LOCK_NB)
        except BlockingIOError:
            if attempt + 1 < tries:
                time.sleep(_PAUSE_S)
        else:
            return True
    return False


def _replace(file: IO[bytes], data: bytes) -> None:
    file.seek(0)
    file.truncate()
    file.write(data)


def _read(file: IO[bytes]) -> Instance | None:
    """None while the holder has not written yet."""
    file.seek(0)
    try:
        facts = json.loads(file.read(4096))
        return Instance(**facts)
    except (ValueError, TypeError):
        return None


def _world() -> str:
    """A data directory may be shared with containers and other machines, whose process numbers mean others here."""
    host = socket.gethostname()
    try:
        return f"{host} {Path('/proc/self/ns/pid').readlink()}"
    except OSError:
        return host
