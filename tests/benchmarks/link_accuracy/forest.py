"""Union-find: which things hang together once some pairs are joined.

In: pairs. Out: one root for everything joined. Used to cut clusters at a score and by the baselines.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from typing import Generic, TypeVar

T = TypeVar("T", bound=Hashable)


class Forest(Generic[T]):
    """What was never joined is its own root."""

    def __init__(self) -> None:
        self.above: dict[T, T] = {}
        self.weight: dict[T, int] = {}

    def root(self, one: T) -> T:
        """The root, with every step on the way shortened."""
        top = one
        while (parent := self.above.get(top, top)) != top:
            top = parent
        while (parent := self.above.get(one, one)) != one:
            self.above[one], one = top, parent
        return top

    def join(self, one: T, two: T) -> tuple[T, T] | None:
        """Hang the smaller tree under the larger; (kept root, lost root), or None where they were one already."""
        first, second = self.root(one), self.root(two)
        if first == second:
            return None
        if self.weight.get(first, 1) < self.weight.get(second, 1):
            first, second = second, first
        self.above[second] = first
        self.weight[first] = self.weight.get(first, 1) + self.weight.pop(second, 1)
        return first, second

    def clusters(self, things: Iterable[T]) -> dict[T, T]:
        return {one: self.root(one) for one in things}
