"""Short and long forms of given names: Bill and William, Peggy and Margaret.

Comes in: one folded word. Goes out: the other forms of it. Source: package `nicknames` (a public list), read at the
first question that needs it, because most need none.
"""

from __future__ import annotations

from functools import cache, lru_cache
from typing import Any

LEAST_LETTERS = 2


@lru_cache(maxsize=4096)
def nicknames_of(word: str) -> frozenset[str]:
    """Return the forms a given name is also used in, without itself."""
    if len(word) < LEAST_LETTERS:
        return frozenset()
    table = known_forms()
    formal = table.canonicals_of(word)
    return frozenset((*table.nicknames_of(word), *formal)) - {word}


@cache
def known_forms() -> Any:
    from nicknames import NickNamer

    return NickNamer()
