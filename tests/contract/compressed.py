"""The content codings that clients and providers use."""

import gzip
import zlib
from collections.abc import Callable

import brotli
import zstandard


def raw_deflate(data: bytes) -> bytes:
    """Deflate without its header, as some senders do it."""
    squeezer = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    return squeezer.compress(data) + squeezer.flush()


def br(data: bytes) -> bytes:
    return bytes(brotli.compress(data, quality=1))


def gzip_fast(data: bytes) -> bytes:
    return gzip.compress(data, 1, mtime=0)


def zstd(data: bytes) -> bytes:
    return zstandard.compress(data, 1)


CODINGS: dict[str, tuple[str, Callable[[bytes], bytes]]] = {
    "gzip": ("gzip", gzip_fast),
    "x-gzip in capitals": ("X-GZIP", gzip_fast),
    "deflate": ("deflate", zlib.compress),
    "deflate without its header": ("deflate", raw_deflate),
    "br": ("br", br),
    "zstd": ("zstd", zstd),
    "gzip, then zstd": ("gzip, zstd", lambda data: zstd(gzip_fast(data))),
    "identity": ("identity", bytes),
}
"""What a test calls it: the header's value, and how to get there."""
