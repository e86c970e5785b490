"""`tokenman install-service`: let the system start the proxy whenever its owner is there."""

import os
import shlex
import subprocess
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer

from proxy_core.config import Loaded, load
from proxy_core.config.save import digest, replace_file
from tokenman_tui import program
from tokenman_tui.commands.failure import Failed, failing_on
from tokenman_tui.commands.options import ConfigFile, DataDir, given
from tokenman_tui.commands.verbs import verb
from tokenman_tui.detached import STDERR_NAME, as_typed
from tokenman_tui.instance import AlreadyRunning, running
from tokenman_tui.services import MANAGERS, usual_manager
from tokenman_tui.services.service import Manager, Service
from tokenman_tui.start import Arguments

app = verb()
_COMMAND_TIMEOUT_S = 60.0
_BEYOND_DRAIN_S = 15
Kind = Annotated[str, typer.Option("--kind", help=f"One of {', '.join(MANAGERS)}. By default the platform's own.")]


@app.command()
def install_service(
    context: typer.Context,
    *,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Print the description, and change nothing.")] = False,
    kind: Kind = "",
    config: ConfigFile = None,
    data_dir: DataDir = None,
) -> None:
    """Run the proxy as a service of yours. A systemd user unit, or a launchd agent."""
    arguments = given(context, config, data_dir)
    loaded = load(arguments.config, overrides=arguments.overrides)
    manager = chosen(kind)
    with failing_on(ValueError):
        text = manager.text(_service(arguments, loaded))
    if dry_run:
        typer.echo(text, nl=False)
        return
    place = loaded.config.server.data_dir
    instance = running(place)
    if instance is not None:
        raise Failed(str(AlreadyRunning(place, instance)))
    file = manager.file(os.environ)
    replace_file(file, text.encode(), digest(file))
    act(manager.begin(file), f"The service is described in {file}, but it was not started")
    typer.echo(
        " ".join(filter(None, [f"TokenMan is a service of {manager.title}, described in {file}.", *_hints(manager)]))
    )


def chosen(kind: str) -> Manager:
    manager = MANAGERS.get(kind) if kind else usual_manager()
    if manager is None:
        raise Failed(f"No service manager {kind or 'of this platform'} is known: name one of {', '.join(MANAGERS)}.")
    return manager


def _service(arguments: Arguments, loaded: Loaded) -> Service:
    """Paths are made absolute, and the environment is what the program needs: a service has no working directory."""
    options = dict(arguments.options)
    server = loaded.config.server
    if options.get("--data-dir", ("", None))[1] is not None:
        options["--data-dir"] = ("server.data_dir", str(server.data_dir))
    fixed = replace(arguments, config=arguments.config and arguments.config.absolute(), options=options)
    home = os.environ.get("TOKENMAN_HOME")
    return Service(
        command=[*program.command(), "--no-ui", "--log-to-file", *as_typed(fixed)],
        variables=program.variables() | ({"TOKENMAN_HOME": str(Path(home).expanduser().absolute())} if home else {}),
        errors=server.data_dir / STDERR_NAME,
        stop_s=int(server.drain_timeout) + _BEYOND_DRAIN_S,
    )


def _hints(manager: Manager) -> list[str]:
    hints = [manager.hint] if manager.hint else []
    unseen = sorted(name for name in os.environ if name.startswith("TOKENMAN_") and name != "TOKENMAN_HOME")
    if unseen:
        hints.append(f"It does not see this shell's {', '.join(unseen)}: put what they say into the file.")
    return hints


def act(commands: Sequence[Sequence[str]], otherwise: str) -> None:
    """Run the commands. Raises `Failed`, which begins with `otherwise`, for the first that does not succeed."""
    for command in commands:
        said = _run(command)
        if said is not None:
            raise Failed(f"{otherwise}: `{shlex.join(command)}` failed{f' ({said})' if said else ''}; run it yourself.")


def _run(command: Sequence[str]) -> str | None:
    """None for success, else what the command said in one line."""
    try:
        done = subprocess.run(  # noqa: S603 - the system's own service manager
            command, capture_output=True, text=True, timeout=_COMMAND_TIMEOUT_S, check=False
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        return getattr(error, "strerror", None) or "it did not end"
    return None if done.returncode == 0 else " ".join((done.stderr or done.stdout).split())
