"""The options that many verbs take, before or after the verb, and the configuration they lead to."""

from pathlib import Path
from typing import Annotated

import typer

from proxy_core.config import ConfigError, Loaded, load
from tokenman_tui.start import Arguments

ConfigFile = Annotated[
    Path | None, typer.Option("--config", help="Configuration file to read instead of the usual one.")
]
DataDir = Annotated[Path | None, typer.Option("--data-dir", help="Directory of the database and the log.")]


def given(context: typer.Context, config: Path | None = None, data_dir: Path | None = None) -> Arguments:
    """The arguments before the verb, covered by those after it."""
    before = context.obj if isinstance(context.obj, Arguments) else Arguments()
    options = dict(before.options)
    if data_dir is not None:
        options["--data-dir"] = ("server.data_dir", str(data_dir))
    return Arguments(config=config or before.config, options=options)


def configured(context: typer.Context, config: Path | None = None, data_dir: Path | None = None) -> Loaded:
    """The configuration that the arguments lead to. Raises `ConfigError`."""
    arguments = given(context, config, data_dir)
    return load(arguments.config, overrides=arguments.overrides)


def data_directory(context: typer.Context, config: Path | None = None, data_dir: Path | None = None) -> Path:
    """`server.data_dir`; one that was given as an argument counts even where the configuration cannot be read."""
    try:
        return configured(context, config, data_dir).config.server.data_dir
    except ConfigError:
        named = given(context, config, data_dir).options.get("--data-dir", ("", None))[1]
        if named is None:
            raise
        return Path(str(named)).expanduser().absolute()
