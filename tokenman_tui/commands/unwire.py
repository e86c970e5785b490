"""`tokenman unwire`: a client's settings as they were before."""

import os

import typer

from tokenman_tui.commands.failure import failing_on
from tokenman_tui.commands.gateway import gateway
from tokenman_tui.commands.options import ConfigFile, DataDir, configured
from tokenman_tui.commands.verbs import verb
from tokenman_tui.commands.wire import ClientKey, known
from tokenman_tui.wiring.attach import NotWired, file_of, unwire
from tokenman_tui.wiring.shell import removals

app = verb()


@app.command("unwire")
def unwire_(context: typer.Context, key: ClientKey, config: ConfigFile = None, data_dir: DataDir = None) -> None:
    """Restore a client's own settings."""
    client = known(key)
    if client.key == "env":
        typer.echo("\n".join(removals(os.environ.get("SHELL", ""))))
        return
    door = gateway(configured(context, config, data_dir))
    with failing_on(NotWired):
        file = unwire(client, door, os.environ)
    if file is None:
        typer.echo(f"{client.title} is not wired: {file_of(client, os.environ)} was left as it is.")
    else:
        typer.echo(f"{client.title} is as it was before: {file} is {'restored' if file.exists() else 'gone again'}.")
