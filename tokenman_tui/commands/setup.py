"""`tokenman setup`: a few questions, and then a configuration that works."""

import os
import shutil
import socket
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Annotated

import typer

from proxy_core.config import Loaded
from proxy_core.config.edit import digest, edit, save
from proxy_core.config.places import places
from proxy_core.config.providers import BUILT_IN
from tokenman_tui.commands.failure import Failed
from tokenman_tui.commands.gateway import gateway
from tokenman_tui.commands.init_config import write
from tokenman_tui.commands.keys import keep
from tokenman_tui.commands.options import ConfigFile, DataDir, configured, given
from tokenman_tui.commands.start import begin, started
from tokenman_tui.commands.verbs import verb
from tokenman_tui.commands.wire import told
from tokenman_tui.doctor.doors import doors
from tokenman_tui.doctor.finding import Level
from tokenman_tui.instance import running
from tokenman_tui.wiring import CLIENTS
from tokenman_tui.wiring.attach import NotWired, file_of, is_wired, wire
from tokenman_tui.wiring.client import Client, Gateway

app = verb()
_PROGRAMS: Mapping[str, str] = {"claude-code": "claude", "codex": "codex", "aider": "aider", "opencode": "opencode"}
_PORTS = {"server.proxy_port": "the proxy", "server.dashboard_port": "the API"}


@app.command()
def setup(
    context: typer.Context,
    *,
    non_interactive: Annotated[
        bool, typer.Option("--non-interactive", help="Ask nothing: write the defaults where there is no file.")
    ] = False,
    config: ConfigFile = None,
    data_dir: DataDir = None,
) -> None:
    """Answer a few questions, and be ready to go."""
    if not non_interactive and not sys.stdin.isatty():
        raise Failed("Setup asks questions, and there is no terminal to answer them: use --non-interactive.")
    path = given(context, config).config or places().config_file
    if not path.exists():
        write(path)
        typer.echo(f"Every option is in {path} with its default.")
    loaded = configured(context, path, data_dir)
    if not non_interactive:
        loaded = _ask(context, loaded, path, data_dir)
    problems = [finding.sentence for finding in doors(loaded) if finding.level is Level.WRONG]
    if problems:
        raise Failed("\n".join(problems))
    typer.echo(f"{path} is valid and its ports can be used: {_next(loaded)}")


def _next(loaded: Loaded) -> str:
    if running(loaded.config.server.data_dir) is not None:
        return "TokenMan runs; `tokenman status` shows it."
    return "`tokenman` opens the app, `tokenman start` runs it in the background."


def _ask(context: typer.Context, loaded: Loaded, path: Path, data_dir: Path | None) -> Loaded:
    if running(loaded.config.server.data_dir) is None:
        _ask_for_ports(loaded, path)
        loaded = configured(context, path, data_dir)
    for provider in BUILT_IN:
        _ask_for_key(loaded, provider)
    door = gateway(loaded)
    for client in _found(door):
        _ask_to_wire(client, door)
    arguments = given(context, path, data_dir)
    place = loaded.config.server.data_dir
    if running(place) is None and typer.confirm("Start TokenMan in the background now?", default=True):
        typer.echo(started(begin(arguments, place), place))
    return loaded


def _ask_for_ports(loaded: Loaded, path: Path) -> None:
    server = loaded.config.server
    taken = {server.proxy_port, server.dashboard_port}
    for option, port in zip(_PORTS, (server.proxy_port, server.dashboard_port), strict=True):
        if _is_free(server.bind_address, port):
            continue
        free = next(one for one in range(port + 1, 65536) if one not in taken and _is_free(server.bind_address, one))
        number = typer.prompt(f"Port {port} for {_PORTS[option]} is in use; which instead?", default=free, type=int)
        taken.add(number)
        seen = digest(path)
        save(path, edit(path, {option: number}), seen)


def _is_free(host: str, port: int) -> bool:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        socket.create_server((host, port), family=family).close()
    except OSError:
        return False
    return True


def _ask_for_key(loaded: Loaded, provider: str) -> None:
    options = loaded.config.providers[provider]
    question = f"Store a key for {options.name}, for clients that send none of their own?"
    if not options.enabled or not options.key_ref or not typer.confirm(question, default=False):
        return
    text = typer.prompt(f"Key for {options.name} (it is not shown)", hide_input=True)
    try:
        typer.echo(keep(loaded, provider, options.key_ref, text))
    except Failed as failed:
        typer.echo(str(failed), err=True)


def _found(door: Gateway) -> Iterator[Client]:
    """Clients that seem to be installed, and are not wired yet."""
    for client in CLIENTS.values():
        file = file_of(client, os.environ)
        program = _PROGRAMS.get(client.key)
        here = (program is not None and shutil.which(program)) or (file is not None and file.exists())
        if here and not is_wired(client, door, os.environ):
            yield client


def _ask_to_wire(client: Client, door: Gateway) -> None:
    file = file_of(client, os.environ)
    if not typer.confirm(f"Point {client.title} at the proxy, in {file}? `tokenman unwire` undoes it.", default=True):
        return
    try:
        typer.echo("\n".join(told(client, door, wire(client, door, os.environ))))
    except NotWired as error:
        typer.echo(str(error), err=True)
