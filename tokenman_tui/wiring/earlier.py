"""What a client's file said before it was wired, told from the file as it is and from what was kept of it."""

import contextlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path as FilePath
from typing import Any

from tokenman_tui.wiring.client import Gateway, SettingsFile, base_of
from tokenman_tui.wiring.formats import CannotEdit, Format, Path, value_at


@dataclass(frozen=True, slots=True)
class Now:
    """The file and its backup as they are. Texts are None where there is no file."""

    path: FilePath
    seen: str
    text: str | None
    backup: FilePath
    before: str | None


def points_here(settings: SettingsFile, gateway: Gateway, now: Now) -> bool:
    """Without a backup, another local gateway of the person's own is not taken for this proxy at an earlier port."""
    if now.text is None:
        return False
    document = settings.format.parse(now.text)
    found = [value_at(document, at) for at in settings.addresses(document)]
    if now.before is None:
        return any(map(gateway.is_meant_by, found)) or now.text in _ever_wired(settings, now)
    return any(map(gateway.may_be_meant_by, found))


def without(settings: SettingsFile, gateway: Gateway, now: Now) -> str | None:
    """What the file said before it was wired, with what was changed in it since; None for no file."""
    if now.text is None or not points_here(settings, gateway, now):
        return now.text
    if now.text in _ever_wired(settings, now):
        return now.before
    document = settings.format.parse(now.text)
    ours: dict[Path, Any] = {}
    for base_url in sorted(filter(gateway.may_be_meant_by, _bases(settings, document))):
        values = settings.values(Gateway(base_url, anthropic_upstream=True), document)
        ours |= {at: value_at(document, at) for at in values}
    return _taken_back(settings.format, gateway, now.text, ours, settings.format.parse(now.before or ""))


def _bases(settings: SettingsFile, document: object) -> set[str]:
    found = (value_at(document, at) for at in settings.addresses(document))
    return {base_of(address) for address in found if isinstance(address, str)}


def _ever_wired(settings: SettingsFile, now: Now) -> Iterator[str]:
    """What wiring makes of the backup, for each address that the file names and for each kind of upstream."""
    before, document = settings.format.parse(now.before or ""), settings.format.parse(now.text or "")
    for base_url in _bases(settings, document):
        for anthropic_upstream in (True, False):
            with contextlib.suppress(CannotEdit):
                values = settings.values(Gateway(base_url, anthropic_upstream), before)
                yield settings.format.put_all(now.before or "", values)


def _taken_back(form: Format, gateway: Gateway, text: str, ours: Mapping[Path, Any], before: object) -> str:
    for at, value in ours.items():
        old = value_at(before, at)
        if isinstance(value, str) and "://" in value and not gateway.may_be_meant_by(value):
            continue
        if isinstance(value, list):
            old = [one for one in value if not gateway.may_be_meant_by(str(one).partition("=")[2])] or None
        text = form.put(text, at, old)
    for parent in sorted({at[:end] for at in ours for end in range(1, len(at))}, key=len, reverse=True):
        if value_at(form.parse(text), parent) == {} and value_at(before, parent) is None:
            text = form.put(text, parent, None)
    return text
