"""The program's own log as the screen has it: structured, bounded, whatever a library says."""

import logging
import sys
from collections.abc import Iterator
from io import StringIO

import pytest
import structlog

from proxy_core.observe.log_ring import EVENT_CHARACTERS, FIELDS, VALUE_CHARACTERS, LogLine, LogRing
from proxy_core.observe.logs import Logs


@pytest.fixture
def logs() -> Iterator[Logs]:
    """The real log of the program, into a string; what was configured before is restored."""
    before, root = structlog.get_config(), logging.getLogger()
    handlers, level = root.handlers[:], root.level
    running = Logs.to_stderr("debug", StringIO())
    yield running
    running.close()
    root.handlers[:] = handlers
    root.setLevel(level)
    logging.getLogger("tokenman").setLevel(logging.NOTSET)
    structlog.configure(**before)


def told(logs: Logs) -> list[LogLine]:
    logs._listener.stop()
    return logs.ring.since(0)[0]


def test_what_the_program_says_keeps_its_structure(logs: Logs) -> None:
    structlog.get_logger("tokenman.test").warning("it happened", exchange_id="ab12", count=3)
    (line,) = told(logs)
    assert (line.level, line.logger, line.event) == (logging.WARNING, "tokenman.test", "it happened")
    assert line.fields == (("exchange_id", "ab12"), ("count", "3"))
    assert line.exchange_id == "ab12"
    logs._listener.start()


def test_a_failure_has_its_trace(logs: Logs) -> None:
    try:
        int("wrong")
    except ValueError:
        structlog.get_logger("tokenman.test").exception("it failed")
        logging.getLogger("library").exception("so did %s", "this")
    own, foreign = told(logs)
    assert own.trace.startswith("Traceback")
    assert "ValueError" in foreign.trace.splitlines()[-1]
    assert (foreign.event, foreign.fields) == ("so did this", ())
    logs._listener.start()


def record(event: object, **facts: object) -> logging.LogRecord:
    message = {"event": event, **facts}
    return logging.LogRecord("tokenman.test", logging.INFO, "", 0, message, None, None)


def test_a_record_is_cut_to_size() -> None:
    line = LogLine.of(record("x" * 1_000_000, **{f"key{number}": "y" * 100_000 for number in range(100)}))
    assert len(line.event) == EVENT_CHARACTERS
    assert len(line.fields) == FIELDS
    assert {len(value) for _, value in line.fields} == {VALUE_CHARACTERS}


def test_only_the_latest_are_kept() -> None:
    ring = LogRing(kept=3)
    for number in range(5):
        ring.emit(record(str(number)))
    lines, following = ring.since(0)
    assert ([line.event for line in lines], following, ring.count) == (["2", "3", "4"], 5, 5)
    assert ring.since(4)[0] == lines[2:]
    assert ring.since(following) == ([], 5)


def test_what_cannot_be_told_does_not_end_the_log(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stderr", StringIO())
    ring = LogRing()
    ring.emit(logging.LogRecord("library", logging.INFO, "", 0, "%d", ("not a number",), None))
    ring.emit(record("after"))
    assert [line.event for line in ring.since(0)[0]] == ["after"]
