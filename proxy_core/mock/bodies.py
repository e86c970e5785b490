"""Content codings: undoing a request's, applying a reply's."""

import zlib
from collections.abc import Callable, Iterable, Mapping
from typing import Protocol

import brotli
import zstandard

CODINGS = ("zstd", "br", "gzip", "deflate")

_SLICE_BYTES = 1_024
_GZIP_WBITS = 31
_ZLIB_WBITS = 15


class TooLongError(Exception):
    """A body is longer than allowed once it is decompressed."""


class Coder(Protocol):
    """Compresses a body piece by piece so that every piece can be read as soon as it arrives."""

    def feed(self, data: bytes) -> bytes:
        """The wire bytes for `data`, all of it readable by the receiver."""

    def end(self) -> bytes:
        """The wire bytes that finish the body."""


def decode_body(data: bytes, codings: str, max_bytes: int) -> bytes:
    """`data` without its content codings, given as the value of `content-encoding`.

    Raises:
        TooLongError: more than `max_bytes` come out.
        ValueError: a coding is unknown or the bytes are not what it says.
    """
    for coding in reversed([name.strip().lower() for name in codings.split(",") if name.strip()]):
        if coding == "identity":
            continue
        decoder = _DECODERS.get(coding)
        if decoder is None:
            raise ValueError(f"The content coding {coding!r} is not supported.")
        try:
            data = decoder(data, max_bytes)
        except (zlib.error, brotli.error, zstandard.ZstdError) as error:
            raise ValueError(f"The request body is not valid {coding}.") from error
    return data


def choose_coding(wanted: str, accepted: str) -> str | None:
    """The coding for a reply: `wanted`, or for `auto` the mock's favourite among those the client accepts."""
    offers = {item.split(";")[0].strip().lower() for item in accepted.split(",") if "q=0" not in item.replace(" ", "")}
    if wanted != "auto":
        return wanted if wanted in offers or "*" in offers else None
    return next((coding for coding in CODINGS if coding in offers), None)


def coder_for(coding: str) -> Coder:
    """A fresh coder for one of `CODINGS`."""
    return _CODERS[coding]()


def _inflate(wbits: int) -> Callable[[bytes, int], bytes]:
    def decode(data: bytes, max_bytes: int) -> bytes:
        inflater = zlib.decompressobj(wbits)
        plain = inflater.decompress(data, max_bytes + 1)
        if len(plain) > max_bytes:
            raise TooLongError
        if not inflater.eof:
            raise zlib.error("the data ends too early")
        return plain

    return decode


def _deflate(data: bytes, max_bytes: int) -> bytes:
    try:
        return _inflate(_ZLIB_WBITS)(data, max_bytes)
    except zlib.error:
        return _inflate(-_ZLIB_WBITS)(data, max_bytes)


def _slices(data: bytes) -> Iterable[bytes]:
    return (data[start : start + _SLICE_BYTES] for start in range(0, len(data), _SLICE_BYTES))


def _bounded(pieces: Iterable[bytes], max_bytes: int) -> bytes:
    kept: list[bytes] = []
    size_bytes = 0
    for piece in pieces:
        size_bytes += len(piece)
        if size_bytes > max_bytes:
            raise TooLongError
        kept.append(piece)
    return b"".join(kept)


def _unbrotli(data: bytes, max_bytes: int) -> bytes:
    decoder = brotli.Decompressor()
    plain = _bounded((decoder.process(piece) for piece in _slices(data)), max_bytes)
    if not decoder.is_finished():
        raise brotli.error("the data ends too early")
    return plain


def _unzstd(data: bytes, max_bytes: int) -> bytes:
    decoder = zstandard.ZstdDecompressor().decompressobj()
    plain = _bounded((decoder.decompress(piece) for piece in _slices(data) if not decoder.eof), max_bytes)
    if not decoder.eof:
        raise zstandard.ZstdError("the data ends too early")
    return plain


class _ZlibCoder:
    def __init__(self, wbits: int) -> None:
        self._deflater = zlib.compressobj(wbits=wbits)

    def feed(self, data: bytes) -> bytes:
        return self._deflater.compress(data) + self._deflater.flush(zlib.Z_SYNC_FLUSH)

    def end(self) -> bytes:
        return self._deflater.flush(zlib.Z_FINISH)


class _BrotliCoder:
    def __init__(self) -> None:
        self._compressor = brotli.Compressor(quality=4)

    def feed(self, data: bytes) -> bytes:
        return bytes(self._compressor.process(data) + self._compressor.flush())

    def end(self) -> bytes:
        return bytes(self._compressor.finish())


class _ZstdCoder:
    def __init__(self) -> None:
        self._compressor = zstandard.ZstdCompressor().compressobj()

    def feed(self, data: bytes) -> bytes:
        return self._compressor.compress(data) + self._compressor.flush(zstandard.COMPRESSOBJ_FLUSH_BLOCK)

    def end(self) -> bytes:
        return self._compressor.flush(zstandard.COMPRESSOBJ_FLUSH_FINISH)


_DECODERS: Mapping[str, Callable[[bytes, int], bytes]] = {
    "gzip": _inflate(_GZIP_WBITS),
    "x-gzip": _inflate(_GZIP_WBITS),
    "deflate": _deflate,
    "br": _unbrotli,
    "zstd": _unzstd,
}

_CODERS: Mapping[str, Callable[[], Coder]] = {
    "gzip": lambda: _ZlibCoder(_GZIP_WBITS),
    "deflate": lambda: _ZlibCoder(_ZLIB_WBITS),
    "br": _BrotliCoder,
    "zstd": _ZstdCoder,
}
