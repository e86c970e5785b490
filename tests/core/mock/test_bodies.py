"""Content codings, both ways."""

import gzip
import zlib
from collections.abc import Callable

import brotli
import pytest
import zstandard
from hypothesis import given
from hypothesis import strategies as st

from proxy_core.mock.bodies import CODINGS, TooLongError, choose_coding, coder_for, decode_body

LIMIT = 1_000_000


@given(st.sampled_from(CODINGS), st.lists(st.binary(max_size=200), max_size=10))
def test_what_is_coded_comes_back(coding: str, pieces: list[bytes]) -> None:
    coder = coder_for(coding)
    wire = b"".join(coder.feed(piece) for piece in pieces) + coder.end()
    assert decode_body(wire, coding, LIMIT) == b"".join(pieces)


@pytest.mark.parametrize("coding", CODINGS)
def test_every_piece_can_be_read_at_once(coding: str) -> None:
    coder = coder_for(coding)
    wire = coder.feed(b"event: ping\n\n")
    readers = {
        "gzip": zlib.decompressobj(31).decompress,
        "deflate": zlib.decompressobj(15).decompress,
        "br": brotli.Decompressor().process,
        "zstd": zstandard.ZstdDecompressor().decompressobj().decompress,
    }
    assert readers[coding](wire) == b"event: ping\n\n"


ENCODERS: dict[str, tuple[str, Callable[[bytes], bytes]]] = {
    "gzip": ("gzip", gzip.compress),
    "the old name of gzip": ("x-gzip", gzip.compress),
    "deflate": ("deflate", zlib.compress),
    "deflate without its frame": ("deflate", lambda data: zlib.compress(data, wbits=-15)),
    "brotli": ("br", brotli.compress),
    "zstd": ("zstd", zstandard.compress),
    "one in the other": ("gzip, zstd", lambda data: zstandard.compress(gzip.compress(data))),
}


@pytest.mark.parametrize("form", ENCODERS)
def test_reads_what_clients_send(form: str) -> None:
    coding, encode = ENCODERS[form]
    assert decode_body(encode(b"hello"), coding, LIMIT) == b"hello"


@pytest.mark.parametrize("coding", ["", "identity"])
def test_reads_what_is_not_coded(coding: str) -> None:
    assert decode_body(b"hello", coding, LIMIT) == b"hello"


@pytest.mark.parametrize("form", ENCODERS)
def test_a_bomb_is_too_long(form: str) -> None:
    coding, encode = ENCODERS[form]
    with pytest.raises(TooLongError):
        decode_body(encode(bytes(LIMIT * 4)), coding, LIMIT)


@pytest.mark.parametrize("coding", CODINGS)
def test_nonsense_and_cut_bodies_are_refused(coding: str) -> None:
    coder = coder_for(coding)
    whole = coder.feed(b"hello hello hello") + coder.end()
    for data in (b"not compressed at all", whole[:-2], b""):
        with pytest.raises(ValueError, match="not valid"):
            decode_body(data, coding, LIMIT)


def test_an_unknown_coding_is_refused() -> None:
    with pytest.raises(ValueError, match="'lzw'"):
        decode_body(b"", "lzw", LIMIT)


@pytest.mark.parametrize(
    ("wanted", "accepted", "chosen"),
    [
        ("gzip", "gzip, br", "gzip"),
        ("zstd", "gzip, br", None),
        ("auto", "gzip, br", "br"),
        ("auto", "gzip;q=1.0, zstd;q=0", "gzip"),
        ("auto", "", None),
        ("br", "*", "br"),
    ],
)
def test_only_what_the_client_accepts_is_used(wanted: str, accepted: str, chosen: str | None) -> None:
    assert choose_coding(wanted, accepted) == chosen
