"""Lines to a file descriptor by a thread of its own: a reader that is slow, or stops, never holds up the loop."""

import os
import queue
import select
import threading
from collections.abc import Callable

MAX_QUEUED = 1_000
LAST_WORDS_S = 1.0


class LineWriter:
    """`put` never waits: what a full queue cannot take is left out, and a line says how much that was. `gone` is called
    once, in the writer's thread, when nobody reads any more."""

    def __init__(self, descriptor: int, encoding: str, gone: Callable[[], object]) -> None:
        self._descriptor = descriptor
        self._encoding = encoding
        self._gone = gone
        self._lines: queue.Queue[str | None] = queue.Queue(MAX_QUEUED)
        self._missed = 0
        # Nothing may keep the program from ending, and a pipe that nobody empties would.
        self._thread = threading.Thread(target=self._write_all, name="lines", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def put(self, line: str) -> None:
        try:
            if self._missed:
                self._lines.put_nowait(f"{self._missed} lines are left out here: they were not read in time.")
                self._missed = 0
            self._lines.put_nowait(line)
        except queue.Full:
            self._missed += 1

    def close(self) -> None:
        """Gives what is queued a second to be read."""
        try:
            self._lines.put(None, timeout=LAST_WORDS_S)
        except queue.Full:
            return
        self._thread.join(LAST_WORDS_S)

    def _write_all(self) -> None:
        try:
            while (line := self._lines.get()) is not None:
                self._write(f"{line}\n".encode(self._encoding, "backslashreplace"))
        except OSError:
            self._gone()

    def _write(self, data: bytes) -> None:
        while data:
            try:
                data = data[os.write(self._descriptor, data) :]
            except BlockingIOError:
                select.select([], [self._descriptor], [])
