"""Lines to a pipe: in order, never waited for, and over when nobody reads."""

import os
import threading

from tokenman_tui.line_writer import MAX_QUEUED, LineWriter


def test_lines_come_in_order_and_the_last_ones_too() -> None:
    reading, writing = os.pipe()
    writer = LineWriter(writing, "ascii", lambda: None)
    writer.start()
    for number in range(5):
        writer.put(f"{number} ü")
    writer.close()
    os.close(writing)
    with os.fdopen(reading) as pipe:
        assert pipe.read() == "".join(f"{number} \\xfc\n" for number in range(5))


def test_a_reader_that_stops_costs_lines_and_says_so() -> None:
    reading, writing = os.pipe()
    writer = LineWriter(writing, "utf-8", lambda: None)
    for number in range(MAX_QUEUED + 10):
        writer.put(str(number))
    writer.start()
    with os.fdopen(reading) as pipe:
        for number in range(MAX_QUEUED):
            assert pipe.readline() == f"{number}\n"
        writer.put("after")
        writer.close()
        os.close(writing)
        assert pipe.read() == "10 lines are left out here: they were not read in time.\nafter\n"


def test_a_pipe_that_nobody_empties_does_not_hold_the_end() -> None:
    reading, writing = os.pipe()
    writer = LineWriter(writing, "utf-8", lambda: None)
    writer.start()
    for _ in range(MAX_QUEUED):
        writer.put("x" * 1_000)
    writer.close()
    os.close(reading)
    writer._thread.join(10)
    os.close(writing)
    assert not writer._thread.is_alive()


def test_it_tells_that_nobody_reads_any_more() -> None:
    reading, writing = os.pipe()
    os.close(reading)
    gone = threading.Event()
    writer = LineWriter(writing, "utf-8", gone.set)
    writer.start()
    writer.put("to nobody")
    assert gone.wait(10)
    writer.close()
    os.close(writing)
