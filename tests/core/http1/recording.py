"""What a reader made of some bytes, as plain values."""

from dataclasses import dataclass, field

from proxy_core.http1.head import Head, Refused
from proxy_core.http1.reader import RequestReader


@dataclass
class Heard:
    head: Head
    body: bytes = b""
    complete: bool = False


@dataclass
class Recording:
    """A sink. `refused` is the status that ended it, if one did."""

    requests: list[Heard] = field(default_factory=list)
    refused: int | None = None

    def head_received(self, head: Head) -> None:
        self.requests.append(Heard(head))

    def body_received(self, piece: bytes) -> None:
        self.requests[-1].body += piece

    def request_received(self) -> None:
        self.requests[-1].complete = True


def read(*pieces: bytes, max_header_bytes: int = 65_536, max_headers: int = 200) -> Recording:
    """Feed the pieces one by one, up to the first refusal."""
    recording = Recording()
    reader = RequestReader(recording, max_header_bytes, max_headers)
    try:
        for piece in pieces:
            reader.feed(piece)
    except Refused as refused:
        recording.refused = refused.status
    return recording
