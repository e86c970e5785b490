"""A stage of the pipeline: it looks at a request and lets it pass, answers it, or refuses it."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import ClassVar, Protocol

from proxy_core.errors import Refusal
from proxy_core.exchange.outcome import Outcome
from proxy_core.exchange.reply import Reply, ReplyEvent
from proxy_core.exchange.request import Request


class Tap(Protocol):
    """What a stage does to the reply, and with its end."""

    edits: ClassVar[bool]
    """Whether it may replace events. While no tap of a reply does, its bytes are relayed as they arrive."""

    def event(self, event: ReplyEvent) -> Iterable[ReplyEvent]:
        """What goes on in place of this event: usually itself."""

    async def close(self, outcome: Outcome) -> None:
        """Called exactly once, however the exchange ends, in the reverse order of admission."""


@dataclass(frozen=True, slots=True)
class Pass:
    """Goes on, perhaps with something replaced and with a tap on its reply."""

    request: Request
    tap: Tap | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """Answered here; no provider is asked."""

    reply: Reply


@dataclass(frozen=True, slots=True)
class Refuse:
    """Refused here, in the client's dialect."""

    refusal: Refusal


Verdict = Pass | Answer | Refuse


class Stage(Protocol):
    """One feature of the pipeline. Stages do not know each other; their order is the list in `proxy_core.stages`."""

    name: ClassVar[str]

    async def admit(self, request: Request) -> Verdict: ...
