"""How verbs come into the command line: a module is imported when its verb is used; its failures become sentences."""

import importlib
from collections import UserDict
from collections.abc import Mapping
from typing import Any

import typer
import typer.core
import typer.main

from tokenman_tui.commands.failure import status_and_sentence


def verb() -> typer.Typer:
    """An application of one verb, or of a family of them."""
    return typer.Typer(
        add_completion=False, pretty_exceptions_enable=False, rich_markup_mode=None, no_args_is_help=True
    )


class _Modules(UserDict[str, Any]):
    """Commands by name. A value that is text names the module that holds the command."""

    def __getitem__(self, name: str) -> Any:  # noqa: ANN401 - typer's own type has moved between its versions
        command = super().__getitem__(name)
        if isinstance(command, str):
            command = typer.main.get_command(importlib.import_module(command).app)
            self[name] = command
        return command


def group(modules: Mapping[str, str]) -> type[typer.core.TyperGroup]:
    """The class of the program's own group: it knows the verbs in `modules` besides those declared on it."""

    class VerbGroup(typer.core.TyperGroup):
        def __init__(self, **settings: Any) -> None:  # noqa: ANN401
            super().__init__(**settings)
            self.commands = _Modules({**modules, **self.commands})

        def invoke(self, ctx: Any) -> Any:  # noqa: ANN401
            try:
                return super().invoke(ctx)
            except Exception as error:
                told = status_and_sentence(error, in_a_verb=ctx.invoked_subcommand is not None)
                if told is None:
                    raise
                status, sentence = told
                typer.echo(sentence, err=True)
                raise typer.Exit(status) from error

    return VerbGroup
