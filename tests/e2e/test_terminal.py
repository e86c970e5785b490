"""The app in a real pseudo-terminal: it starts, shows traffic, ends well, and leaves the terminal as it found it."""

import json
import re
import signal
import socket
import threading
import urllib.request
from pathlib import Path

import httpx
import pytest

from tests.support.terminal import Terminal, terminal

FREE = ("--proxy-port", "0", "--api-port", "0")


def proxy_url(screen: Terminal) -> str:
    return "http://" + screen.wait_for(r"127\.0\.0\.1:\d+").group()


def test_the_demo_shows_traffic_and_ends_by_a_key(tmp_path: Path) -> None:
    with terminal(tmp_path, "--demo", *FREE) as screen:
        screen.wait_for(r"claude-\w+")
        screen.wait_for(r"\$0\.\d+")
        screen.press("q")
        assert screen.end() == 0
        assert screen.restored
        assert "Traceback" not in screen.text


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_a_signal_ends_it_well(tmp_path: Path, number: signal.Signals) -> None:
    with terminal(tmp_path, "--demo", *FREE) as screen:
        screen.wait_for(r"claude-\w+")
        screen.child.kill(number)
        assert screen.end() == 0
        assert screen.restored


def test_a_stream_that_runs_when_it_is_stopped_gets_a_valid_last_event(tmp_path: Path) -> None:
    with terminal(tmp_path, "--demo", *FREE) as screen:
        url = proxy_url(screen)
        screen.wait_for(r"claude-\w+")
        lines: list[str] = []
        begun = threading.Event()

        def stream() -> None:
            body = {"model": "claude-sonnet-4-5", "max_tokens": 10, "stream": True, "messages": []}
            body["messages"] = [{"role": "user", "content": "hi"}]
            headers = {"x-mock": "stall-at=4", "x-api-key": "k", "anthropic-version": "2023-06-01"}
            with httpx.stream("POST", f"{url}/v1/messages", json=body, headers=headers, timeout=30) as reply:
                for line in reply.iter_lines():
                    lines.append(line)
                    begun.set()

        reader = threading.Thread(target=stream)
        reader.start()
        assert begun.wait(10)
        screen.press("q")
        assert screen.end() == 0
        assert screen.restored
        reader.join(10)
        assert not reader.is_alive()
        assert [line for line in lines if line][-2] == "event: error"
        assert json.loads([line for line in lines if line][-1].removeprefix("data: "))["type"] == "error"


def test_a_port_that_is_taken_is_told_before_anything_is_drawn(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        with terminal(tmp_path, "--proxy-port", port, "--api-port", "0") as screen:
            assert screen.end() == 1
            assert re.search(rf"Port {port} on 127\.0\.0\.1 is in use", screen.text)
            assert b"\x1b[?1049h" not in screen.raw


def test_a_widget_that_crashes_leaves_a_sane_terminal_and_says_why(tmp_path: Path) -> None:
    with terminal(tmp_path, "--demo", *FREE, module="tests.support.crashing_app") as screen:
        assert screen.end() == 1
        assert screen.restored
        assert "the widget crashed on purpose" in screen.raw.decode(errors="replace")


def test_the_api_agrees_with_the_screen(tmp_path: Path) -> None:
    with terminal(tmp_path, *FREE, "--log-level", "info") as screen:
        url = proxy_url(screen)
        with urllib.request.urlopen(f"{url}/health", timeout=10) as reply:
            assert json.load(reply) == {"status": "ok"}
        assert httpx.post(f"{url}/v1/messages", content=b"{}", timeout=30).status_code in {401, 502}
        screen.wait_for(r"1 today")
        screen.press("q")
        assert screen.end() == 0
