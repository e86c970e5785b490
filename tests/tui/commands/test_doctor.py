"""The doctor: what it finds around a program that runs, that could run, and that cannot."""

import asyncio
import http.server
import json
import os
import socket
import stat
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from datetime import date, timedelta
from email.utils import formatdate
from pathlib import Path

import keyring
import keyring.core
import pytest

from proxy_core.ledger.ledger import Ledger
from proxy_core.state import Addresses
from tests.tui.commands.conftest import Run
from tokenman_tui.doctor.finding import Level
from tokenman_tui.doctor.prices import aged
from tokenman_tui.instance import claim

Look = Callable[..., list[tuple[str, str]]]
PROXIES = ("http_proxy", "https_proxy", "all_proxy", "no_proxy")


class _Vendor(http.server.BaseHTTPRequestHandler):
    ahead_s = 0.0

    def do_GET(self) -> None:
        self.send_response_only(401)
        self.send_header("Date", formatdate(time.time() - self.ahead_s, usegmt=True))
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, format: str, *arguments: object) -> None:  # noqa: A002 - the name it overrides
        return


@pytest.fixture
def vendor(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    monkeypatch.setattr(_Vendor, "ahead_s", 0.0)
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), _Vendor) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


@pytest.fixture
def look(run: Run, vendor: str, home: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Look]:
    """Runs the doctor; returns level and sentence of each line. Two free ports, and a provider that answers."""
    for name in [*PROXIES, *map(str.upper, PROXIES)]:
        monkeypatch.delenv(name, raising=False)
    for provider in ("ANTHROPIC", "OPENAI"):
        monkeypatch.setenv(f"TOKENMAN_PROVIDERS_{provider}_API_BASE", f"http://{vendor}")
    monkeypatch.setenv("TOKENMAN_SERVER_PROXY_PORT", "0")
    monkeypatch.setenv("TOKENMAN_SERVER_DASHBOARD_PORT", "0")
    before = keyring.get_keyring()
    keyring.set_keyring(keyring.core.load_keyring("keyring.backends.fail.Keyring"))

    def look(*arguments: str, status: int = 0) -> list[tuple[str, str]]:
        done = run("doctor", *arguments)
        assert done.exit_code == status, done.stdout + done.stderr
        lines = [line.split(maxsplit=1) for line in done.stdout.splitlines()]
        return [(level, sentence) for level, sentence in lines]

    yield look
    keyring.set_keyring(before)


def test_nothing_is_wrong_where_nothing_was_done(look: Look, home: Path, vendor: str) -> None:
    told = look()
    assert not home.exists()
    assert [level for level, _ in told].count("wrong") == 0
    assert ("ok", "There is no configuration file: the defaults hold.") in told
    assert ("ok", f"Provider anthropic answers at {vendor}.") in told
    assert ("ok", "The clock agrees with the providers'.") in told
    assert ("ok", "No HTTP proxy is set in the environment.") in told
    assert ("ok", f"There is no ledger yet; it will be {home}/tokenman.db.") in told
    assert (
        "note",
        "There is no stored key for openai (this machine has no usable keyring): clients have to send their own, or "
        "set one with `tokenman keys set openai`.",
    ) in told


def test_every_mistake_of_the_configuration_is_told(look: Look, file: Path) -> None:
    file.parent.mkdir()
    file.write_text("[server]\nproxy_prt = 1\nlog_level = 'x'\n")
    told = look(status=1)
    assert [level for level, _ in told] == ["wrong", "wrong"]
    assert told[0][1] == f"{file}:2:1: server.proxy_prt is not an option; did you mean proxy_port?"


def test_permissions_are_narrowed_on_request(look: Look, home: Path) -> None:
    home.mkdir(mode=0o700)
    (home / "digest.key").write_bytes(b"k" * 32)
    (home / "digest.key").chmod(0o644)
    home.chmod(0o777)
    sentence = f"Others can read {home}/digest.key: `chmod 600 {home}/digest.key`."
    assert ("wrong", sentence) in look("--offline", status=1)
    told = look("--offline", "--fix")
    assert ("fixed", sentence) in told
    assert ("fixed", f"Others can change {home}: `chmod 755 {home}`.") in told
    assert [stat.S_IMODE(path.stat().st_mode) for path in (home, home / "digest.key")] == [0o755, 0o600]
    assert ("ok", f"Only you can read what is in {home}.") in look("--offline")


def test_a_configuration_without_secrets_may_be_read_but_not_changed_by_others(look: Look, file: Path) -> None:
    file.parent.mkdir(mode=0o700)
    file.write_text("")
    file.chmod(0o644)
    look("--offline")
    file.chmod(0o664)
    assert ("wrong", f"Others can change {file}: `chmod 644 {file}`.") in look("--offline", status=1)


