"""`tokenman config-import`: a file takes the configuration's place, after it was found valid."""

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated

import typer

from proxy_core.config import Layer, Loaded, load
from proxy_core.config.catalogue import entries, values
from proxy_core.config.edit import edit_text
from proxy_core.config.places import places
from proxy_core.config.problems import dotted
from proxy_core.config.save import ChangedMeanwhile, back_up, digest, save
from tokenman_tui.commands.failure import Failed, failing_on
from tokenman_tui.commands.options import ConfigFile, given
from tokenman_tui.commands.verbs import verb

app = verb()


@app.command()
def config_import(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(help="File to import.")],
    config: ConfigFile = None,
) -> None:
    """Put a valid file in the configuration's place. The old one is kept as .bak."""
    target = given(context, config).config or places().config_file
    if target.exists() and file.exists() and target.samefile(file):
        raise Failed(f"{file} is the configuration itself: there is nothing to import.")
    seen = digest(target)
    text = importable(file)
    load(target, text=text)
    old = back_up(target)
    with failing_on(ChangedMeanwhile):
        save(target, text, seen)
    typer.echo(f"{target} now says what {file} says" + (f"; the old one is {old}." if old else "."))


def importable(file: Path) -> str:
    """The file's text, valid by itself, with its relative paths made absolute: they would mean others elsewhere."""
    home = {"TOKENMAN_HOME": str(places().config_dir)}
    loaded = load(file, environ=home)
    text = file.read_text(encoding="utf-8-sig")
    return edit_text(text, _paths(loaded))


def _paths(loaded: Loaded) -> Mapping[str, Path]:
    table = loaded.config.model_dump()
    found = (one for entry in entries() if entry.kind is Path for one in values(entry.path, table))
    return {
        name: path
        for parts, path in found
        if path is not None and loaded.origins[name := dotted(parts)].layer is Layer.FILE
    }
