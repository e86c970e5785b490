"""Keys from the command line: with real file keyrings (plain and encrypted), none, a locked one; and never in sight."""

import http.server
import json
import os
import re
import stat
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import keyring
import keyring.core
import pexpect
import pytest
from typer.testing import Result

from tests.tui.commands.conftest import Run
from tokenman_tui.instance import claim

ROOT = Path(__file__).parents[3]
KEY = "sk-ant-hunter2-0123456789"
PLAIN = {"PYTHON_KEYRING_BACKEND": "keyrings.alt.file.PlaintextKeyring"}
ENCRYPTED = {
    "PYTHON_KEYRING_BACKEND": "tests.tui.commands.rings.UnlockedKeyring",
    "KEYRING_PROPERTY_KEYRING_KEY": "open sesame",
}
FAIL = "keyring.backends.fail.Keyring"
NONE = {"PYTHON_KEYRING_BACKEND": FAIL}
LOCKED = {"PYTHON_KEYRING_BACKEND": "tests.tui.commands.rings.LockedKeyring"}
LOST = {"PYTHON_KEYRING_BACKEND": "tests.tui.commands.rings.ForgetfulKeyring"}
COMMAND = [sys.executable, "-m", "tokenman_tui"]

Keys = Callable[..., Result]
# What the encrypted keyring of keyrings.alt calls is deprecated in pycryptodome.
weak_by_default = pytest.mark.filterwarnings("ignore:PBKDF2 without:DeprecationWarning")


