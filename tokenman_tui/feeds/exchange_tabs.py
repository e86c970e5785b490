"""The tabs of one exchange, and the blocks that each of them shows."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum

from tokenman_tui.feeds.conversation import request_blocks
from tokenman_tui.feeds.header_blocks import header_blocks
from tokenman_tui.feeds.kept import Bodies, Kept
from tokenman_tui.feeds.outline import Blocks
from tokenman_tui.feeds.raw_blocks import raw_blocks
from tokenman_tui.feeds.reply_blocks import reply_blocks
from tokenman_tui.feeds.stage_blocks import StageTrace, stage_blocks
from tokenman_tui.feeds.stream_events import event_blocks


class Tab(Enum):
    """The value is the title; the order is that of the keys."""

    OVERVIEW = "Overview"
    REQUEST = "Request"
    REPLY = "Reply"
    RAW = "Raw"
    HEADERS = "Headers"
    EVENTS = "Events"
    STAGES = "Stages"


TABS = tuple(Tab)


@dataclass(frozen=True, slots=True)
class Material:
    """What the tabs are made from."""

    dialect: str
    bodies: Bodies
    stages: Sequence[StageTrace] = ()


def blocks_of(tab: Tab, material: Material, *, pretty: bool) -> Blocks:
    """The blocks of a tab, lazily. Overview has none: it is drawn from the facts."""
    kept = material.bodies
    if tab is Tab.STAGES:
        return stage_blocks(material.stages)
    if not isinstance(kept, Kept):
        return iter(kept.blocks())
    return _of_bodies(tab, material.dialect, kept, pretty=pretty)


def _of_bodies(tab: Tab, dialect: str, kept: Kept, *, pretty: bool) -> Blocks:
    match tab:
        case Tab.REQUEST:
            return request_blocks(dialect, kept.request_body)
        case Tab.REPLY:
            return reply_blocks(dialect, kept)
        case Tab.RAW:
            return raw_blocks(kept, pretty=pretty)
        case Tab.HEADERS:
            return header_blocks(kept)
    return event_blocks(kept)
