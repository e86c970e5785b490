"""The first tab: how an exchange ended, where its time and money went, and whether its bytes stayed what they were."""

from collections.abc import Sequence

from tokenman_tui.feeds.inert import fit
from tokenman_tui.feeds.overview import Selected, overview
from tokenman_tui.feeds.spans import BLANK, Line, Part, Span, clipped

LABEL_CELLS = 10
WIDEST = 132
MARGIN = Span(" ")


def exchange_overview(selected: Selected, width: int) -> Sequence[Line]:
    inner = min(WIDEST, max(1, width - 2))
    lines = [BLANK, *overview(selected, inner, titled=False), BLANK, *fidelity(selected, inner)]
    return [(MARGIN, *line) for line in lines]


def fidelity(selected: Selected, width: int) -> list[Line]:
    """Both digests, and in a sentence what they mean."""
    record = selected.record
    if record is None:
        lines: list[Line] = [(Span("Digests of its bytes are known when it has ended.", Part.MUTED),)]
    elif not record.sent_sha256:
        lines = [_digest("came", record.body_sha256), (Span("Nothing left for a provider.", Part.MUTED),)]
    else:
        verdict = (
            Span("The bytes that left are the bytes that came.", Part.GOOD)
            if record.identical
            else Span("The bytes that left are not those that came.", Part.WARN)
        )
        lines = [(verdict,), _digest("came", record.body_sha256), _digest("left", record.sent_sha256)]
    return [clipped(line, width) for line in lines]


def _digest(label: str, sha256: str) -> Line:
    return Span(fit(label, LABEL_CELLS), Part.MUTED), Span(sha256 or "no body", Part.TEXT)
