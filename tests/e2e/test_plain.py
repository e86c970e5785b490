"""`--plain` as it is used: into a pipe, on a terminal, and with a reader that has seen enough."""

import os
import re
import signal
import subprocess
import sys
from pathlib import Path

from tests.support.terminal import terminal

OPTIONS = ("--plain", "--demo", "--proxy-port", "0", "--api-port", "0")
LINE = re.compile(r"\d\d:\d\d:\d\d \S+ asked .+ of (anthropic|openai): .+, status \d+, .+\.\n")


def piped(home: Path) -> "subprocess.Popen[str]":
    environment = {name: value for name, value in os.environ.items() if not name.startswith("TOKENMAN_")}
    environment |= {"TOKENMAN_HOME": str(home), "TOKENMAN_SERVER_DRAIN_TIMEOUT": "0.3", "PYTHONIOENCODING": "utf-8"}
    return subprocess.Popen(
        [sys.executable, "-m", "tokenman_tui", *OPTIONS],
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def test_a_pipe_gets_a_line_for_each_request_until_a_signal(tmp_path: Path) -> None:
    with piped(tmp_path) as program:
        assert program.stdout is not None
        assert program.stdout.readline().startswith("TokenMan is serving at http://127.0.0.1:")
        assert all(LINE.fullmatch(program.stdout.readline()) for _ in range(3))
        program.send_signal(signal.SIGTERM)
        _, told = program.communicate(timeout=20)
        assert (program.returncode, told) == (0, "")


def test_it_ends_when_nobody_reads_any_more(tmp_path: Path) -> None:
    with piped(tmp_path) as program:
        assert program.stdout is not None
        assert program.stderr is not None
        program.stdout.readline()
        program.stdout.close()
        assert program.wait(timeout=30) == 0
        assert program.stderr.read() == ""


def test_a_terminal_gets_lines_and_nothing_that_moves_or_colours(tmp_path: Path) -> None:
    with terminal(tmp_path, *OPTIONS, columns=200) as screen:
        screen.wait_for(r"asked .+ of \w+: completed, status 200")
        screen.child.kill(signal.SIGINT)
        assert screen.end() == 0
        assert b"\x1b" not in screen.raw
