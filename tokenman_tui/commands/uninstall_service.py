"""`tokenman uninstall-service`: end the service and forget it."""

import os

import typer

from tokenman_tui.commands.failure import Failed
from tokenman_tui.commands.install_service import Kind, act, chosen
from tokenman_tui.commands.verbs import verb

app = verb()


@app.command()
def uninstall_service(kind: Kind = "") -> None:
    """End the service, and delete its description. Configuration and data stay."""
    manager = chosen(kind)
    file = manager.file(os.environ)
    if not file.exists():
        typer.echo(f"TokenMan is no service of {manager.title}: there is no {file}.")
        return
    trouble = ""
    try:
        act(manager.end(file), "The service may still run")
    except Failed as failed:
        trouble = str(failed)
    file.unlink()
    if trouble:
        raise Failed(f"{file} is deleted. {trouble}")
    act(manager.after_end(file), f"{file} is deleted, and the service has ended")
    typer.echo(f"TokenMan is no service of {manager.title} any more: {file} is deleted.")
