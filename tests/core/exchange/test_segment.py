"""Digests tell how far two requests agree."""

import itertools

from hypothesis import given
from hypothesis import strategies as st

from proxy_core.exchange.segment import Segment, SegmentKind, prefix_digests

SEGMENTS = st.lists(st.builds(Segment.of, st.sampled_from(SegmentKind), st.binary(max_size=6)), max_size=8)


@given(SEGMENTS, SEGMENTS)
def test_two_requests_share_a_prefix_exactly_as_far_as_their_digests_agree(
    one: list[Segment], other: list[Segment]
) -> None:
    same_segments = len(list(itertools.takewhile(lambda pair: pair[0] == pair[1], zip(one, other, strict=False))))
    pairs = zip(prefix_digests(one), prefix_digests(other), strict=False)
    assert len(list(itertools.takewhile(lambda pair: pair[0] == pair[1], pairs))) == same_segments
