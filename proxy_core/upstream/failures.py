"""What can go wrong between this process and an upstream.

UpstreamFailure
├── PoolTimedOut         no connection came free in time
├── ConnectFailed        name, TCP or TLS: no connection could be made
├── ConnectTimedOut      no connection could be made in time
├── WriteTimedOut        the upstream stopped taking the request
├── FirstByteTimedOut    the request went out, no reply began
├── IdleTimedOut         the reply began and then fell silent
├── UpstreamDropped      the connection was lost before the reply was whole
└── ProtocolViolated     what came back is not HTTP/1.1, or exceeds a bound

Messages are one sentence, name host and port, and never hold a header, a path or a query string.
"""


class UpstreamFailure(Exception):
    """A call that got no whole reply.

    `sent` is False only when it is certain that no byte of the request reached the upstream, so that
    sending it again cannot run it twice.
    """

    sent: bool = True


class PoolTimedOut(UpstreamFailure):
    sent = False


class ConnectFailed(UpstreamFailure):
    sent = False


class ConnectTimedOut(UpstreamFailure):
    sent = False


class WriteTimedOut(UpstreamFailure):
    pass


class FirstByteTimedOut(UpstreamFailure):
    pass


class IdleTimedOut(UpstreamFailure):
    pass


class UpstreamDropped(UpstreamFailure):
    """`bytes_received` counts what arrived of this reply, head included; 0 means that nothing did."""

    def __init__(self, sentence: str, bytes_received: int = 0) -> None:
        super().__init__(sentence)
        self.bytes_received = bytes_received


class ProtocolViolated(UpstreamFailure):
    pass
