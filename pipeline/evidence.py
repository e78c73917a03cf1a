"""Evidence: what speaks for and against two records being one person.

In: two normalized persons. Out: small answers a sentence can be made of. Absence never speaks against: a field
that one side does not publish is no disagreement.
"""

from __future__ import annotations

from functools import cache

from rapidfuzz.distance import DamerauLevenshtein

from pipeline.dates_and_links import website_key
from pipeline.facts import LIVE, Person
from pipeline.names import PersonName, fold, middle_conflict, name_key, suffix_conflict
from pipeline.places import city_key, street_key
from pipeline.rules import read_rule_table

SAME_PLACE, SAME_CITY, NO_PLACE_PUBLISHED, ELSEWHERE = 3, 2, 1, 0


def name_keys(person: Person) -> set[str]:
    """Keys under which a person may be found: given + family in any order, and all words of the name in any order."""
    return {key for name in all_names(person) for key in keys_of(name)}


def all_names(person: Person) -> list[PersonName]:
    return [person.name, *person.other_names]


def keys_of(name: PersonName) -> set[str]:
    words = fold(f"{name.given} {name.middle} {name.family}").split()
    keys = {name_key(name)} if name.given and name.family else set()
    return keys | ({"all: " + " ".join(sorted(words))} if len(words) > 2 and min(map(len, words)) > 1 else set())


def block_keys(person: Person) -> set[str]:
    """Every key under which a pair may meet: the name keys, and first initial with family name."""
    initials = {f"initial: {fold(name.given)[:1]} {fold(name.family)}" for name in all_names(person) if name.given}
    return name_keys(person) | initials


def same_name(first: Person, second: Person) -> bool:
    """Whether the names agree: a shared key, or initials on one side that fit the other's names."""
    return shares_key(first, second) or initials_fit(first.name, second.name)


def shares_key(first: Person, second: Person) -> bool:
    """Whether the whole names agree, in whatever order."""
    return bool(name_keys(first) & name_keys(second))


def initials_fit(a: PersonName, b: PersonName) -> bool:
    """`J. R. Stallworth` and `Juniper Rose Stallworth`: one side has initials only, and none of them disagrees."""
    given = [fold(f"{name.given} {name.middle}").split() for name in (a, b)]
    short = [all(len(word) == 1 for word in words) and bool(words) for words in given]
    fits = all(x[0] == y[0] for x, y in zip(*given, strict=False))
    return fold(a.family) == fold(b.family) and any(short) and all(given) and fits


def agreements(first: Person, second: Person) -> int:
    """How many parts of the name beyond given and family name agree: the generation, the middle name."""
    pairs = [(first.name.suffix, second.name.suffix), (fold(first.name.middle), fold(second.name.middle))]
    return sum(bool(a) and a == b for a, b in pairs)


def compatible_names(first: Person, second: Person) -> bool:
    """Whether two names can be one person's where a number already agrees: the same, nearly the same, or initials."""
    return shares_key(first, second) or any(similar(a, b) for a in all_names(first) for b in all_names(second))


def similar(a: PersonName, b: PersonName) -> bool:
    """The same family name (or a part of a hyphenated one), and given names that share a word or an initial."""
    return bool(family_words(a) & family_words(b)) and given_fits(a, b)


def changed_surname(first: Person, second: Person) -> bool:
    """The same full given name under another family name, as after a marriage; only a number can bridge that."""
    pairs = ((a, b) for a in all_names(first) for b in all_names(second))
    return any(fold(a.given) == fold(b.given) and len(fold(a.given)) > 1 for a, b in pairs)


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


def conflict(first: Person, second: Person, once_only: frozenset[str]) -> bool:
    """Whether these two records cannot be one person, however alike the rest is."""
    if first.npi and second.npi and first.npi != second.npi:
        return True
    if first.source == second.source and not may_be_listed_twice(first, second, once_only):
        return True
    if first.sex and second.sex and {first.sex, second.sex} == {"F", "M"}:
        return True
    if first.kind != second.kind and not shares_contact(first, second):
        return True
    return suffix_conflict(first.name, second.name) or middles_conflict(first, second)


def may_be_listed_twice(first: Person, second: Person, once_only: frozenset[str]) -> bool:
    """Whether one source can hold two records of one person: two licenses, or an entry and a page without its key."""
    if first.source in once_only:
        return first.keyless != second.keyless and shares_contact(first, second)
    return may_hold_both(first, second)


def middles_conflict(first: Person, second: Person) -> bool:
    """Middle names that cannot be one, unless the names hold the same words in another order (Zhao Wei Ling)."""
    same_words = keys_of(first.name) & keys_of(second.name)
    if any(key.startswith("all: ") for key in same_words):
        return False
    return middle_conflict(first.name, second.name)


def may_hold_both(first: Person, second: Person) -> bool:
    """Two licenses of one board: one person only if not both are live and the full names agree to the letter.

    A father and his son differ by a suffix that one of them leaves out; a web site presents each person once.
    """
    if shares_website(first, second) or bool(first.name.suffix) != bool(second.name.suffix):
        return False
    live = [any(item.status in LIVE for item in person.licenses) for person in (first, second)]
    full = [fold(f"{person.name.given} {person.name.middle} {person.name.family}") for person in (first, second)]
    return not all(live) and full[0] == full[1]


def shares_contact(first: Person, second: Person) -> bool:
    """A phone or a street in common."""
    phones = bool(first.phone) and first.phone == second.phone
    return phones or bool(streets(first) & streets(second))


def shares_website(first: Person, second: Person) -> bool:
    """The same address on the web, with or without `www.`, http or https."""
    return bool(first.website) and website_key(first.website) == website_key(second.website)


def streets(person: Person) -> set[tuple[str, str]]:
    keys = ((street_key(place.street), city_key(place.city)) for place in person.places)
    return {key for key in keys if key[0]}


def cities(person: Person) -> set[tuple[str, str]]:
    return {(place.state, city_key(place.city)) for place in person.places if place.city}


def zips(person: Person) -> set[str]:
    return {place.zip for place in person.places if place.zip}


def place_score(first: Person, second: Person) -> int:
    """How well the places fit: SAME_PLACE, SAME_CITY, NO_PLACE_PUBLISHED (one side prints none) or ELSEWHERE."""
    if shares_contact(first, second) or shares_website(first, second):
        return SAME_PLACE
    if cities(first) & cities(second) or zips(first) & zips(second):
        return SAME_CITY
    return ELSEWHERE if cities(first) and cities(second) else NO_PLACE_PUBLISHED


def score_words(score: int) -> str:
    """The score in words, for the published reason."""
    return {
        SAME_PLACE: "the same phone, street or website",
        SAME_CITY: "the same city or ZIP code, and the name is not a common one",
        NO_PLACE_PUBLISHED: "one source publishes no place, and the name is not a common one",
    }[score]


def rare_enough(first: Person, second: Person) -> bool:
    """Whether the name alone may join: an uncommon family name, or full middle names that agree."""
    middles = [fold(person.name.middle) for person in (first, second)]
    if len(middles[0]) > 1 and middles[0] == middles[1]:
        return True
    return not any(fold(person.name.family) in common_names() for person in (first, second))


def has_discipline(person: Person) -> bool:
    return any(item.disciplined for item in person.licenses)


@cache
def common_names() -> frozenset[str]:
    return frozenset(fold(row["family_name"]) for row in read_rule_table("common_family_names"))
