"""Processes that are started for a run, in groups of their own, and surely ended after it."""

import contextlib
import os
import signal
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

from tests.bench.layout import pinned

STOP_S = 5.0
ROOT = Path(__file__).parents[3]


class Process(Protocol):
    """A process under test, with a terminal or without."""

    pid: int

    def running(self) -> bool: ...

    def last_words(self) -> str: ...

    def stop(self) -> None: ...


def quiet_environment() -> dict[str, str]:
    """The environment without HTTP proxies and without a keyring that could ask somebody for a password."""
    kept = {name: value for name, value in os.environ.items() if not name.lower().endswith("_proxy")}
    return {**kept, "NO_PROXY": "127.0.0.1,localhost", "PYTHON_KEYRING_BACKEND": "keyring.backends.null.Keyring"}


def end_group(pid: int, how: signal.Signals) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(pid, how)


class Child:
    """A process without a terminal; what it prints goes to ``<name>.log`` in the folder of the run."""

    def __init__(
        self, name: str, argv: Sequence[str], folder: Path, cores: tuple[int, ...], env: dict[str, str] | None = None
    ) -> None:
        self._log = folder / f"{name}.log"
        with pinned(cores), self._log.open("ab") as log:
            self._process = subprocess.Popen(
                argv,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env=quiet_environment() | (env or {}),
                cwd=ROOT,
                start_new_session=True,
            )
        self.pid = self._process.pid

    def running(self) -> bool:
        return self._process.poll() is None

    def last_words(self) -> str:
        """The last line it printed, for the sentence that says why it is missing."""
        lines = self._log.read_text(errors="replace").strip().splitlines()
        return lines[-1][:200] if lines else "it printed nothing"

    def stop(self) -> None:
        """TERM to the whole group, KILL after five seconds."""
        end_group(self.pid, signal.SIGTERM)
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(STOP_S)
        end_group(self.pid, signal.SIGKILL)
        self._process.wait(STOP_S)
