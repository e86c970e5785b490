"""What a connection waits for, and how long it may."""

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
