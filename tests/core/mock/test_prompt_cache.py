"""The cache models against the rules in the vendors' guides, and against arbitrary conversations."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from proxy_core.mock.prompt_cache import (
    AUTOMATIC_MIN_TOKENS,
    AUTOMATIC_STEP_TOKENS,
    LOOKBACK_BLOCKS,
    TTL_LONG_S,
    TTL_SHORT_S,
    AutomaticCache,
    CacheBlock,
    CacheSplit,
    EntryTable,
    ExplicitCache,
    PendingWrite,
)

SCOPE = b"key and model"
MIN_TOKENS = 100


def block(name: str, tokens: int = 200, ttl_s: float | None = None) -> CacheBlock:
    return CacheBlock(name.encode(), tokens, ttl_s)


def ask(cache: ExplicitCache, blocks: list[CacheBlock], now_s: float = 0.0, scope: bytes = SCOPE) -> CacheSplit:
    """A request whose reply begins at once."""
    split = cache.split(scope, blocks, MIN_TOKENS, now_s)
    cache.commit(split.pending)
    return split


def counts(split: CacheSplit) -> tuple[int, int, int, int]:
    return split.read_tokens, split.write_short_tokens, split.write_long_tokens, split.uncached_tokens


def test_without_a_breakpoint_nothing_is_cached() -> None:
    cache = ExplicitCache()
    blocks = [block("system"), block("question")]
    assert counts(ask(cache, blocks)) == counts(ask(cache, blocks)) == (0, 0, 0, 400)


def test_a_prefix_is_written_once_and_read_afterwards() -> None:
    cache = ExplicitCache()
    blocks = [block("system", ttl_s=TTL_SHORT_S), block("question", 50)]
    assert counts(ask(cache, blocks)) == (0, 200, 0, 50)
    assert counts(ask(cache, blocks)) == (200, 0, 0, 50)


def test_a_growing_conversation_reads_what_it_had_and_writes_what_is_new() -> None:
    cache = ExplicitCache()
    first = [block("system", ttl_s=TTL_SHORT_S), block("one", 150, TTL_SHORT_S)]
    second = [block("system", ttl_s=TTL_SHORT_S), block("one", 150), block("two", 70, TTL_SHORT_S)]
    assert counts(ask(cache, first)) == (0, 350, 0, 0)
    assert counts(ask(cache, second)) == (350, 70, 0, 0)


def test_a_change_before_the_breakpoint_costs_everything_after_it() -> None:
    cache = ExplicitCache()
    ask(cache, [block("system", ttl_s=TTL_SHORT_S), block("one", ttl_s=TTL_SHORT_S)])
    changed = [block("system!", ttl_s=TTL_SHORT_S), block("one", ttl_s=TTL_SHORT_S)]
    assert counts(ask(cache, changed)) == (0, 400, 0, 0)


def test_a_prefix_below_the_minimum_is_not_cached() -> None:
    cache = ExplicitCache()
    blocks = [block("small", MIN_TOKENS - 1, TTL_SHORT_S), block("rest", 10)]
    assert counts(ask(cache, blocks)) == counts(ask(cache, blocks)) == (0, 0, 0, MIN_TOKENS + 9)


def test_the_two_lifetimes_are_billed_apart() -> None:
    cache = ExplicitCache()
    blocks = [block("tools", 300, TTL_LONG_S), block("system", 200, TTL_SHORT_S), block("question", 10)]
    assert counts(ask(cache, blocks)) == (0, 200, 300, 10)
    assert counts(ask(cache, blocks, TTL_SHORT_S + 1)) == (300, 200, 0, 10)


def test_an_entry_lives_from_the_start_of_its_writer() -> None:
    cache = ExplicitCache()
    blocks = [block("system", ttl_s=TTL_SHORT_S)]
    late_reply = cache.split(SCOPE, blocks, MIN_TOKENS, 0.0)
    cache.commit(late_reply.pending)
    assert ask(cache, blocks, TTL_SHORT_S - 0.001).read_tokens == 200
    other = ExplicitCache()
    ask(other, blocks, 0.0)
    assert ask(other, blocks, TTL_SHORT_S).read_tokens == 0


def test_a_read_renews_the_whole_prefix() -> None:
    cache = ExplicitCache()
    short = [block("system", ttl_s=TTL_SHORT_S)]
    long = [*short, block("one", ttl_s=TTL_SHORT_S)]
    ask(cache, long, 0.0)
    ask(cache, long, 200.0)
    assert ask(cache, short, 499.0).read_tokens == 200


def test_parallel_requests_miss_until_the_first_reply_begins() -> None:
    cache = ExplicitCache()
    blocks = [block("system", ttl_s=TTL_SHORT_S)]
    first = cache.split(SCOPE, blocks, MIN_TOKENS, 0.0)
    assert cache.split(SCOPE, blocks, MIN_TOKENS, 0.1).read_tokens == 0
    cache.commit(first.pending)
    assert cache.split(SCOPE, blocks, MIN_TOKENS, 0.2).read_tokens == 200


def test_scopes_share_nothing() -> None:
    cache = ExplicitCache()
    blocks = [block("system", ttl_s=TTL_SHORT_S)]
    ask(cache, blocks)
    assert ask(cache, blocks, scope=b"another key").read_tokens == 0


@pytest.mark.parametrize(("added", "found"), [(LOOKBACK_BLOCKS - 1, True), (LOOKBACK_BLOCKS, False)])
def test_the_lookback_ends_after_twenty_blocks(added: int, *, found: bool) -> None:
    cache = ExplicitCache()
    ask(cache, [block("system", ttl_s=TTL_SHORT_S)])
    blocks = [block("system"), *(block(f"b{n}") for n in range(added))]
    blocks[-1] = block(f"b{added - 1}", ttl_s=TTL_SHORT_S)
    assert (ask(cache, blocks).read_tokens > 0) is found


def test_the_table_forgets_the_least_recently_used() -> None:
    table = EntryTable(max_entries=2)
    for key in (b"a", b"b"):
        table.write(PendingWrite(key, 10.0, 0.0))
    table.renew(b"a", 1.0)
    table.write(PendingWrite(b"c", 10.0, 1.0))
    assert [table.alive(key, 2.0) for key in (b"a", b"b", b"c")] == [True, False, True]
    assert len(table) == 2


def test_a_rewrite_does_not_shorten_a_lifetime() -> None:
    table = EntryTable(max_entries=2)
    table.write(PendingWrite(b"a", TTL_LONG_S, 0.0))
    table.write(PendingWrite(b"a", TTL_SHORT_S, 10.0))
    assert table.alive(b"a", TTL_LONG_S - 1)


blocks_strategy = st.lists(
    st.builds(
        CacheBlock,
        digest=st.sampled_from([b"a", b"b", b"c"]),
        tokens=st.integers(0, 300),
        ttl_s=st.sampled_from([None, None, TTL_SHORT_S]),
    ),
    max_size=30,
)


@given(st.lists(st.tuples(blocks_strategy, st.floats(0, 400)), max_size=6))
def test_every_token_is_billed_exactly_once(requests: list[tuple[list[CacheBlock], float]]) -> None:
    cache = ExplicitCache(max_entries=16)
    now_s = 0.0
    for blocks, pause_s in requests:
        now_s += pause_s
        split = ask(cache, blocks, now_s)
        assert sum(counts(split)) == sum(b.tokens for b in blocks)
        assert min(counts(split)) >= 0
        assert len(cache.entries) <= 16


@given(blocks_strategy, st.data())
def test_the_same_request_reads_back_all_that_it_wrote(blocks: list[CacheBlock], data: st.DataObject) -> None:
    cache = ExplicitCache()
    first = ask(cache, blocks, 0.0)
    again = ask(cache, blocks, data.draw(st.floats(0, TTL_SHORT_S - 1)))
    assert again.read_tokens == first.read_tokens + first.write_tokens
    assert again.write_tokens == 0


@given(blocks_strategy, blocks_strategy)
def test_nothing_is_read_that_is_no_shared_prefix(first: list[CacheBlock], second: list[CacheBlock]) -> None:
    cache = ExplicitCache()
    ask(cache, first, 0.0)
    shared = 0
    for one, two in zip(first, second, strict=False):
        if (one.digest, one.tokens) != (two.digest, two.tokens):
            break
        shared += two.tokens
    # Equal digests stand for equal text, so only requests that respect that are meaningful.
    if all(one.tokens == two.tokens for one in first for two in second if one.digest == two.digest):
        assert ask(cache, second, 1.0).read_tokens <= shared


STEP_BYTES = AUTOMATIC_STEP_TOKENS * 4


def prompt(tokens: int, filler: bytes = b"abcd") -> bytes:
    return filler * tokens


def auto(cache: AutomaticCache, data: bytes, now_s: float = 0.0) -> CacheSplit:
    split = cache.split(SCOPE, data, 4, 600.0, now_s)
    cache.commit(split.pending)
    return split


def test_a_short_prompt_is_never_cached() -> None:
    cache = AutomaticCache()
    data = prompt(AUTOMATIC_MIN_TOKENS - 1)
    auto(cache, data)
    assert auto(cache, data).read_tokens == 0


@pytest.mark.parametrize(("tokens", "cached"), [(1_024, 1_024), (1_151, 1_024), (1_152, 1_152), (5_000, 4_992)])
def test_reads_come_in_steps(tokens: int, cached: int) -> None:
    cache = AutomaticCache()
    assert auto(cache, prompt(tokens)).read_tokens == 0
    split = auto(cache, prompt(tokens))
    assert (split.read_tokens, split.uncached_tokens) == (cached, tokens - cached)


def test_the_automatic_cache_expires_unless_it_is_read() -> None:
    cache = AutomaticCache()
    auto(cache, prompt(2_048), 0.0)
    assert auto(cache, prompt(2_048), 500.0).read_tokens == 2_048
    assert auto(cache, prompt(2_048), 1_099.0).read_tokens == 2_048
    assert auto(cache, prompt(2_048), 1_700.0).read_tokens == 0


@given(st.integers(0, 4_000), st.integers(0, 4_000), st.integers(0, 4_000))
def test_what_is_read_is_the_shared_prefix_in_whole_steps(shared: int, one: int, two: int) -> None:
    cache = AutomaticCache()
    auto(cache, prompt(shared) + prompt(one, b"1111"))
    split = auto(cache, prompt(shared) + prompt(two, b"2222"))
    whole = shared // AUTOMATIC_STEP_TOKENS * AUTOMATIC_STEP_TOKENS
    assert split.read_tokens == (whole if whole >= AUTOMATIC_MIN_TOKENS else 0)
    assert split.read_tokens + split.write_tokens + split.uncached_tokens == shared + two


def test_a_full_automatic_cache_keeps_the_beginning_of_a_prompt() -> None:
    cache = AutomaticCache(max_entries=10)
    for _ in range(3):
        split = auto(cache, prompt(AUTOMATIC_MIN_TOKENS + 50 * AUTOMATIC_STEP_TOKENS))
    assert split.read_tokens == AUTOMATIC_MIN_TOKENS + 9 * AUTOMATIC_STEP_TOKENS
