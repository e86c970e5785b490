"""`tokenman doctor`: look at everything that the program depends on."""

import asyncio
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated

import typer

from proxy_core.config import ConfigError, Loaded
from tokenman_tui.commands.options import ConfigFile, DataDir, configured
from tokenman_tui.commands.verbs import verb
from tokenman_tui.doctor.examine import examine
from tokenman_tui.doctor.finding import Finding, Level

app = verb()


@dataclass(frozen=True, slots=True)
class _Told:
    level: str
    sentence: str


@app.command()
def doctor(
    context: typer.Context,
    *,
    fix: Annotated[bool, typer.Option("--fix", help="Put right what can be put right safely.")] = False,
    offline: Annotated[bool, typer.Option("--offline", help="Do not call the providers.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
    config: ConfigFile = None,
    data_dir: DataDir = None,
) -> None:
    """Examine all that the program depends on. Exit status 1 if anything is wrong."""
    try:
        loaded = configured(context, config, data_dir)
    except ConfigError as error:
        told = [_Told(Level.WRONG, _sentence(str(problem))) for problem in error.problems]
        _say(told, aloud=not as_json)
    else:
        told = asyncio.run(_examine(loaded, fix=fix, offline=offline, aloud=not as_json))
    if as_json:
        typer.echo(json.dumps([{"level": one.level, "sentence": one.sentence} for one in told], indent=2))
    if any(one.level == Level.WRONG for one in told):
        raise typer.Exit(1)


async def _examine(loaded: Loaded, *, fix: bool, offline: bool, aloud: bool) -> list[_Told]:
    told = []
    async for finding in examine(loaded, offline=offline):
        one = _fixed(finding) if fix and finding.fix else _Told(finding.level, finding.sentence)
        told.append(one)
        _say([one], aloud=aloud)
    return told


def _sentence(text: str) -> str:
    return text if text.endswith("?") else f"{text}."


def _say(told: Sequence[_Told], *, aloud: bool) -> None:
    for one in told if aloud else ():
        typer.echo(f"{one.level:<5}  {one.sentence}")


def _fixed(finding: Finding) -> _Told:
    try:
        if finding.fix is not None:
            finding.fix()
    except OSError as error:
        return _Told(Level.WRONG, f"{finding.sentence} That failed: {error.strerror}.")
    return _Told("fixed", finding.sentence)
