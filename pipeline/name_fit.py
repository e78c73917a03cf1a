"""Name fit: whether two names can be one person's where something else speaks for it already.

In: normalized persons or names. Out: keys and yes or no. The linker weighs names itself; this is for the federal list
of exclusions, and for namesakes on the lists of boards and certifiers.
"""

from __future__ import annotations

from rapidfuzz.distance import DamerauLevenshtein

from pipeline.facts import Person
from pipeline.names import PersonName, fold, name_key


def name_keys(person: Person) -> set[str]:
    """Keys under which a person may be found: given + family in any order, and all words of the name in any order."""
    return {key for name in all_names(person) for key in keys_of(name)}


def all_names(person: Person) -> list[PersonName]:
    return [person.name, *person.other_names]


def keys_of(name: PersonName) -> set[str]:
    words = fold(f"{name.given} {name.middle} {name.family}").split()
    keys = {name_key(name)} if name.given and name.family else set()
    return keys | ({"all: " + " ".join(sorted(words))} if len(words) > 2 and min(map(len, words)) > 1 else set())


def similar(a: PersonName, b: PersonName) -> bool:
    """The same family name (or a part of a hyphenated one), and given names that share a word or an initial."""
    return bool(family_words(a) & family_words(b)) and given_fits(a, b)


def family_words(name: PersonName) -> set[str]:
    return set(fold(name.family).split())


def given_fits(a: PersonName, b: PersonName) -> bool:
    """Given or middle names of which one word agrees: letter by letter, by a typing error, or by its initial."""
    one, two = (fold(f"{name.given} {name.middle}").split() for name in (a, b))
    return any(x == y or near(x, y) or (min(len(x), len(y)) == 1 and x[0] == y[0]) for x in one[:2] for y in two[:2])


def near(x: str, y: str) -> bool:
    """One typing error, or a short form (Jen, Jennifer)."""
    short = min(len(x), len(y)) >= 3 and (x.startswith(y) or y.startswith(x))
    return short or (min(len(x), len(y)) > 3 and DamerauLevenshtein.distance(x, y, score_cutoff=1) <= 1)


def has_discipline(person: Person) -> bool:
    return any(item.disciplined for item in person.licenses)
