"""`tokenman config-export`: the configuration in force as one file."""

from pathlib import Path
from typing import Annotated

import typer

from proxy_core.config import Layer, Loaded
from proxy_core.config.file_form import file_form
from proxy_core.config.save import ABSENT, ChangedMeanwhile, save
from tokenman_tui.commands.failure import Failed
from tokenman_tui.commands.options import ConfigFile, configured
from tokenman_tui.commands.verbs import verb

app = verb()
STANDARD_OUTPUT = Path("-")


@app.command()
def config_export(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(help="File to write; by default, or as -, standard output.")] = (
        STANDARD_OUTPUT
    ),
    *,
    with_secrets: Annotated[bool, typer.Option("--with-secrets", help="Write secret options too.")] = False,
    config: ConfigFile = None,
) -> None:
    """Write the configuration in force, without secrets."""
    text = exported(configured(context, config), with_secrets=with_secrets)
    if file == STANDARD_OUTPUT:
        typer.echo(text, nl=False)
        return
    try:
        save(file, text, ABSENT)
    except ChangedMeanwhile:
        raise Failed(f"{file} exists, and was left as it is: name another file.") from None
    typer.echo(f"The configuration is in {file}{'' if with_secrets else ', without secrets'}.")


def exported(loaded: Loaded, *, with_secrets: bool) -> str:
    stated = [name for name, origin in loaded.origins.items() if origin.layer is not Layer.DEFAULT]
    return file_form(loaded.config, stated, with_secrets=with_secrets)
