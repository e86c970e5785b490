"""The test stand: the fake provider, the competitors that are up, and the way to put one of them under load."""

import contextlib
import itertools
import os
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import TracebackType
from typing import Self

import msgspec

from tests.bench.cpu import busy_s, cpu_ns, resident_mb
from tests.bench.figures import Figures
from tests.bench.layout import Layout, pinned
from tests.bench.load.spec import ClosedLoop, Load, Target, longest_s
from tests.bench.peers.child import ROOT, Child, quiet_environment
from tests.bench.peers.peer import AbsentError, Peer, Place, Start, free_port, get_json, when_ready
from tests.bench.scale import Scale


class Stand:
    """Use as a context manager: everything it started is ended on the way out, whatever happened."""

    def __init__(
        self, starts: Mapping[str, Start], scale: Scale, layout: Layout, folder: Path, dialect: str = "messages"
    ) -> None:
        self.scale = scale
        self.round = 0
        self._starts, self._layout, self._folder, self._dialect = starts, layout, folder, dialect
        self._folders = itertools.count()
        self._exit = contextlib.ExitStack()
        self._peers: dict[str, Peer] = {}
        self._absent: dict[str, str] = {}

    def __enter__(self) -> Self:
        self.upstream_port = free_port()
        argv = (sys.executable, "-m", "tests.bench.upstream", str(self.upstream_port))
        self._upstream = Child("upstream", argv, self._folder, self._layout.upstream)
        self._exit.callback(self._upstream.stop)
        when_ready(self._upstream, self.upstream_port, "/bench/facts", 10, time.monotonic())
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._exit.close()

    def peer(self, name: str) -> Peer:
        """The competitor, started at its first use and kept until the end. Raises AbsentError."""
        if name in self._absent:
            raise AbsentError(self._absent[name])
        if name not in self._peers:
            self._peers[name] = self._start(name)
            self._exit.callback(self._peers[name].stop)
            self._warm_up(self._peers[name])
        peer = self._peers[name]
        if peer.process and not peer.process.running():
            raise AbsentError(self._remember(name, f"It died; its last line was: {peer.process.last_words()}"))
        return peer

    @contextlib.contextmanager
    def fresh(self, name: str) -> Iterator[Peer]:
        """A second, untouched process of a competitor, ended at the end of the block."""
        peer = self._start(name)
        try:
            yield peer
        finally:
            peer.stop()

    def target(self, peer: Peer) -> Target:
        return Target(peer.port, self._dialect, peer.pids())

    def drive(self, name: str, load: Load) -> Figures:
        """Run a load to its end; adds memory, the share of the cores others used, and what the provider received.

        Raises RuntimeError when the load's process fails or does not end.
        """
        peer, busy_before_s, ours_before_s = self.peer(name), busy_s(self._layout.cores), self._ours_s()
        before, began_s = self.upstream("facts"), time.monotonic()
        figures = self._run(load)
        took_s, after = time.monotonic() - began_s, self.upstream("facts")
        others_s = busy_s(self._layout.cores) - busy_before_s - (self._ours_s() - ours_before_s)
        figures["others_pct"] = max(0.0, 100 * others_s / took_s / len(self._layout.cores))
        figures["upstream_requests"] = after["requests"] - before["requests"]
        if peer.process:
            figures["rss_mb"] = resident_mb(peer.pids())
        return figures

    def upstream(self, command: str) -> dict[str, float]:
        """Ask the fake provider: ``facts`` or ``drop-idle``; answers what it counted."""
        facts = get_json(self.upstream_port, f"/bench/{command}")
        return {name: float(value) for name, value in facts.items() if isinstance(value, int)}

    def _start(self, name: str) -> Peer:
        if name not in self._starts:
            raise AbsentError(self._remember(name, "It is not installed, or was left out."))
        folder = self._folder / f"{name}-{next(self._folders)}"
        folder.mkdir()
        try:
            return self._starts[name](Place(self.upstream_port, folder, self._layout.server))
        except (AbsentError, OSError) as error:
            raise AbsentError(self._remember(name, str(error))) from error

    def _remember(self, name: str, reason: str) -> str:
        self._absent[name] = reason
        return reason

    def _warm_up(self, peer: Peer) -> None:
        """First requests import, connect and compile; they are nobody's figure."""
        self._run(ClosedLoop(self.target(peer), 2_000, 2, 0.0, 0.5))

    def _run(self, load: Load) -> Figures:
        with pinned(self._layout.load):
            done = subprocess.run(
                (sys.executable, "-m", "tests.bench.load"),
                input=msgspec.json.encode(load),
                capture_output=True,
                timeout=longest_s(load) + 10,
                env=quiet_environment(),
                cwd=ROOT,
                check=False,
            )
        if done.returncode:
            words = done.stderr.decode(errors="replace").strip().splitlines() or ["nothing was printed"]
            raise RuntimeError(f"The load ended with code {done.returncode}: {words[-1]}")
        return msgspec.json.decode(done.stdout, type=Figures)

    def _ours_s(self) -> float:
        """CPU seconds of everything that belongs to this run: the harness, its loads, the provider, all competitors."""
        own = os.times()
        pids = [self._upstream.pid, *(pid for peer in self._peers.values() for pid in peer.pids())]
        return sum(own[:4]) + cpu_ns(pids) / 1e9
