"""Editing the configuration in the person's own editor: on a copy, which takes the file's place once it is valid."""

import os
import shlex
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import typer

from proxy_core.config import Config, ConfigError, load
from proxy_core.config.file_form import file_form
from proxy_core.config.save import ABSENT, ChangedMeanwhile, digest, save
from tokenman_tui.commands.failure import Failed

_USUAL = ("sensible-editor", "nano", "vi")


def edit_file(path: Path) -> str:
    """Returns the sentence that says what became of it. Raises `Failed`; what was typed is kept in a file then."""
    seen = digest(path)
    before = file_form(Config()) if seen == ABSENT else path.read_text(encoding="utf-8")
    draft = Path(tempfile.mkdtemp(prefix="tokenman-edit-")) / path.name
    draft.write_text(before, encoding="utf-8")
    try:
        after = _until_valid(draft, path)
        if after == before:
            shutil.rmtree(draft.parent)
            return f"Nothing was changed in {path}."
        save(path, after, seen)
    except (ChangedMeanwhile, Failed, OSError) as error:
        raise Failed(f"{str(error).rstrip('.')}. What you wrote is in {draft}.") from error
    shutil.rmtree(draft.parent)
    return f"{path} is saved."


def _until_valid(draft: Path, path: Path) -> str:
    while True:
        _open_editor(draft)
        try:
            text = draft.read_text(encoding="utf-8")
            load(path, text=text)
        except (ConfigError, UnicodeDecodeError) as error:
            typer.echo(str(error), err=True)
        else:
            return text
        if not (sys.stdin.isatty() and typer.confirm("Edit it again?", default=True, err=True)):
            raise Failed(f"{path} was left as it was, because the new text is not valid.")


def _open_editor(draft: Path) -> None:
    chosen = os.environ.get("VISUAL") or os.environ.get("EDITOR") or ""
    command = shlex.split(chosen) or next(([name] for name in _USUAL if shutil.which(name)), [])
    if not command:
        raise Failed("There is no editor to open the file with: set EDITOR")
    try:
        status = subprocess.run([*command, str(draft)], check=False).returncode  # noqa: S603 - the person's own editor
    except OSError as error:
        raise Failed(f"The editor {command[0]} cannot be started ({error.strerror}): set EDITOR") from None
    if status != 0:
        raise Failed(f"The editor {command[0]} ended with status {status}, and nothing was saved")
