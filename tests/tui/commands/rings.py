"""Keyrings that a test names by its module: an encrypted file with a known password, a locked one, a forgetful one."""

import keyring.backend
import keyring.errors
from keyrings.alt.file import EncryptedKeyring  # type: ignore[import-untyped]


class UnlockedKeyring(EncryptedKeyring):  # type: ignore[misc]
    """Encrypts for real; takes its password and path from KEYRING_PROPERTY_… instead of from a person."""

    def __init__(self) -> None:
        super().__init__()
        self.set_properties_from_env()


class LockedKeyring(keyring.backend.KeyringBackend):
    priority = 1

    def get_password(self, service: str, username: str) -> str | None:
        raise keyring.errors.KeyringLocked("prompt dismissed")

    def set_password(self, service: str, username: str, password: str) -> None:
        raise keyring.errors.KeyringLocked(f"prompt dismissed for {password}")


class ForgetfulKeyring(keyring.backend.KeyringBackend):
    priority = 1

    def get_password(self, service: str, username: str) -> str | None:
        return None

    def set_password(self, service: str, username: str, password: str) -> None:
        return
