"""Times inside a stream's text, so that the delay of every single event can be measured end to end.

The provider writes ``@<monotonic nanoseconds>@`` into each event's text, which every proxy has to keep.
"""

import re
from array import array

_STAMP = re.compile(rb"@(\d{1,20})@")
_LONGEST_BYTES = 22


def stamp(now_ns: int) -> bytes:
    return b"@%d@" % now_ns


class Delays:
    """Collects the delay of every stamp in a body that arrives in pieces, wherever it is cut."""

    def __init__(self) -> None:
        self.sent_ns = array("q")
        self.delays_ns = array("q")
        self._tail = b""

    def piece(self, data: bytes, read_ns: int) -> None:
        data = self._tail + data
        end = 0
        for found in _STAMP.finditer(data):
            sent_ns = int(found[1])
            self.sent_ns.append(sent_ns)
            self.delays_ns.append(read_ns - sent_ns)
            end = found.end()
        self._tail = data[max(end, len(data) - _LONGEST_BYTES) :]

    def between(self, start_ns: int, end_ns: int) -> list[int]:
        """Delays of the events that were sent in this stretch of monotonic time."""
        pairs = zip(self.sent_ns, self.delays_ns, strict=True)
        return [delay_ns for sent_ns, delay_ns in pairs if start_ns <= sent_ns < end_ns]

    def arrived(self, start_ns: int, end_ns: int) -> int:
        """How many events were received in this stretch of monotonic time."""
        pairs = zip(self.sent_ns, self.delays_ns, strict=True)
        return sum(start_ns <= sent_ns + delay_ns < end_ns for sent_ns, delay_ns in pairs)
