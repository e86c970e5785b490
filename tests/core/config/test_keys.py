"""Keys by reference: a keyring backend that keeps its entries in a file, no backend, locked and hanging ones."""

import asyncio
import json
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import keyring
import keyring.backend
import keyring.backends.fail
import keyring.errors
import pytest

from proxy_core.config.keys import KeyUnavailable, fallback_variable, resolve, resolve_all
from proxy_core.config.secret import Secret

Install = Callable[[keyring.backend.KeyringBackend], None]


class FileKeyring(keyring.backend.KeyringBackend):
    """Keeps its entries in a JSON file."""

    priority = 1

    def __init__(self, path: Path) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.path = path

    def _entries(self) -> dict[str, str]:
        entries: dict[str, str] = json.loads(self.path.read_text()) if self.path.exists() else {}
        return entries

    def get_password(self, service: str, username: str) -> str | None:
        return self._entries().get(f"{service}/{username}")

    def set_password(self, service: str, username: str, password: str) -> None:
        self.path.write_text(json.dumps(self._entries() | {f"{service}/{username}": password}))


class FailingKeyring(FileKeyring):
    """Raises, or waits for ever, instead of answering."""

    def __init__(self, path: Path, failure: Exception | threading.Event) -> None:
        super().__init__(path)
        self.failure = failure

    def get_password(self, service: str, username: str) -> str | None:
        if isinstance(self.failure, threading.Event):
            self.failure.wait()
            return "late"
        raise self.failure


@pytest.fixture
def install() -> Iterator[Install]:
    before = keyring.get_keyring()
    yield keyring.set_keyring
    keyring.set_keyring(before)


def reason(key_ref: str, provider: str = "anthropic", **variables: str) -> str:
    with pytest.raises(KeyUnavailable) as caught:
        resolve(key_ref, provider, environ=variables)
    return str(caught.value)


@pytest.mark.parametrize("key_ref", ["keyring://tokenman/anthropic", "keychain:tokenman/anthropic"])
def test_a_key_from_a_keyring(key_ref: str, install: Install, tmp_path: Path) -> None:
    install(FileKeyring(tmp_path / "ring.json"))
    keyring.set_password("tokenman", "anthropic", "sk-1\n")
    secret = resolve(key_ref, "anthropic", environ={"TOKENMAN_KEY_ANTHROPIC": "sk-2"})
    assert (secret.reveal(), secret.source) == ("sk-1", key_ref)


def test_an_empty_keyring_falls_back_to_the_variable(install: Install, tmp_path: Path) -> None:
    install(FileKeyring(tmp_path / "ring.json"))
    secret = resolve("keyring://tokenman/My.LLM", "My.LLM", environ={"TOKENMAN_KEY_MY_LLM": " sk-2 "})
    assert (secret.reveal(), secret.source) == ("sk-2", "env:TOKENMAN_KEY_MY_LLM")
    assert fallback_variable("My.LLM") == "TOKENMAN_KEY_MY_LLM"


@pytest.mark.parametrize(
    ("failure", "words"),
    [
        (keyring.errors.NoKeyringError("x hunter2"), "this machine has no usable keyring"),
        (keyring.errors.KeyringLocked("x hunter2"), "the keyring is locked"),
        (OSError("x hunter2"), "the keyring failed (OSError)"),
    ],
)
def test_a_keyring_that_fails(failure: Exception, words: str, install: Install, tmp_path: Path) -> None:
    install(FailingKeyring(tmp_path / "ring.json", failure))
    assert reason("keyring://tokenman/anthropic") == (
        f"There is no stored key for provider anthropic: {words}; set TOKENMAN_KEY_ANTHROPIC, or key_ref to "
        '"env:VARIABLE" or "file:///path", or let the client send its own key.'
    )
    assert resolve("keyring://a/b", "x", environ={"TOKENMAN_KEY_X": "sk"}).reveal() == "sk"


def test_a_machine_without_any_keyring(install: Install) -> None:
    install(keyring.backends.fail.Keyring())  # type: ignore[no-untyped-call]
    assert "this machine has no usable keyring" in reason("keyring://tokenman/anthropic")


