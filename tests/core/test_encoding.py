"""Content codings are undone whole, in pieces, and never beyond a bound."""

import gzip
import zlib

import brotli
import pytest
import zstandard
from hypothesis import given
from hypothesis import strategies as st

from proxy_core import encoding


def raw_deflate(data: bytes) -> bytes:
    packer = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    return packer.compress(data) + packer.flush()


PACKERS = {
    "gzip": gzip.compress,
    "x-gzip": gzip.compress,
    "deflate": zlib.compress,
    "br": brotli.compress,
    "zstd": zstandard.ZstdCompressor().compress,
}


@given(st.sampled_from(sorted(PACKERS)), st.binary(max_size=2000), st.integers(1, 50))
def test_every_coding_is_undone_however_it_arrives(coding: str, data: bytes, step_bytes: int) -> None:
    packed = PACKERS[coding](data)
    decoder = encoding.decoder(coding, limit_bytes=10_000)
    assert decoder is not None
    pieces = [packed[start : start + step_bytes] for start in range(0, len(packed), step_bytes)]
    assert b"".join(map(decoder.feed, pieces)) == data


def test_deflate_without_its_zlib_header_is_undone() -> None:
    decoder = encoding.decoder("deflate", limit_bytes=1000)
    assert decoder is not None
    assert decoder.feed(raw_deflate(b"hello" * 50)) == b"hello" * 50


async def test_codings_are_undone_in_reverse_order() -> None:
    packed = brotli.compress(gzip.compress(b"hello"))
    assert await encoding.decoded(packed, "gzip, identity, BR", 1000) == b"hello"


@pytest.mark.parametrize("coding", sorted(PACKERS))
@pytest.mark.parametrize("size_bytes", [65_536, 98_273, 1_000_000, 3_000_001])
def test_a_few_bytes_that_hold_a_lot_are_undone_whole(size_bytes: int, coding: str) -> None:
    decoder = encoding.decoder(coding, limit_bytes=size_bytes)
    assert decoder is not None
    assert decoder.feed(PACKERS[coding](b"A" * size_bytes)) == b"A" * size_bytes


async def test_a_large_body_is_undone_off_the_loop() -> None:
    data = bytes(range(256)) * 4096
    assert await encoding.decoded(zstandard.ZstdCompressor().compress(data) + b"", "zstd", len(data)) == data


@pytest.mark.parametrize("coding", sorted(PACKERS))
async def test_a_bomb_is_noticed(coding: str) -> None:
    bomb = PACKERS[coding](b"\0" * 80_000_000)
    assert len(bomb) < 100_000
    with pytest.raises(encoding.TooLarge):
        await encoding.decoded(bomb, coding, limit_bytes=1_000_000)


@pytest.mark.parametrize("coding", sorted(PACKERS))
async def test_a_body_at_the_limit_passes_and_one_byte_more_does_not(coding: str) -> None:
    data = b"ab" * 5000
    assert await encoding.decoded(PACKERS[coding](data), coding, len(data)) == data
    with pytest.raises(encoding.TooLarge):
        await encoding.decoded(PACKERS[coding](data), coding, len(data) - 1)


@pytest.mark.parametrize("coding", ["gzip", "br", "zstd"])
async def test_what_is_not_what_its_coding_says_is_told(coding: str) -> None:
    with pytest.raises(encoding.Undecodable, match="content-encoding"):
        await encoding.decoded(b"\xff\x01\x02 plain text, not packed" * 20, coding, 1000)


async def test_an_unknown_coding_is_not_guessed() -> None:
    assert await encoding.decoded(b"...", "dcb", 1000) is None


@pytest.mark.parametrize("header", ["", "identity", " , identity"])
def test_no_coding_is_no_coding(header: str) -> None:
    assert encoding.codings(header) == ()
    decoder = encoding.decoder(header, 1)
    assert decoder is not None
    assert decoder.feed(b"abc") == b"abc"
