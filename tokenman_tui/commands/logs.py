"""`tokenman logs`: the program's own log, readable, and as it grows."""

import contextlib
import json
import os
import time
from collections import deque
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, TextIO

import typer

from proxy_core.config.places import log_file
from tokenman_tui.commands.failure import Failed
from tokenman_tui.commands.options import ConfigFile, DataDir, data_directory
from tokenman_tui.commands.verbs import verb

app = verb()
_PAUSE_S = 0.2
_APART = ("timestamp", "level", "logger", "event", "exception")


@app.command()
def logs(
    context: typer.Context,
    *,
    follow: Annotated[bool, typer.Option("--follow", "-f", help="Go on with new lines until Ctrl+C.")] = False,
    count: Annotated[int, typer.Option("--lines", "-n", min=0, max=100_000, help="How many lines to begin with.")] = 50,
    raw: Annotated[bool, typer.Option("--json", help="Print the JSON lines as they are.")] = False,
    config: ConfigFile = None,
    data_dir: DataDir = None,
) -> None:
    """Print the end of the log. The app and `tokenman start` write it."""
    path = log_file(data_directory(context, config, data_dir))
    if not path.exists():
        raise Failed(f"There is no log at {path} yet: it begins with `tokenman start`, or with the terminal app.")
    with contextlib.suppress(KeyboardInterrupt, BrokenPipeError):
        for line in _lines(path, count, follow=follow):
            typer.echo(line.rstrip("\n") if raw else readable(line))


def _lines(path: Path, count: int, *, follow: bool) -> Iterator[str]:
    """The last `count` lines; then, when followed, each new one, also in the file that follows a rotated one."""
    file = path.open(encoding="utf-8", errors="replace")
    try:
        yield from deque(file, maxlen=count)
        while follow:
            yield from _grown(file)
            if _was_rotated(file, path):
                yield from _grown(file)
                file.close()
                file = path.open(encoding="utf-8", errors="replace")
            else:
                time.sleep(_PAUSE_S)
    finally:
        file.close()


def _grown(file: TextIO) -> Iterator[str]:
    """The whole lines that have come; a line that is still being written comes the next time."""
    begin = file.tell()
    while (line := file.readline()).endswith("\n"):
        yield line
        begin = file.tell()
    file.seek(begin)


def _was_rotated(file: TextIO, path: Path) -> bool:
    try:
        return path.stat().st_ino != os.fstat(file.fileno()).st_ino
    except FileNotFoundError:
        return False


def readable(line: str) -> str:
    """One record for a person. What the program did not write itself cannot move the cursor: it is escaped."""
    try:
        record = json.loads(line)
        told = [str(record["timestamp"]), f"{record['level']:<8}", str(record["event"])]
    except (ValueError, KeyError, TypeError):
        return _plain(line.rstrip("\n"))
    told += [f"{key}={value}" for key, value in record.items() if key not in _APART]
    trace = str(record.get("exception", "")).splitlines()
    return "\n".join([_plain(" ".join(told)), *(f"    {_plain(one)}" for one in trace)])


def _plain(text: str) -> str:
    return "".join(char if char.isprintable() else char.encode("unicode_escape").decode() for char in text)