def test_a_fix_that_fails_is_still_wrong(look: Look, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    home.mkdir()
    (home / "keys.json").write_text("{}")
    (home / "keys.json").chmod(0o644)

    def refuse(*_: object) -> None:
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr(Path, "chmod", refuse)
    told = look("--offline", "--fix", status=1)
    assert any(sentence.endswith("keys.json`. That failed: Operation not permitted.") for _, sentence in told)


def test_a_key_file_that_others_can_read(look: Look, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    key = tmp_path / "k"
    key.write_text("sk-hunter2")
    key.chmod(0o640)
    monkeypatch.setenv("TOKENMAN_PROVIDERS_OPENAI_KEY_REF", f"file://{key}")
    told = look("--offline", status=1)
    assert ("wrong", f"Others can read {key}: `chmod 600 {key}`.") in told
    assert ("ok", f"The key for openai is at file://{key}; `tokenman keys test openai` tries it.") in told
    assert "hunter2" not in str(told)


def test_ports_in_use_and_addresses_of_others(look: Look, monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        monkeypatch.setenv("TOKENMAN_SERVER_PROXY_PORT", str(port))
        told = look("--offline", status=1)
    assert (
        "wrong",
        f"Port {port} on 127.0.0.1 is in use by another program: stop that one, or set server.proxy_port.",
    ) in told
    monkeypatch.setenv("TOKENMAN_SERVER_BIND_ADDRESS", "192.0.2.1")
    told = look("--offline", status=1)
    assert any(level == "note" and "other machines can reach it" in sentence for level, sentence in told)
    assert any(level == "wrong" and "cannot be listened on (" in sentence for level, sentence in told)


def test_a_program_that_runs_and_does_not_answer(look: Look, home: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        nobody = f"http://127.0.0.1:{closed.getsockname()[1]}"
    with claim(home) as held:
        held.tell(Addresses("http://127.0.0.1:1", nobody))
        told = look("--offline", status=1)
    sentence = f"TokenMan runs (process {os.getpid()}, http://127.0.0.1:1), but {nobody} does not answer ("
    assert any(level == "wrong" and told.startswith(sentence) for level, told in told)


@pytest.mark.parametrize(("ahead_s", "way"), [(3600.0, "3600 s ahead of"), (-120.0, "120 s behind")])
def test_a_wrong_clock(ahead_s: float, way: str, look: Look, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_Vendor, "ahead_s", ahead_s)
    (sentence,) = [sentence for level, sentence in look(status=1) if level == "wrong"]
    assert sentence.startswith("This machine's clock is ")
    seconds, told = sentence.removeprefix("This machine's clock is ").split(" s ", 1)
    assert abs(int(seconds) - abs(ahead_s)) <= 2
    assert told.startswith(way.split(" s ")[1])


def test_a_provider_that_is_not_reached(look: Look, monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        nobody = f"127.0.0.1:{closed.getsockname()[1]}"
    for provider in ("ANTHROPIC", "OPENAI"):
        monkeypatch.setenv(f"TOKENMAN_PROVIDERS_{provider}_API_BASE", f"http://{nobody}")
    told = look(status=1)
    assert any(
        level == "wrong" and sentence.startswith(f"Provider openai is not reached: {nobody}")
        for level, sentence in told
    )
    assert ("note", "The clock could not be compared with a provider's, because none answered.") in told


def test_proxies_are_named_without_their_passwords(look: Look, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://user:hunter2@corp.example:3128")
    told = look("--offline")
    assert any("go through the proxy corp.example:3128" in sentence for _, sentence in told)
    assert any(sentence.endswith("corp.example:3128: add localhost,127.0.0.1 to NO_PROXY.") for _, sentence in told)
    assert "hunter2" not in str(told)
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    assert "corp.example" not in str(look("--offline"))


def test_a_sound_ledger(look: Look, home: Path) -> None:
    async def begin() -> None:
        await (await Ledger.open(home / "tokenman.db")).close()

    asyncio.run(begin())
    assert ("ok", f"The ledger {home}/tokenman.db is sound.") in look("--offline")


def test_a_damaged_ledger(look: Look, home: Path) -> None:
    home.mkdir(mode=0o700)
    path = home / "tokenman.db"
    path.write_bytes(b"SQLite format 3\0" + b"x" * 5000)
    path.chmod(0o600)
    told = look("--offline", status=1)
    (sentence,) = [sentence for level, sentence in told if level == "wrong"]
    assert sentence.startswith(f"The ledger {path} cannot be read: ")
    assert sentence.endswith(f"Stop TokenMan and move {path} away: a new one is begun.")


def test_a_client_that_is_wired_to_an_earlier_port(
    look: Look, run: Run, settings: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    monkeypatch.setenv("TOKENMAN_SERVER_PROXY_PORT", str(port))
    run("--proxy-port", "7000", "wire", "claude-code")
    told = look("--offline", status=1)
    assert (
        "wrong",
        f"Claude Code is wired to http://127.0.0.1:7000, but the proxy is at http://127.0.0.1:{port}: "
        "`tokenman wire claude-code`.",
    ) in told
    run("wire", "claude-code")
    assert ("ok", f"Claude Code is wired to http://127.0.0.1:{port}.") in look("--offline")


def test_findings_as_json(run: Run, look: Look) -> None:
    told: list[Mapping[str, str]] = json.loads(run("doctor", "--offline", "--json").stdout)
    assert told[0] == {"level": "ok", "sentence": "There is no configuration file: the defaults hold."}
    assert len(told) == len(look("--offline"))


def test_an_old_price_list() -> None:
    today = date(2026, 11, 20)
    assert aged(today - timedelta(days=60), today).level is Level.OK
    old = aged(today - timedelta(days=61), today)
    assert (old.level, "61 days ago" in old.sentence) == (Level.NOTE, True)
