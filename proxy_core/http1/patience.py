"""What a connection waits for, how long it may, and whether its client still takes what it is sent."""

from collections.abc import Mapping
from enum import Enum
from math import inf

from proxy_core.http1.settings import ServerSettings


class Phase(Enum):
    """What happens next on the connection, if its client does its part."""

    OPENING = "its first request begins"
    IDLE = "another request begins"
    HEAD = "a request's head ends"
    BODY = "more of a body comes"
    WORK = "the application replies"
    LINGERING = "the client closes"


def waits_s(settings: ServerSettings) -> Mapping[Phase, float]:
    """How long each phase may last."""
    return {
        Phase.OPENING: settings.header_timeout_s,
        Phase.IDLE: settings.keep_alive_s,
        Phase.HEAD: settings.header_timeout_s,
        Phase.BODY: settings.body_timeout_s,
        Phase.WORK: inf,
        Phase.LINGERING: settings.linger_s,
    }


class Progress:
    """Whether a client goes on taking the bytes that wait for it, however slowly."""

    __slots__ = ("_deadline_s", "_taken_bytes", "written_bytes")

    def __init__(self) -> None:
        self.written_bytes = 0
        """Given to the transport since the connection opened; whoever writes counts here."""
        self._taken_bytes = 0
        self._deadline_s = inf

    def stalled(self, waiting_bytes: int, now_s: float, timeout_s: float) -> bool:
        """Whether nothing was taken for `timeout_s`, while something waited the whole time."""
        taken_bytes = self.written_bytes - waiting_bytes
        if not waiting_bytes or taken_bytes != self._taken_bytes:
            self._taken_bytes = taken_bytes
            self._deadline_s = now_s + timeout_s
            return False
        return now_s >= self._deadline_s
