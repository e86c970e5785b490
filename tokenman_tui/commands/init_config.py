"""`tokenman init-config`: a commented configuration file with every option's default."""

from pathlib import Path

import typer

from proxy_core.config import Config
from proxy_core.config.file_form import file_form
from proxy_core.config.places import places
from proxy_core.config.save import ABSENT, ChangedMeanwhile, save
from tokenman_tui.commands.failure import Failed
from tokenman_tui.commands.options import ConfigFile, given
from tokenman_tui.commands.verbs import verb

app = verb()


@app.command()
def init_config(context: typer.Context, config: ConfigFile = None) -> None:
    """Write a commented file of every default. Never overwrites one."""
    path = given(context, config).config or places().config_file
    write(path)
    typer.echo(f"Every option is in {path} with its default: change one with `tokenman config edit`.")


def write(path: Path) -> None:
    """Raises `Failed` when there is a file already."""
    try:
        save(path, file_form(Config()), ABSENT)
    except ChangedMeanwhile:
        raise Failed(f"{path} exists, and was left as it is: change it with `tokenman config edit`.") from None
