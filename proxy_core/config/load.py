"""Layers to one configuration: defaults, below the file, below the environment, below the command line."""

import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any

from pydantic import ValidationError

from proxy_core.config.blame import Blame
from proxy_core.config.catalogue import Entry, entries, values
from proxy_core.config.document import Document, parse_document, read_document
from proxy_core.config.environment import read_environment
from proxy_core.config.layers import Layer, Origin, Setting, cover
from proxy_core.config.places import Places, places
from proxy_core.config.problems import ConfigError, Problem, dotted
from proxy_core.config.providers import BUILT_IN
from proxy_core.config.root import Config


@dataclass(frozen=True, slots=True)
class Loaded:
    """A valid configuration. `origins` tells for each option, by dotted path, where its value comes from.

    `path` is the file that was read, or None when there is none.
    """

    config: Config
    origins: Mapping[str, Origin]
    path: Path | None


def load(
    path: Path | None = None,
    *,
    environ: Mapping[str, str] | None = None,
    overrides: Sequence[Setting] = (),
    text: str | None = None,
) -> Loaded:
    """Read the configuration, from `path` (which must exist) or from its usual place (which need not).

    `text` stands in for what the file says, to try an edit before it is saved. Reads files, so a running loop calls it
    in a thread. Raises `ConfigError` with all problems at once.
    """
    variables = os.environ if environ is None else environ
    where = places(variables)
    document, problems = _read(path, where, text)
    settings, misnamed = read_environment(variables, entries(), {"providers": _provider_keys(document.table)})
    problems += misnamed
    settings += overrides
    if any(problem.file for problem in problems):
        raise ConfigError(problems)
    config = _validate(document, settings, where, problems)
    return Loaded(config, MappingProxyType(dict(_origins(config, document, settings))), document.path)


def _read(path: Path | None, where: Places, text: str | None) -> tuple[Document, list[Problem]]:
    try:
        if text is not None:
            return parse_document(text, path or where.config_file), []
        return read_document(path or where.config_file, required=path is not None), []
    except ConfigError as error:
        return Document(), list(error.problems)


def _provider_keys(table: Mapping[str, Any]) -> list[str]:
    named = table.get("providers")
    return list(dict.fromkeys([*BUILT_IN, *(named if isinstance(named, Mapping) else ())]))


def _validate(document: Document, settings: Sequence[Setting], where: Places, problems: list[Problem]) -> Config:
    table = cover(_anchored(document), settings)
    if isinstance(table.setdefault("server", {}), dict):
        table["server"].setdefault("data_dir", str(where.data_dir))
    try:
        config = Config.model_validate(table)
    except ValidationError as error:
        problems += Blame(document, settings).problems(error)
    if problems:
        raise ConfigError(problems)
    return config


def _anchored(document: Document) -> dict[str, Any]:
    """The file's table, with relative paths in it taken from the file's own directory."""
    if document.path is None:
        return {}
    folder = document.path.absolute().parent
    paths = [entry for entry in entries() if entry.kind is Path]
    return cover(document.table, _absolute(paths, document.table, folder))


def _absolute(paths: Iterable[Entry], table: Mapping[str, Any], folder: Path) -> Iterator[Setting]:
    for entry in paths:
        for path, value in values(entry.path, table):
            if isinstance(value, str) and value and not value.startswith("~"):
                yield Setting(path, str(folder / value), Origin(Layer.FILE))


def _origins(config: Config, document: Document, settings: Iterable[Setting]) -> Iterator[tuple[str, Origin]]:
    given = {setting.path: setting.origin for setting in settings}
    dumped = config.model_dump()
    for entry in entries():
        for path, _ in values(entry.path, dumped):
            yield dotted(path), given.get(path) or _file_origin(path, document) or Origin(Layer.DEFAULT)


def _file_origin(path: tuple[str, ...], document: Document) -> Origin | None:
    if not any(True for _ in values(path, document.table)):
        return None
    at = document.where(path)
    return Origin(Layer.FILE, f"{document.path}:{at.line}" if at else str(document.path))