def test_an_absent_entry(install: Install, tmp_path: Path) -> None:
    install(FileKeyring(tmp_path / "ring.json"))
    assert "the keyring holds no entry tokenman/anthropic" in reason("keyring://tokenman/anthropic")


def test_a_key_from_a_variable() -> None:
    secret = resolve("env:MY_KEY", "anthropic", environ={"MY_KEY": "sk-3"})
    assert (secret.reveal(), secret.source) == ("sk-3", "env:MY_KEY")


def test_an_unset_variable_does_not_fall_back_to_another() -> None:
    sentence = "the environment variable MY_KEY is not set; set it, or let the client send its own key."
    assert reason("env:MY_KEY", TOKENMAN_KEY_ANTHROPIC="k", MY_KEY=" ").endswith(sentence)


def test_a_key_from_a_file(tmp_path: Path) -> None:
    (tmp_path / "a key").write_text("sk-4\r\n")
    assert resolve(f"file://{tmp_path}/a%20key", "x").reveal() == "sk-4"


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b" \n", "is empty"),
        (b"a" * 70_000, "is no key file: it is too large"),
        (b"one\ntwo", "is not one word of plain characters, as a key is"),
        (b"\xff\xfe", "is not one word of plain characters, as a key is"),
        (b"k\x00y", "is not one word of plain characters, as a key is"),
    ],
)
def test_a_file_that_holds_no_key(data: bytes, words: str, tmp_path: Path) -> None:
    (tmp_path / "key").write_bytes(data)
    assert words in reason(f"file://{tmp_path}/key")


def test_a_file_that_is_absent_or_a_directory(tmp_path: Path) -> None:
    assert "No such file or directory" in reason(f"file://{tmp_path}/none")
    assert "Is a directory" in reason(f"file://{tmp_path}")


def test_a_provider_without_a_reference_and_a_pasted_key() -> None:
    assert "its key_ref is empty" in reason("")
    assert "hunter2" not in reason("sk-hunter2")


async def test_all_keys_are_told_together(install: Install, tmp_path: Path) -> None:
    install(FileKeyring(tmp_path / "ring.json"))
    keyring.set_password("tokenman", "anthropic", "sk-1")
    refs = {"anthropic": "keyring://tokenman/anthropic", "openai": "env:NONE", "local": ""}
    found = await resolve_all(refs, environ={})
    assert list(found) == list(refs)
    assert found["anthropic"] == Secret("sk-1", "")
    assert isinstance(found["openai"], KeyUnavailable)
    assert isinstance(found["local"], KeyUnavailable)


async def test_a_hanging_keyring_holds_up_neither_the_loop_nor_other_keys(install: Install, tmp_path: Path) -> None:
    answer = threading.Event()
    install(FailingKeyring(tmp_path / "ring.json", answer))
    try:
        refs = {"a": "keyring://tokenman/a", "b": "env:B"}
        found = await resolve_all(refs, environ={"B": "sk"}, timeout_s=0.2)
    finally:
        answer.set()
    assert found["b"] == Secret("sk", "")
    assert "it was not answered for within 0.2 s" in str(found["a"])


def test_a_program_ends_while_a_keyring_still_hangs(install: Install, tmp_path: Path) -> None:
    answer = threading.Event()
    install(FailingKeyring(tmp_path / "ring.json", answer))
    begin = time.monotonic()
    asyncio.run(resolve_all({"a": "keyring://tokenman/a"}, environ={}, timeout_s=0.01))
    worker = next(thread for thread in threading.enumerate() if thread.name == "tokenman-keys")
    assert time.monotonic() - begin < 5
    answer.set()
    worker.join(5)
    assert not worker.is_alive()


def test_the_configuration_does_not_load_a_keyring() -> None:
    heavy = {"keyring", "textual", "quart", "httpx", "typer", "asyncio.sslproto", "platformdirs"}
    code = f"import sys, proxy_core.config; print(sorted({heavy!r} & set(sys.modules)))"
    root = Path(__file__).parents[3]
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=root, capture_output=True, text=True, check=True, timeout=30
    )
    assert done.stdout.strip() == "[]"
