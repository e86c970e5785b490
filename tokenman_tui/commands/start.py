"""`tokenman start`: run without a terminal, until `tokenman stop`."""

from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer

from proxy_core.config import load
from proxy_core.config.places import log_file
from tokenman_tui import start as starting
from tokenman_tui.commands.failure import failing_on
from tokenman_tui.commands.options import ConfigFile, DataDir, given
from tokenman_tui.commands.verbs import verb
from tokenman_tui.detached import DidNotStart, start_detached
from tokenman_tui.instance import AlreadyRunning, Instance, running
from tokenman_tui.start import Arguments

app = verb()


@app.command()
def start(
    context: typer.Context,
    *,
    foreground: Annotated[
        bool, typer.Option("--foreground", "-f", help="Stay in the foreground, with the log on stderr.")
    ] = False,
    config: ConfigFile = None,
    bind: Annotated[str | None, typer.Option(help="Address to listen on.")] = None,
    proxy_port: Annotated[int | None, typer.Option(help="Port of the proxy.")] = None,
    api_port: Annotated[int | None, typer.Option(help="Port of the API and /metrics.")] = None,
    data_dir: DataDir = None,
    log_level: Annotated[str | None, typer.Option(help="Least severe log record to keep.")] = None,
) -> None:
    """Run the proxy in the background. Says where it listens once it answers."""
    more = {"bind": bind, "proxy_port": proxy_port, "api_port": api_port, "log_level": log_level}
    arguments = given(context, config, data_dir, **more)
    if foreground:
        raise typer.Exit(starting.start(replace(arguments, ui=False)))
    place = load(arguments.config, overrides=arguments.overrides).config.server.data_dir
    typer.echo(started(begin(arguments, place), place))


def begin(arguments: Arguments, data_dir: Path) -> Instance:
    with failing_on(AlreadyRunning, DidNotStart):
        instance = running(data_dir)
        if instance is not None:
            raise AlreadyRunning(data_dir, instance)
        return start_detached(arguments, data_dir)


def started(instance: Instance, data_dir: Path) -> str:
    return (
        f"TokenMan runs as process {instance.pid}: proxy {instance.proxy_url}, API {instance.api_url}, "
        f"log {log_file(data_dir)}."
    )
