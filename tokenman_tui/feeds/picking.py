"""Where a reader is in a list of lines: what is on top, which one is picked, and whether the end is followed."""


class Picking:
    """Positions only: `size` rows of which `height` are in view, and a cursor within them (0 without rows). While it
    follows, the last row is picked; every deliberate act on a row ends that."""

    def __init__(self, *, follows: bool = False) -> None:
        self.size = 0
        self.height = 1
        self.top = 0
        self.cursor = 0
        self.following = follows

    @property
    def max_top(self) -> int:
        return max(0, self.size - self.height)

    def resized(self, size: int, dropped: int = 0) -> None:
        """The list has `size` rows now, after `dropped` left at its beginning: the reader stays on the same row."""
        self.size = size
        if self.following:
            self.follow()
            return
        self.top = min(max(self.top - dropped, 0), self.max_top)
        self.cursor = min(max(self.cursor - dropped, 0), max(size - 1, 0))

    def sized(self, height: int) -> None:
        """The view has `height` lines now."""
        self.height = max(1, height)
        self.top = min(self.top, self.max_top)
        if self.following:
            self.follow()
        else:
            self._reveal()

    def follow(self) -> None:
        self.following = True
        self.top, self.cursor = self.max_top, max(self.size - 1, 0)

    def pause(self) -> None:
        self.following = False

    def select(self, position: int) -> None:
        """The row at `position`, or the nearest there is."""
        self.following = False
        self.cursor = min(max(position, 0), max(self.size - 1, 0))
        self._reveal()

    def move(self, rows: int) -> None:
        self.select(self.cursor + rows)

    def page(self, pages: float) -> None:
        """Moves the cursor and the view together."""
        step = round(pages * max(1, self.height - 1))
        self.top = min(self.max_top, max(0, self.top + step))
        self.select(self.cursor + step)

    def scrolled(self, top: int) -> None:
        """Somebody moved the view, by wheel or scroll bar."""
        self.top = min(max(top, 0), self.max_top)
        if self.top < self.max_top:
            self.following = False

    def _reveal(self) -> None:
        self.top = min(self.cursor, max(self.top, self.cursor - self.height + 1))
