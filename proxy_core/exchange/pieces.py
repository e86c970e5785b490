"""Bodies that came in pieces, put together without holding the loop."""

import asyncio

INLINE_BYTES = 1024 * 1024
"""Up to here a join takes half a millisecond."""


async def joined(pieces: list[bytes]) -> bytes:
    """The whole, which `pieces` is emptied for: two copies of 64 MB are one too many."""
    if sum(map(len, pieces)) <= INLINE_BYTES:
        whole = b"".join(pieces)
        pieces.clear()
        return whole
    return await asyncio.to_thread(_joined, pieces)


def _joined(pieces: list[bytes]) -> bytes:
    # A join lets go of the interpreter while it copies; giving back memory does not, so that is done by the piece.
    whole = b"".join(pieces)
    while pieces:
        pieces.pop()
    return whole
