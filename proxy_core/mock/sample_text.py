"""Sentences that look like coding work, chosen by a digest: the same digest always says the same."""

from collections.abc import Sequence

_OPENINGS = (
    "I had a look at the code around this.",
    "Here is what I found.",
    "That narrows it down.",
    "The failing case is reproducible.",
    "The change is small and local.",
)
_SENTENCES = (
    "The retry loop re-reads the configuration on every attempt, so a reload in between changes its limit.",
    "`parse_header` returns None for an empty value, and the caller indexes into it.",
    "The test passes alone and fails in the suite because the cache is shared at module level.",
    "I would move the timeout into the client and keep the handler free of it.",
    "The query lacks an index on `created_at`, which explains the slow page.",
    "Two coroutines write to the same buffer; a lock per connection is enough.",
    "The migration drops the column before the backfill has finished.",
    "Path handling differs on Windows, where the separator ends up inside the key.",
    "The generator is consumed twice, and the second pass sees nothing.",
    "Integer division rounds the page count down, so the last page is never requested.",
    "The fixture leaves a socket open, which is where the warning comes from.",
    "Nothing else calls this function, so its signature can change safely.",
    "The type is narrower than the annotation says; `Sequence[str]` would be honest.",
    "An early return keeps the happy path unindented here.",
    "The lock file pins an older release than the one the docs describe.",
)
_THOUGHTS = (
    "The user wants the cause rather than a patch.",
    "First I should see which files are involved.",
    "The error mentions the parser, but the input looks fine, so the caller is suspect.",
    "A quick listing of the directory tells me how the project is laid out.",
    "I should keep the change minimal and leave the public names alone.",
    "There may be a test for this already.",
)
_UNICODE = (
    "Größe und Maß bleiben gleich – naïve café.",
    "日本語のテキストも壊れてはいけません。",
    "A line separator\u2028sits here, a next line\u0085there, a paragraph\u2029after it.",
    "Emoji: 🧑‍💻 👩🏽‍🚀 🏳️‍🌈 and a lone combining e\u0301.",
    "שלום עולם, مرحبا بالعالم, Привет мир.",
    "Zero\u200bwidth and a byte order mark \ufeff inside.",
)

_STRIDE = 7
"""Has no divisor in common with the length of any list above."""


def prose(seed: bytes, sentences: int) -> str:
    """An answer of about so many sentences."""
    return " ".join((_pick(_OPENINGS, seed, 0), *(_pick(_SENTENCES, seed, n) for n in range(1, sentences))))


def thought(seed: bytes, sentences: int) -> str:
    """A train of thought of so many sentences."""
    return " ".join(_pick(_THOUGHTS, seed, n) for n in range(sentences))


def multibyte(seed: bytes, sentences: int) -> str:
    """Text full of characters that break careless line splitting and decoding."""
    return " ".join(_pick(_UNICODE, seed, n) for n in range(max(sentences, len(_UNICODE))))


def stretched(text: str, size_bytes: int) -> str:
    """`text` repeated and cut to `size_bytes` of UTF-8, the last character kept whole."""
    if size_bytes == 0:
        return ""
    unit = (text or "…") + "\n"
    many = unit * (size_bytes // len(unit.encode()) + 1)
    cut = many.encode()[:size_bytes]
    whole = cut.decode(errors="ignore")
    return whole if len(whole.encode()) == size_bytes else many[: len(whole) + 1]


def _pick(choices: Sequence[str], seed: bytes, n: int) -> str:
    # Walking on from a seeded start repeats nothing until everything was said.
    return choices[(seed[0] + seed[1] * 256 + n * _STRIDE) % len(choices)]
