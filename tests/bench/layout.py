"""Which cores are whose."""

import contextlib
import os
from collections.abc import Iterator
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Layout:
    """The server under test has a core for itself; of two cores, the load and the fake provider share the other."""

    server: tuple[int, ...]
    load: tuple[int, ...]
    upstream: tuple[int, ...]

    @property
    def cores(self) -> tuple[int, ...]:
        return tuple(sorted({*self.server, *self.load, *self.upstream}))


def layout() -> Layout:
    """From the cores this process may use; with a single core everything shares it."""
    cores = sorted(os.sched_getaffinity(0))
    load = cores[min(1, len(cores) - 1)]
    return Layout((cores[0],), (load,), (cores[2] if len(cores) > 2 else load,))


@contextlib.contextmanager
def pinned(cores: tuple[int, ...]) -> Iterator[None]:
    """What is started inside runs on these cores, threads and children included."""
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, cores)
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)
