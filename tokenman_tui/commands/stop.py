"""`tokenman stop`: end the program that runs on a data directory."""

import os
import signal
import time
from pathlib import Path
from typing import Annotated

import typer

from tokenman_tui.commands.failure import Failed
from tokenman_tui.commands.options import ConfigFile, DataDir, data_directory
from tokenman_tui.commands.verbs import verb
from tokenman_tui.instance import Instance, running

app = verb()
_PAUSE_S = 0.05


@app.command()
def stop(
    context: typer.Context,
    *,
    now: Annotated[bool, typer.Option("--now", help="Do not wait for requests under way.")] = False,
    timeout_s: Annotated[float, typer.Option("--timeout", min=0, help="Seconds to wait until it has ended.")] = 60.0,
    config: ConfigFile = None,
    data_dir: DataDir = None,
) -> None:
    """End the running program. Requests under way are given server.drain_timeout to finish."""
    place = data_directory(context, config, data_dir)
    instance = running(place)
    if instance is None:
        typer.echo(f"TokenMan is not running on {place}.")
        return
    if not instance.is_here:
        raise Failed(f"TokenMan on {place} is {instance}: stop it there.")
    _signal(instance)
    if now and not _ended(place, instance, 0.2):
        _signal(instance)
    if not _ended(place, instance, timeout_s):
        raise Failed(
            f"TokenMan ({instance}) has not ended within {timeout_s:g} s: wait for the requests under way, or use "
            "`tokenman stop --now`."
        )
    typer.echo(f"TokenMan ({instance}) has ended.")


def _signal(instance: Instance) -> None:
    try:
        os.kill(instance.pid, signal.SIGTERM)
    except ProcessLookupError:
        return
    except PermissionError:
        raise Failed(f"TokenMan ({instance}) belongs to another user: stop it as that user.") from None


def _ended(data_dir: Path, instance: Instance, timeout_s: float) -> bool:
    deadline_s = time.monotonic() + timeout_s
    while (now := running(data_dir)) is not None and now.pid == instance.pid:
        if time.monotonic() >= deadline_s:
            return False
        time.sleep(_PAUSE_S)
    return True
