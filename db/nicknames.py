"""Short and long forms of given names: Bill and William, Peggy and Margaret.

Comes in: one folded word. Goes out: the other forms of it. Source: the public list in package `nicknames`
(columns name1, relationship, name2), read at the first question that needs it. Only the list is read: importing the
package takes longer than all else that a question needs.
"""

from __future__ import annotations

from collections import defaultdict
from functools import cache, lru_cache
from importlib.util import find_spec
from pathlib import Path

LEAST_LETTERS = 2


@lru_cache(maxsize=4096)
def nicknames_of(word: str) -> frozenset[str]:
    """Return the forms a given name is also used in, without itself."""
    return frozenset(known_forms().get(word, ())) - {word} if len(word) >= LEAST_LETTERS else frozenset()


@cache
def known_forms() -> dict[str, set[str]]:
    """Every name of the list with its short and its long forms."""
    forms: dict[str, set[str]] = defaultdict(set)
    for line in list_of_names().read_text(encoding="utf-8").splitlines():
        long, relation, short = line.split(",")
        if relation == "has_nickname":
            forms[long].add(short)
            forms[short].add(long)
    return dict(forms)


def list_of_names() -> Path:
    spec = find_spec("nicknames")
    if spec is None or spec.origin is None:
        raise ModuleNotFoundError("The package `nicknames` is not installed.")
    return Path(spec.origin).with_name("names.csv")
