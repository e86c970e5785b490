"""Which program answers."""

import functools
from importlib.metadata import PackageNotFoundError, version


@functools.cache
def program_version() -> str:
    """The installed version; `source` when the program runs from a checkout that was never installed."""
    try:
        return version("tokenman")
    except PackageNotFoundError:
        return "source"
