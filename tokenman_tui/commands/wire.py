"""`tokenman wire`: point a client's own settings at the proxy."""

import json
import os
from typing import Annotated

import typer

from proxy_core.config.problems import nearest
from tokenman_tui.commands.failure import Failed, failing_on
from tokenman_tui.commands.gateway import gateway
from tokenman_tui.commands.options import ConfigFile, DataDir, configured
from tokenman_tui.commands.verbs import verb
from tokenman_tui.wiring import CLIENTS
from tokenman_tui.wiring.attach import NotWired, Wired, file_of, is_wired, wire
from tokenman_tui.wiring.client import Client, Gateway
from tokenman_tui.wiring.formats import Path
from tokenman_tui.wiring.shell import exports

app = verb()
_NAMES = ", ".join(CLIENTS)
ClientKey = Annotated[str, typer.Argument(metavar="CLIENT", help=f"One of {_NAMES}.")]


def known(key: str) -> Client:
    if key not in CLIENTS:
        raise Failed(f"There is no client {key!r}{nearest(key, CLIENTS) or f': name one of {_NAMES}.'}")
    return CLIENTS[key]


@app.command("wire")
def wire_(
    context: typer.Context,
    key: Annotated[str, typer.Argument(metavar="[CLIENT]", help=f"One of {_NAMES}.")] = "",
    *,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only show what would be set.")] = False,
    config: ConfigFile = None,
    data_dir: DataDir = None,
) -> None:
    """Set a client's own settings so that it calls the proxy. Without CLIENT: say which ones are wired."""
    door = gateway(configured(context, config, data_dir))
    if not key:
        for client in CLIENTS.values():
            typer.echo(f"{client.key:<12} {_state(client, door)}")
        return
    client = known(key)
    if client.key == "env":
        typer.echo("\n".join(exports(door, os.environ.get("SHELL", ""))))
        return
    if client.file is None:
        raise Failed("\n".join(client.steps(door)))
    with failing_on(NotWired):
        done = wire(client, door, os.environ, dry=dry_run)
    typer.echo("\n".join([*told(client, door, done, dry=dry_run), *client.steps(door)]))


def _state(client: Client, door: Gateway) -> str:
    place = file_of(client, os.environ)
    if place is None:
        return "see `tokenman wire " + client.key + "`"
    return f"{'wired' if is_wired(client, door, os.environ) else 'not wired'} in {place}"


def told(client: Client, door: Gateway, done: Wired, *, dry: bool = False) -> list[str]:
    kept = f"; what it said before is in {done.backup}" if done.backup and not dry else ""
    head = f"{client.title} {'would be' if dry else 'is'} wired to {door.base_url} in {done.file}{kept}:"
    return [head, *(f"  {_line(at, value, done)}" for at, value in done.values.items())]


def _line(at: Path, value: object, done: Wired) -> str:
    name = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in at).removeprefix(".")
    old = done.before.get(at)
    was = "" if old is None or old == value else f"  (was {json.dumps(old, ensure_ascii=False)})"
    return f"{name} = {json.dumps(value, ensure_ascii=False)}{was}"
