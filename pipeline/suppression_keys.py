"""Keys by which a person who asked to be left out is known again, whatever the next crawl prints.

In: a record, or what is published of a person. Out: keys (kind, value). A kind is in the file and its value never is,
only a hash made with the data folder's own salt. Strong keys hide whoever bears them; a number that people type in
themselves, a place and a telephone number hide only together with a name.

    record      a record's id: its source and the key the source gave it     person   a practitioner's id
    npi         a number of the federal registry
    license     a state's number, where nothing else was known; else with the family or the given name beside it
    name+zip, name+phone, name+site   the name in any order, without middle name, and where it was printed
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Iterator
from typing import NamedTuple
from urllib.parse import urlsplit

from pipeline.facts import Person
from pipeline.names import PersonName, fold, name_key

STRONG = ("record", "person", "npi", "license")
NAMED = ("license+family", "license+given", "name+zip", "name+phone", "name+site")
KINDS = (*STRONG, *NAMED)


class Key(NamedTuple):
    kind: str
    value: str


def digest(salt: bytes, key: Key) -> str:
    """What the file keeps of a key; without the salt nobody can try numbers or names out."""
    return hashlib.blake2b("\n".join(key).encode("utf-8", "replace"), digest_size=16, key=salt).hexdigest()


def keys_of(person: Person) -> set[Key]:
    """Every key of a record that may be written down for a person who is left out."""
    strong = {Key("record", person.record_id)}
    if person.npi and person.npi == person.source_key:  # the registry's own row; anybody may type a number in
        strong.add(Key("npi", person.npi))
    zips = [place.zip for place in person.places]
    named = named_keys(
        (person.name, *person.other_names),
        [item.key for item in person.licenses],
        zips,
        [person.phone],
        [person.website],
    )
    return strong | set(named)


def looked_up(person: Person) -> set[Key]:
    """Every key by which a record may be one of a person who is left out."""
    typed = {Key("npi", person.npi)} if person.npi else set()
    return keys_of(person) | typed | {Key("license", item.key) for item in person.licenses if item.key}


def named_keys(
    names: Iterable[PersonName],
    licenses: Collection[str],
    zips: Collection[str],
    phones: Collection[str],
    sites: Collection[str],
) -> Iterator[Key]:
    """The keys that hold a name, for every name somebody has; nothing of a name that is one word."""
    for name in names:
        whole = name_key(name)
        if " " not in whole:
            continue
        for number in filter(None, licenses):
            yield Key("license+family", f"{number} {fold(name.family)}")
            yield Key("license+given", f"{number} {fold(name.given).partition(' ')[0]}")
        yield from (Key("name+zip", f"{whole} {code}") for code in filter(None, zips))
        yield from (Key("name+phone", f"{whole} {number}") for number in filter(None, phones))
        yield from (Key("name+site", f"{whole} {host}") for host in filter(None, map(host_of, sites)))


def host_of(address: str) -> str:
    """The host of a web site without `www.`, or "" where the text is no address."""
    try:
        return (urlsplit(address).hostname or "").removeprefix("www.")
    except ValueError:
        return ""
