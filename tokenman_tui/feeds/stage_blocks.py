"""What each stage of the pipeline did with an exchange, and how long it took."""

from collections.abc import Sequence
from typing import Protocol

from tokenman_tui.feeds import figures
from tokenman_tui.feeds.blocks import Block, hint_of, sentences
from tokenman_tui.feeds.inert import fit, inert
from tokenman_tui.feeds.outline import Blocks
from tokenman_tui.feeds.spans import Part, Span

NAME_CELLS = 18


class StageTrace(Protocol):
    """One stage's work on one exchange."""

    @property
    def name(self) -> str: ...
    @property
    def said(self) -> str:
        """What it did, as a sentence."""

    @property
    def took_ms(self) -> float: ...
    @property
    def stopped(self) -> bool:
        """Whether the request went no further."""


def stage_blocks(traces: Sequence[StageTrace]) -> Blocks:
    """One block for each stage in the order they ran; one sentence when there were none."""
    if not traces:
        yield from sentences(
            "No stage looked at this request.",
            "Stages check, change or answer requests on their way to the provider. None is at work, so this one was "
            "forwarded as it came.",
        )
    for trace in traces:
        tone = Part.WARN if trace.stopped else Part.STRONG
        head = (Span(fit(inert(trace.name), NAME_CELLS), tone), Span(hint_of(trace.said), Part.MUTED))
        yield Block(head=head, aside=(Span(figures.duration(trace.took_ms), Part.FAINT),))
