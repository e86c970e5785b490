"""Putting a key where a `key_ref` says that it is, and taking it away again: a keyring or a file."""

from collections.abc import Callable
from pathlib import Path

from proxy_core.config.key_refs import KeyRef, parse_key_ref
from proxy_core.config.keys import fallback_variable, is_key_shaped, keyring_trouble
from proxy_core.config.problems import dotted
from proxy_core.config.save import digest, replace_file
from proxy_core.config.secret import Secret


class NotKept(Exception):
    """A key could not be stored or deleted. `str()` is one sentence with the reason and the ways out, without a key."""


def store_key(key_ref: str, provider: str, text: str) -> Secret:
    """Store `text` as the provider's key. Blocks for as long as a keyring asks its owner. Raises `NotKept`."""
    bare = text.strip()
    if not is_key_shaped(bare):
        what = "several words, or characters that no key has" if bare else "nothing"
        raise NotKept(f"The key for provider {provider} was not stored, because what was given is {what}.")
    ref = _storable(key_ref, provider)
    if ref.kind == "file":
        path = Path(ref.place)
        _in_file(path, provider, lambda: replace_file(path, f"{bare}\n".encode(), digest(path)))
    else:
        _in_keyring(ref, provider, bare)
    return Secret(bare, key_ref)


def delete_key(key_ref: str, provider: str) -> None:
    """Take the provider's key away from its place. Raises `NotKept`, also when there is none."""
    ref = _storable(key_ref, provider)
    if ref.kind == "file":
        _in_file(Path(ref.place), provider, Path(ref.place).unlink)
        return
    import keyring  # noqa: PLC0415 - slow to load, and only these verbs need it

    try:
        known = keyring.get_password(ref.place, ref.name) is not None
        if known:
            keyring.delete_password(ref.place, ref.name)
    except Exception as error:
        raise NotKept(f"The key for provider {provider} was not deleted: {keyring_trouble(error)}.") from None
    if not known:
        raise NotKept(f"There is no key for provider {provider} in the keyring (entry {ref.place}/{ref.name}).")


def _storable(key_ref: str, provider: str) -> KeyRef:
    if not key_ref:
        raise NotKept(
            f"Provider {provider} has an empty key_ref, so that its key has no place: set "
            f"{_option(provider)} to keyring://tokenman/{provider} or file:///path."
        )
    ref = parse_key_ref(key_ref)
    if ref.kind == "env":
        raise NotKept(
            f"The key of provider {provider} is read from the environment variable {ref.place}: set it where TokenMan "
            f"is started, or set {_option(provider)} to keyring://tokenman/{provider} or file:///path."
        )
    return ref


def _option(provider: str) -> str:
    return dotted(("providers", provider, "key_ref"))


def _in_file(path: Path, provider: str, act: Callable[[], None]) -> None:
    try:
        act()
    except OSError as error:
        raise NotKept(f"The key file {path} of provider {provider} cannot be changed: {error.strerror}.") from None


def _in_keyring(ref: KeyRef, provider: str, text: str) -> None:
    import keyring  # noqa: PLC0415

    try:
        keyring.set_password(ref.place, ref.name, text)
        kept = keyring.get_password(ref.place, ref.name) == text
        reason = "the keyring did not keep it"
    except Exception as error:  # backends raise the errors of whatever system they speak to
        kept, reason = False, keyring_trouble(error)
    if not kept:
        raise NotKept(
            f"The key for provider {provider} was not stored: {reason}; set the environment variable "
            f"{fallback_variable(provider)} instead, or write the key into a file of your own and set "
            f"{_option(provider)} to file:///path."
        )
