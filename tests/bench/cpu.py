"""CPU time and memory of processes, from the kernel."""

import os
import time
from collections.abc import Iterable, Sequence
from pathlib import Path

import psutil

_TICKS_PER_S = os.sysconf("SC_CLK_TCK")
_IDLE_FIELDS = (3, 4)
_GUEST_FIELDS = 8


def cpu_ns(pids: Iterable[int]) -> int:
    """User plus system time of all threads of these processes, in nanoseconds.

    Read from each process's CPU clock (its id is built as clock_getcpuclockid(3) does), because ``/proc/PID/stat``
    counts in steps of 10 ms. A process that is gone counts as 0.
    """
    return sum(_one_ns(pid) for pid in pids)


def _one_ns(pid: int) -> int:
    try:
        return time.clock_gettime_ns((~pid << 3) | 2)
    except OSError:
        return 0


def family(pid: int) -> tuple[int, ...]:
    """The process and everything it started that still runs; empty when it is gone."""
    try:
        process = psutil.Process(pid)
        return (pid, *(child.pid for child in process.children(recursive=True)))
    except psutil.NoSuchProcess:
        return ()


def resident_mb(pids: Iterable[int]) -> float:
    """Resident memory of these processes, in units of 10^6 bytes; pages they share are counted for each."""
    total_bytes = 0
    for pid in pids:
        try:
            total_bytes += psutil.Process(pid).memory_info().rss
        except psutil.NoSuchProcess:
            continue
    return total_bytes / 1e6


def busy_s(cores: Sequence[int]) -> float:
    """For how long these cores were not idle since the machine started, time stolen by its host included."""
    wanted = {f"cpu{core}" for core in cores}
    lines = (line.split() for line in Path("/proc/stat").read_text(encoding="ascii").splitlines())
    return sum(_busy_ticks(line[1:]) for line in lines if line[0] in wanted) / _TICKS_PER_S


def _busy_ticks(fields: Sequence[str]) -> int:
    return sum(int(ticks) for at, ticks in enumerate(fields[:_GUEST_FIELDS]) if at not in _IDLE_FIELDS)
