"""`tokenman run`: a client that is wired for this one run."""

import os
import shutil
import socket
from collections.abc import Mapping
from typing import Annotated
from urllib.parse import urlsplit

import typer

from tokenman_tui.commands.failure import Failed
from tokenman_tui.commands.gateway import gateway
from tokenman_tui.commands.options import ConfigFile, DataDir, configured
from tokenman_tui.commands.verbs import verb
from tokenman_tui.commands.wire import ClientKey, known
from tokenman_tui.wiring.client import Gateway, Started

app = verb()
_REACH_S = 3.0
_OWN = "localhost,127.0.0.1,::1"


@app.command(context_settings={"allow_interspersed_args": False, "ignore_unknown_options": True})
def run(
    context: typer.Context,
    key: ClientKey,
    arguments: Annotated[list[str] | None, typer.Argument(help="The client's own arguments.")] = None,
    config: ConfigFile = None,
    data_dir: DataDir = None,
) -> None:
    """Start a client wired to the proxy for this run only. Its exit status and signals are its own."""
    client = known(key)
    door = gateway(configured(context, config, data_dir))
    if client.start is None:
        raise Failed("\n".join([f"{client.title} cannot be wired for one run.", *client.steps(door)]))
    _reach(door)
    own = list(arguments or ())
    _become(client.start(door, own[1:] if own[:1] == ["--"] else own, os.environ))


def _reach(door: Gateway) -> None:
    place = urlsplit(door.base_url)
    try:
        socket.create_connection((place.hostname or "", place.port or 80), _REACH_S).close()
    except OSError:
        raise Failed(f"Nothing answers at {door.base_url}: start the proxy with `tokenman start`.") from None


def _become(started: Started) -> None:
    if not started.arguments:
        raise Failed("There is nothing to run: name a command, as in `tokenman run env -- python script.py`.")
    name = started.arguments[0]
    program = shutil.which(name)
    if program is None:
        raise Failed(f"There is no program {name} to run: install it, or add its directory to PATH.")
    os.execve(program, started.arguments, direct(os.environ | started.variables))  # noqa: S606 - what was asked for


def direct(environ: Mapping[str, str]) -> dict[str, str]:
    """`environ` with this machine's own addresses exempt from an HTTP proxy, where there is one."""
    named = {name: value for name, value in environ.items() if name.lower() in {"http_proxy", "all_proxy"} and value}
    if not named:
        return dict(environ)
    exempt = environ.get("no_proxy") or environ.get("NO_PROXY") or ""
    both = ",".join(filter(None, [exempt, _OWN]))
    return {**environ, "NO_PROXY": both, "no_proxy": both}
