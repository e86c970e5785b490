"""Starting the program so that it goes on without its terminal, and waiting until it can be used."""

import os
import subprocess
import time
from pathlib import Path

from proxy_core.config.places import private_file
from tokenman_tui import program
from tokenman_tui.api_call import NoAnswer, ask
from tokenman_tui.instance import Instance, running
from tokenman_tui.start import Arguments

STDERR_NAME = "tokenman.stderr"
READY_WITHIN_S = 30.0
_PAUSE_S = 0.05
_TOLD_BYTES = 8 * 1024


class DidNotStart(Exception):
    """`str()` is what the program itself said, or why it was given up."""


def start_detached(arguments: Arguments, data_dir: Path) -> Instance:
    """Returns when the program answers. Raises `DidNotStart`; then nothing of it is left running."""
    errors = private_file(data_dir / STDERR_NAME)
    with errors.open("wb") as sink:
        process = subprocess.Popen(  # noqa: S603 - the program itself
            [*program.command(), "--no-ui", "--log-to-file", *as_typed(arguments)],
            stdin=subprocess.DEVNULL,
            stdout=sink,
            stderr=sink,
            env=os.environ | program.variables(),
            start_new_session=True,
        )
    try:
        instance = _wait(process, data_dir, errors)
    except BaseException:
        process.terminate()
        process.wait()
        raise
    process.returncode = 0  # it outlives this process, which has nothing to wait for
    return instance


def as_typed(arguments: Arguments) -> list[str]:
    """The command line that says the same."""
    given = [("--config", arguments.config), *((name, value) for name, (_, value) in arguments.options.items())]
    return [part for name, value in given if value is not None for part in (name, str(value))]


def _wait(process: subprocess.Popen[bytes], data_dir: Path, errors: Path) -> Instance:
    deadline_s = time.monotonic() + READY_WITHIN_S
    while time.monotonic() < deadline_s:
        if process.poll() is not None:
            raise DidNotStart(_said(errors) or f"TokenMan ended with status {process.returncode} and said nothing.")
        instance = running(data_dir)
        if instance is not None and instance.pid == process.pid and _is_up(instance):
            return instance
        time.sleep(_PAUSE_S)
    said = f": {_said(errors)}" if _said(errors) else ", and said nothing."
    raise DidNotStart(f"TokenMan was not ready within {READY_WITHIN_S:g} s{said}")


def _is_up(instance: Instance) -> bool:
    try:
        return bool(instance.api_url) and ask(instance.api_url, "/health") is not None
    except NoAnswer:
        return False


def _said(errors: Path) -> str:
    return errors.read_bytes()[-_TOLD_BYTES:].decode(errors="replace").strip()
