"""Text as coding agents send it: prose, source and command output, the same for the same seed."""

import random

import msgspec

_PROSE = """
the a of to and in is for that with as on this be by it not from are an or if when which each return value
def class self import async await None True request reply stream buffer parse header bytes int str list dict
error raise except finally with open read write close path config test assert result index count total line
function module package version build deploy server client timeout retry connection socket queue worker
naïve café → ✓
"""
_WORDS = _PROSE.split()
_SPACES = [" "] * 5 + ["\n", "\n    ", "\n        ", "\t"]
_MARKS = [*_SPACES, ", ", ". ", " = ", "(", ")", ': "', '"', "/", "\\"]


def text(rng: random.Random, wanted_bytes: int) -> str:
    """About ``wanted_bytes`` once it is JSON (within 2 %); a few characters are not ASCII and some need escaping."""
    if wanted_bytes <= 0:
        return ""
    pairs = wanted_bytes // 5 + 1
    words, marks = rng.choices(_WORDS, k=pairs), rng.choices(_MARKS, k=pairs)
    whole = "".join(part for pair in zip(words, marks, strict=True) for part in pair)
    return whole[: len(whole) * wanted_bytes // len(msgspec.json.encode(whole))]
