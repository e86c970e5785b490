"""Keys in an order that grows at both ends, each found by its place and each place by its key."""

from collections.abc import Iterable, Iterator
from typing import Generic, TypeVar

K = TypeVar("K")


class Order(Generic[K]):
    """No key is in it twice. Everything but `keys` takes the same time at any length."""

    def __init__(self, keys: Iterable[K] = ()) -> None:
        self._keys: dict[int, K] = dict(enumerate(dict.fromkeys(keys)))
        self._number: dict[K, int] = {key: number for number, key in self._keys.items()}
        self._first, self._next = 0, len(self._keys)

    def __len__(self) -> int:
        return self._next - self._first

    def __contains__(self, key: K) -> bool:
        return key in self._number

    def __iter__(self) -> Iterator[K]:
        return (self._keys[number] for number in range(self._first, self._next))

    def key(self, position: int) -> K:
        """Raises IndexError outside of the list."""
        if not 0 <= position < len(self):
            raise IndexError(f"row {position} is not among the {len(self)} in the list")
        return self._keys[self._first + position]

    def position(self, key: K) -> int | None:
        number = self._number.get(key)
        return None if number is None else number - self._first

    def append(self, key: K) -> bool:
        """False when it is there already."""
        if key in self._number:
            return False
        self._keys[self._next], self._number[key] = key, self._next
        self._next += 1
        return True

    def prepend(self, key: K) -> bool:
        """False when it is there already."""
        if key in self._number:
            return False
        self._first -= 1
        self._keys[self._first], self._number[key] = key, self._first
        return True

    def drop_first(self) -> None:
        del self._number[self._keys.pop(self._first)]
        self._first += 1
