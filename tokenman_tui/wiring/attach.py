"""Wiring a client's own settings file, and restoring it.

What the file said before is kept beside it. As long as the file is what wiring made of that, unwiring puts it back byte
for byte; a file that was changed since keeps those changes, and only what wiring had set is taken back.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path as FilePath
from typing import Any

from proxy_core.config.save import ChangedMeanwhile, digest, replace_file
from tokenman_tui.wiring.client import Client, Environment, Gateway, SettingsFile, base_of
from tokenman_tui.wiring.earlier import Now, points_here, without
from tokenman_tui.wiring.formats import CannotEdit, Path, value_at

SUFFIX = ".before-tokenman"


class NotWired(Exception):
    """A client's file was left as it is. `str()` is the sentence that says why."""


@dataclass(frozen=True, slots=True)
class Wired:
    """What wiring did. `before` has the values that were replaced; `backup` is None where there was no file."""

    file: FilePath
    values: Mapping[Path, Any]
    before: Mapping[Path, Any]
    backup: FilePath | None


def file_of(client: Client, environ: Environment) -> FilePath | None:
    return client.file.place(environ) if client.file else None


def is_wired(client: Client, gateway: Gateway, environ: Environment) -> bool:
    """Whether the client's file points here. False also for one that cannot be read."""
    if client.file is None:
        return False
    try:
        return points_here(client.file, gateway, _look(client.file.place(environ)))
    except (CannotEdit, OSError):
        return False


def wired_to(client: Client, gateway: Gateway, environ: Environment) -> str | None:
    """The base URL to which the client's file was wired, which may be an earlier one; None when it is not wired."""
    if client.file is None or not is_wired(client, gateway, environ):
        return None
    document = client.file.format.parse(_read(client.file.place(environ)) or "")
    found = (value_at(document, at) for at in client.file.addresses(document))
    return next((base_of(address) for address in found if gateway.may_be_meant_by(address)), None)


def wire(client: Client, gateway: Gateway, environ: Environment, *, dry: bool = False) -> Wired:
    """Put the client's settings into its file; `dry` only says what would be done. Raises `NotWired`."""
    settings = _settings(client)
    path = settings.place(environ)
    try:
        now = _look(path)
        text = without(settings, gateway, now)
        known = settings.format.parse(text or "")
        values = settings.values(gateway, known)
        new = settings.format.put_all(text or "", values)
        before = {at: old for at in values if (old := value_at(known, at)) is not None}
        if not dry:
            _save(now, new, before=text)
    except (CannotEdit, ChangedMeanwhile, OSError) as error:
        raise _refusal(client, path, error) from None
    return Wired(path, values, before, None if text is None else now.backup)


def unwire(client: Client, gateway: Gateway, environ: Environment) -> FilePath | None:
    """Restore the client's file; returns it, or None when it did not point here. Raises `NotWired`."""
    settings = _settings(client)
    path = settings.place(environ)
    try:
        now = _look(path)
        if now.text is None or not points_here(settings, gateway, now):
            return None
        text = without(settings, gateway, now)
        if text is None:
            path.unlink()
        else:
            replace_file(path, text.encode(), now.seen)
        now.backup.unlink(missing_ok=True)
    except (CannotEdit, ChangedMeanwhile, OSError) as error:
        raise _refusal(client, path, error) from None
    return path


def _settings(client: Client) -> SettingsFile:
    if client.file is None:
        raise NotWired(f"{client.title} has no settings file that could be wired.")
    return client.file


def _refusal(client: Client, path: FilePath, error: Exception) -> NotWired:
    if isinstance(error, ChangedMeanwhile):
        return NotWired(str(error))
    why = error.strerror if isinstance(error, OSError) else error
    return NotWired(f"{client.title} was left as it is: {path} cannot be changed, because {why}.")


def _look(path: FilePath) -> Now:
    seen = digest(path)
    backup = path.with_name(path.name + SUFFIX)
    return Now(path, seen, _read(path), backup, _read(backup))


def _read(path: FilePath) -> str | None:
    try:
        return path.read_bytes().decode()
    except FileNotFoundError:
        return None
    except UnicodeDecodeError:
        raise CannotEdit("it is not UTF-8 text") from None


def _save(now: Now, new: str, *, before: str | None) -> None:
    if before is None:
        now.backup.unlink(missing_ok=True)
    else:
        replace_file(now.backup, before.encode(), digest(now.backup))
        now.backup.chmod(now.path.stat().st_mode & 0o777)
    replace_file(now.path, new.encode(), now.seen)
