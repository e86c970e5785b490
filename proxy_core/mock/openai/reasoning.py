"""Encrypted reasoning items: opaque to the client, recognised when they come back, refused when they were changed."""

import base64
import hmac
from collections.abc import Sequence

from proxy_core.mock.failures import invalid
from proxy_core.mock.jsonshape import JsonObject, as_text

_MARK = "mockenc."
_SEAL_BYTES = 32


def encrypted(key: bytes, text: str) -> str:
    """An opaque, sealed form of a thought. It hides nothing; only the seal matters here."""
    data = text.encode()
    return _MARK + base64.urlsafe_b64encode(data + _seal(key, data)).decode("ascii")


def check_encrypted(key: bytes, items: Sequence[JsonObject]) -> None:
    """Check every item that this mock encrypted; content of unknown origin passes.

    Raises:
        ProviderError: an item is not as it was given out.
    """
    for item in items:
        content = as_text(item.get("encrypted_content"))
        if content.startswith(_MARK) and not _genuine(key, content.removeprefix(_MARK)):
            message = f"The encrypted content {content[:16]}... could not be verified."
            raise invalid(message, kind="invalid_encrypted_content")


def _genuine(key: bytes, coded: str) -> bool:
    try:
        data = base64.b64decode(coded, altchars=b"-_", validate=True)
    except ValueError:
        return False
    return hmac.compare_digest(_seal(key, data[:-_SEAL_BYTES]), data[-_SEAL_BYTES:])


def _seal(key: bytes, data: bytes) -> bytes:
    return hmac.digest(key, data, "sha256")
