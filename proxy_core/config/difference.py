"""What differs between two configurations, and what of it has to wait for the next start."""

from collections.abc import Iterator, Mapping
from typing import Any

from proxy_core.config.catalogue import entries
from proxy_core.config.root import Config


def changed(old: Config, new: Config) -> tuple[str, ...]:
    """The dotted paths of all options whose values differ, sorted; of an added or removed table, of all in it."""
    before, after = dict(_leaves(old.model_dump())), dict(_leaves(new.model_dump()))
    missing = object()
    return tuple(
        sorted(path for path in before.keys() | after.keys() if before.get(path, missing) != after.get(path, missing))
    )


def hot_part(old: Config, new: Config) -> tuple[Config, tuple[str, ...]]:
    """`new`, but with the old values of what cannot change while the program runs; and the paths of those options."""
    waiting = [
        entry.path for entry in entries() if not entry.option.hot and _at(old, entry.path) != _at(new, entry.path)
    ]
    kept = new
    for section, option in waiting:
        values = getattr(kept, section).model_copy(update={option: _at(old, (section, option))})
        kept = kept.model_copy(update={section: values})
    return kept, tuple(".".join(path) for path in waiting)


def _at(config: Config, path: tuple[str, ...]) -> object:
    section, option = path
    return getattr(getattr(config, section), option)


def _leaves(value: Mapping[str, Any], above: str = "") -> Iterator[tuple[str, Any]]:
    for key, inner in value.items():
        path = f"{above}.{key}" if above else key
        if isinstance(inner, Mapping):
            yield from _leaves(inner, path)
        else:
            yield path, inner
