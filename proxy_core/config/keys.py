"""From a `key_ref` to the key it names: in a keyring, a variable or a file.

A missing key is no reason to stop: clients may send their own. So nothing here runs at start-up; the first exchange
that needs a stored key asks for it.
"""

import asyncio
import contextlib
import os
import re
import threading
from collections.abc import Mapping
from pathlib import Path

from proxy_core.config.environment import environment_form
from proxy_core.config.key_refs import KeyRef, parse_key_ref
from proxy_core.config.secret import Secret

_MAX_FILE_BYTES = 64 * 1024
_HEADER_SAFE = re.compile(r"[\x21-\x7e]+")


class KeyUnavailable(Exception):
    """A stored key cannot be had. `str()` is one sentence with the reason and the ways out; it never holds a key."""

    def __init__(self, provider: str, reason: str, *, way_out: str = "") -> None:
        ways = way_out or 'set key_ref to "env:VARIABLE" or "file:///path", or let the client send its own key'
        super().__init__(f"There is no stored key for provider {provider}: {reason}; {ways}.")
        self.provider = provider
        self.reason = reason


def resolve(key_ref: str, provider: str, *, environ: Mapping[str, str] | None = None) -> Secret:
    """The key of `provider` that `key_ref` names. Raises `KeyUnavailable`.

    May block for as long as a keyring asks its owner for a password: a running loop uses `resolve_all`.
    A keyring that has no answer falls back to the variable TOKENMAN_KEY_<PROVIDER>.
    """
    variables = os.environ if environ is None else environ
    if not key_ref:
        raise KeyUnavailable(provider, "its key_ref is empty")
    try:
        ref = parse_key_ref(key_ref)
    except ValueError as error:
        raise KeyUnavailable(provider, f"its key_ref must be {error}") from None
    match ref.kind:
        case "env":
            return _from_variable(ref.place, provider, variables)
        case "file":
            return _from_file(Path(ref.place), provider)
        case "keyring":
            return _from_keyring(ref, key_ref, provider, variables)


def fallback_variable(provider: str) -> str:
    """The variable that stands in for a keyring: TOKENMAN_KEY_ANTHROPIC."""
    return f"TOKENMAN_KEY_{environment_form(provider)}"


def _from_variable(name: str, provider: str, environ: Mapping[str, str]) -> Secret:
    text = environ.get(name, "")
    if not text.strip():
        reason = f"the environment variable {name} is not set"
        raise KeyUnavailable(provider, reason, way_out="set it, or let the client send its own key")
    return _secret(text, f"env:{name}", provider)


def _from_file(path: Path, provider: str) -> Secret:
    try:
        with path.open("rb") as file:
            data = file.read(_MAX_FILE_BYTES + 1)
    except OSError as error:
        raise KeyUnavailable(provider, f"{path} cannot be read: {error.strerror or type(error).__name__}") from None
    if len(data) > _MAX_FILE_BYTES or not data.strip():
        raise KeyUnavailable(provider, f"{path} is {'no key file: it is too large' if data.strip() else 'empty'}")
    return _secret(data.decode(errors="replace"), f"file://{path}", provider)


def _from_keyring(ref: KeyRef, key_ref: str, provider: str, environ: Mapping[str, str]) -> Secret:
    text, reason = _ask_keyring(ref)
    if text:
        return _secret(text, key_ref, provider)
    variable = fallback_variable(provider)
    if environ.get(variable, "").strip():
        return _from_variable(variable, provider, environ)
    way_out = f'set {variable}, or key_ref to "env:VARIABLE" or "file:///path", or let the client send its own key'
    raise KeyUnavailable(provider, reason, way_out=way_out)


def _ask_keyring(ref: KeyRef) -> tuple[str, str]:
    """The key, or empty text and the reason. A backend's own words are not repeated: they may quote what it holds."""
    import keyring  # noqa: PLC0415 - a tenth of a second that only a stored key is worth

    try:
        text = keyring.get_password(ref.place, ref.name)
    except Exception as error:  # backends raise the errors of whatever system they speak to
        return "", keyring_trouble(error)
    return text or "", f"the keyring holds no entry {ref.place}/{ref.name}"


def keyring_trouble(error: Exception) -> str:
    """What a keyring's error means, as a clause."""
    import keyring.errors  # noqa: PLC0415

    if isinstance(error, keyring.errors.NoKeyringError):
        return "this machine has no usable keyring"
    if isinstance(error, keyring.errors.KeyringLocked):
        return "the keyring is locked"
    return f"the keyring failed ({type(error).__name__})"


def is_key_shaped(text: str) -> bool:
    """Whether it can go into a header: one word of plain characters."""
    return _HEADER_SAFE.fullmatch(text) is not None


def _secret(text: str, source: str, provider: str) -> Secret:
    bare = text.strip()
    if not is_key_shaped(bare):
        raise KeyUnavailable(provider, f"what {source} holds is not one word of plain characters, as a key is")
    return Secret(bare, source)


async def resolve_all(
    key_refs: Mapping[str, str], *, environ: Mapping[str, str] | None = None, timeout_s: float = 10.0
) -> dict[str, Secret | KeyUnavailable]:
    """The key of each provider (`key_refs` maps provider to key_ref), or why there is none. Never raises for a key.

    Works in a thread of its own that the program's end does not wait for, since a keyring may ask a person who is away.
    After `timeout_s` the keys that are still out count as unavailable.
    """
    loop, finished = asyncio.get_running_loop(), asyncio.Event()
    found: dict[str, Secret | KeyUnavailable] = {}

    def work() -> None:
        try:
            for provider in sorted(key_refs, key=lambda one: key_refs[one].startswith("key")):
                found[provider] = _attempt(key_refs[provider], provider, environ)
        finally:
            with contextlib.suppress(RuntimeError):  # the loop is gone: nobody waits any more
                loop.call_soon_threadsafe(finished.set)

    threading.Thread(target=work, name="tokenman-keys", daemon=True).start()
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(timeout_s):
            await finished.wait()
    late = f"it was not answered for within {timeout_s:g} s"
    return {provider: found.get(provider) or KeyUnavailable(provider, late) for provider in key_refs}


def _attempt(key_ref: str, provider: str, environ: Mapping[str, str] | None) -> Secret | KeyUnavailable:
    try:
        return resolve(key_ref, provider, environ=environ)
    except KeyUnavailable as unavailable:
        return unavailable
