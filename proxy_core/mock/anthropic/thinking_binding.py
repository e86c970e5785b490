"""Signatures of thinking blocks: the mock knows its own thoughts again, and the conversation they belong to.

A signature holds digests of everything said before the thought (system, tools, messages; no thoughts and no cache
marks), of the thought itself, and of the thought before it, sealed with an HMAC. So appending, moving cache marks and
dropping thoughts oldest first pass, and any other edit is noticed.
"""

import base64
import binascii
import hashlib
import hmac
from collections.abc import Sequence

from proxy_core.mock.anthropic.prompt_blocks import PromptBlock
from proxy_core.mock.canonical import digest
from proxy_core.mock.failures import invalid
from proxy_core.mock.jsonshape import as_text

_DIGEST_BYTES = 16
_SEAL_BYTES = 32
_NO_THOUGHT = bytes(_DIGEST_BYTES)


def sign(key: bytes, blocks: Sequence[PromptBlock], thinking: str) -> str:
    """The signature for a new thought that follows `blocks`; `thinking` is its text as the client gets it."""
    state = _start()
    before = _NO_THOUGHT
    for block in blocks:
        if _is_open_thought(block):
            before = _mark(as_text(block.block.get("signature")))
        _extend(state, block)
    payload = state.digest() + digest(thinking.encode()) + before
    return base64.b64encode(payload + _seal(key, payload)).decode("ascii")


def check(key: bytes, blocks: Sequence[PromptBlock]) -> None:
    """Check every thought in a prompt.

    Raises:
        ProviderError: a thought was made up, changed, or made for another conversation.
    """
    state = _start()
    before: bytes | None = None
    for block in blocks:
        if _is_open_thought(block):
            _check_one(key, block, state.digest(), before)
            before = _mark(as_text(block.block.get("signature")))
        _extend(state, block)


def _check_one(key: bytes, block: PromptBlock, prefix: bytes, before: bytes | None) -> None:
    where = f"messages.{block.message}.content.{block.place}"
    payload = _opened(key, as_text(block.block.get("signature")))
    if payload is None or payload[1] != digest(as_text(block.block.get("thinking")).encode()):
        raise invalid(f"{where}: Invalid `signature` in `thinking` block")
    if payload[0] != prefix or before not in {None, payload[2]}:
        raise invalid(
            f"{where}: This `thinking` block is bound to a different conversation. Thinking blocks must be passed "
            "back with the system prompt, tools and earlier messages that they were created with."
        )


def _start() -> hashlib.blake2b:
    return hashlib.blake2b(digest_size=_DIGEST_BYTES)


def _extend(state: hashlib.blake2b, block: PromptBlock) -> None:
    if not block.is_thinking:
        state.update(len(block.piece.data).to_bytes(8, "big"))
        state.update(block.piece.data)


def _is_open_thought(block: PromptBlock) -> bool:
    return as_text(block.block.get("type")) == "thinking"


def _opened(key: bytes, signature: str) -> tuple[bytes, bytes, bytes] | None:
    """The three digests in a signature, or None if this provider did not make it."""
    try:
        data = base64.b64decode(signature, validate=True)
    except (binascii.Error, ValueError):
        return None
    payload, seal = data[:-_SEAL_BYTES], data[-_SEAL_BYTES:]
    if len(payload) != 3 * _DIGEST_BYTES or not hmac.compare_digest(seal, _seal(key, payload)):
        return None
    return payload[:_DIGEST_BYTES], payload[_DIGEST_BYTES:-_DIGEST_BYTES], payload[-_DIGEST_BYTES:]


def _mark(signature: str) -> bytes:
    return digest(signature.encode(errors="replace"))


def _seal(key: bytes, payload: bytes) -> bytes:
    return hmac.digest(key, payload, "sha256")