@pytest.fixture
def environ(home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    monkeypatch.setenv("KEYRING_PROPERTY_FILE_PATH", str(tmp_path / "ring.cfg"))
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def keys(environ: None, run: Run, monkeypatch: pytest.MonkeyPatch) -> Iterator[Keys]:
    """Runs `tokenman keys …` with the keyring of its environment, and holds it to saying no key."""
    before = keyring.get_keyring()

    def keys(*arguments: str, given: str = "", **more: str) -> Result:
        with pytest.MonkeyPatch.context() as patch:
            for name, value in more.items():
                patch.setenv(name, value)
            keyring.set_keyring(keyring.core.load_keyring(more.get("PYTHON_KEYRING_BACKEND", FAIL)))
            done = run("keys", *arguments, input=given)
        assert KEY not in done.stdout + done.stderr
        return done

    yield keys
    keyring.set_keyring(before)


@weak_by_default
@pytest.mark.parametrize("backend", [PLAIN, ENCRYPTED], ids=["plain", "encrypted"])
def test_a_key_goes_into_a_real_keyring_and_out_again(backend: dict[str, str], keys: Keys, tmp_path: Path) -> None:
    done = keys("set", "anthropic", given=f"{KEY}\n", **backend)
    told = re.fullmatch(
        r"The key for anthropic is stored at keyring://tokenman/anthropic, fingerprint ([0-9a-f]{8})\.\n", done.stdout
    )
    assert told is not None, done.stderr
    listed = keys("list", **backend).stdout.splitlines()
    assert listed[0] == f"anthropic  keyring://tokenman/anthropic  fingerprint {told[1]}  stored today"
    assert listed[1] == "openai     no key: the keyring holds no entry tokenman/openai"
    assert (tmp_path / "ring.cfg").exists()
    done = keys("delete", "anthropic", **backend)
    assert done.stdout == "The key for anthropic is deleted from keyring://tokenman/anthropic.\n"
    again = keys("delete", "anthropic", **backend)
    assert (again.exit_code, again.stdout) == (1, "")
    assert again.stderr == "There is no key for provider anthropic in the keyring (entry tokenman/anthropic).\n"


def test_a_program_that_runs_keeps_the_key_that_it_has_used(keys: Keys, home: Path) -> None:
    with claim(home):
        told = [keys("set", "anthropic", given=KEY, **PLAIN), keys("delete", "anthropic", **PLAIN)]
    assert all(one.stdout.endswith("takes it up with the next request that needs it.\n") for one in told)


@pytest.mark.usefixtures("environ")
def test_a_process_of_its_own_finds_the_key_again() -> None:
    def keys(*arguments: str, given: str) -> str:
        command = [*COMMAND, "keys", *arguments]
        environ = os.environ | PLAIN
        return subprocess.run(command, input=given, env=environ, capture_output=True, text=True, check=True).stdout

    fingerprint = keys("set", "anthropic", given=f"{KEY}\n").split()[-1].rstrip(".")
    assert f"fingerprint {fingerprint}  stored today" in keys("list", given="")


@weak_by_default
def test_an_encrypted_keyring_with_another_password_is_a_reason(keys: Keys) -> None:
    keys("set", "anthropic", given=KEY, **ENCRYPTED)
    (line, _) = keys("list", **ENCRYPTED | {"KEYRING_PROPERTY_KEYRING_KEY": "wrong"}).stdout.splitlines()
    assert line.startswith("anthropic  no key: the keyring failed (")


@pytest.mark.parametrize(
    ("backend", "reason"),
    [
        (NONE, "this machine has no usable keyring"),
        (LOCKED, "the keyring is locked"),
        (LOST, "the keyring did not keep it"),
    ],
    ids=["none", "locked", "forgetful"],
)
def test_without_a_usable_keyring_the_reason_and_two_ways_out(backend: dict[str, str], reason: str, keys: Keys) -> None:
    done = keys("set", "anthropic", given=KEY, **backend)
    assert (done.exit_code, done.stdout) == (1, "")
    assert done.stderr == (
        f"The key for provider anthropic was not stored: {reason}; set the environment variable "
        "TOKENMAN_KEY_ANTHROPIC instead, or write the key into a file of your own and set "
        "providers.anthropic.key_ref to file:///path.\n"
    )


def test_a_locked_keyring_is_told_when_deleting_and_listing(keys: Keys) -> None:
    done = keys("delete", "anthropic", **LOCKED)
    assert done.stderr == "The key for provider anthropic was not deleted: the keyring is locked.\n"
    assert "no key: the keyring is locked" in keys("list", **LOCKED).stdout


@pytest.mark.usefixtures("environ")
def test_the_prompt_hides_what_is_typed() -> None:
    child = pexpect.spawn(
        sys.executable,
        ["-m", "tokenman_tui", "keys", "set", "openai"],
        env={**os.environ, **PLAIN},
        encoding="utf-8",
        timeout=30,
    )
    child.expect(r"Key for openai \(it is not shown\): ")
    child.sendline(KEY)
    child.expect(pexpect.EOF)
    shown = child.before or ""
    child.close()
    assert child.exitstatus == 0
    assert KEY not in shown
    assert "The key for openai is stored at keyring://tokenman/openai, fingerprint " in shown


def test_a_key_is_not_taken_from_an_argument(keys: Keys) -> None:
    done = keys("set", "anthropic", KEY, **PLAIN)
    assert (done.exit_code, done.stdout) == (1, "")
    assert done.stderr.startswith("A key is not taken from an argument")


@pytest.mark.parametrize(
    ("given", "words"), [("", "what was given is nothing"), ("two words", "what was given is several words")]
)
def test_what_is_no_key_is_not_stored(given: str, words: str, keys: Keys, tmp_path: Path) -> None:
    done = keys("set", "anthropic", given=given, **PLAIN)
    assert done.exit_code == 1
    assert words in done.stderr
    assert not (tmp_path / "ring.cfg").exists()


def test_too_much_is_no_key(keys: Keys) -> None:
    assert "is too large for a key of anthropic." in keys("set", "anthropic", given="k" * 70_000).stderr


def test_a_provider_that_does_not_exist(keys: Keys) -> None:
    done = keys("set", "antropic", given=KEY)
    assert done.stderr == "The configuration has no provider 'antropic'; did you mean anthropic?\n"


def configure(tmp_path: Path, text: str) -> None:
    (tmp_path / "home").mkdir(exist_ok=True)
    (tmp_path / "home" / "tokenman.toml").write_text(text)


def test_a_key_in_a_file(keys: Keys, tmp_path: Path) -> None:
    file = tmp_path / "secrets" / "k"
    configure(tmp_path, f'[providers.openai]\nkey_ref = "file://{file}"\n')
    assert keys("set", "openai", given=KEY).exit_code == 0
    assert (file.read_text(), stat.S_IMODE(file.stat().st_mode)) == (f"{KEY}\n", 0o600)
    assert "stored today" in keys("list", **NONE).stdout
    assert keys("delete", "openai").exit_code == 0
    assert not file.exists()
    assert f"The key file {file} of provider openai cannot be changed: No such file" in keys("delete", "openai").stderr


@pytest.mark.parametrize(
    ("key_ref", "words"),
    [
        ("env:MY_KEY", "is read from the environment variable MY_KEY: set it where TokenMan is started"),
        ("", 'has an empty key_ref, so that its key has no place: set providers."my.llm".key_ref to keyring://'),
    ],
)
def test_a_key_that_has_no_place_of_ours(key_ref: str, words: str, keys: Keys, tmp_path: Path) -> None:
    configure(tmp_path, f'[providers."my.llm"]\napi_base = "http://x"\nkey_ref = "{key_ref}"\n')
    for verb in ("set", "delete"):
        done = keys(verb, "my.llm", given=KEY)
        assert done.exit_code == 1
        assert words in done.stderr


def test_the_list_as_json_and_a_key_from_a_variable(keys: Keys) -> None:
    rows = json.loads(keys("list", "--json", **NONE, TOKENMAN_KEY_OPENAI=KEY).stdout)
    assert rows[0] == {
        "provider": "anthropic",
        "key_ref": "keyring://tokenman/anthropic",
        "missing": "this machine has no usable keyring",
    }
    assert (rows[1]["source"], rows[1]["age_s"]) == ("env:TOKENMAN_KEY_OPENAI", None)


class _Vendor(http.server.BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        known = self.path == "/v1/models" and self.headers["Authorization"] == f"Bearer {KEY}"
        self.send_response(200 if known else 401)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, format: str, *arguments: object) -> None:  # noqa: A002 - the name it overrides
        return


@pytest.fixture
def vendor() -> Iterator[str]:
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), _Vendor) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


def test_a_key_is_tested_with_one_call(vendor: str, keys: Keys, tmp_path: Path) -> None:
    configure(tmp_path, f'[providers.openai]\napi_base = "http://{vendor}"\nenabled = false\n')
    good = keys("test", "openai", **NONE, TOKENMAN_KEY_OPENAI=KEY)
    assert good.stdout == f"The key for openai works: {vendor} answered 200 when asked for its models.\n"
    bad = keys("test", "openai", **NONE, TOKENMAN_KEY_OPENAI="sk-other")
    assert (bad.exit_code, bad.stdout) == (1, "")
    assert bad.stderr.startswith(f"The key for openai does not work: {vendor} answered 401 when asked for its models;")
    none = keys("test", "openai", **NONE)
    assert none.stderr.startswith("There is no stored key for provider openai: this machine has no usable keyring;")
