"""Exclusions: the federal list against our practitioners, with the greatest care.

In: exclusions in force, and persons. Out: matches by NPI and name (`confirmed`), and only a count of those that share
nothing but name and state. Even a confirmed match is worded as a possible one, to be verified at its source, because
the list's own identity check needs a number that is not in the file.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field

from pipeline.name_fit import given_fits, keys_of, name_keys, similar
from pipeline.names import PersonName, fold
from pipeline.normalize import Exclusion
from pipeline.persons import Identified


@dataclass
class Excluded:
    """`confirmed`: person id -> exclusions with the same NPI and a compatible name. `possible` is only a count."""

    confirmed: dict[str, list[Exclusion]] = field(default_factory=dict)
    possible: int = 0
    of_the_field: list[Exclusion] = field(default_factory=list)


def match_exclusions(exclusions: list[Exclusion], persons: list[Identified]) -> Excluded:
    """Look every exclusion up by NPI, then by name and state."""
    by_npi = holders(persons)
    named = {
        (key, state)
        for person in persons
        for member in person.members
        for key in name_keys(member)
        for state in member.states
    }
    result = Excluded()
    for exclusion in exclusions:
        fitting = [person for person in by_npi.get(exclusion.npi, ()) if fits(exclusion, person)]
        for person in fitting:
            result.confirmed.setdefault(person.id, []).append(exclusion)
        if not fitting:
            result.possible += any((key, exclusion.state) in named for key in keys_of(exclusion.name))
            result.of_the_field += [exclusion] if "ACUPUNC" in exclusion.specialty.upper() else []
    return result


def holders(persons: list[Identified]) -> dict[str, list[Identified]]:
    """NPI -> everybody with a record that bears it: somebody may have typed in another one's."""
    found: dict[str, list[Identified]] = defaultdict(list)
    for person in persons:
        for npi in dict.fromkeys(member.npi for member in person.members if member.npi):
            found[npi].append(person)
    return found


def fits(exclusion: Exclusion, person: Identified) -> bool:
    """An NPI alone is not enough: wrong-person joins by NPI are known; the name must be compatible."""
    names = [name for member in person.members for name in (member.name, *member.other_names)]
    if exclusion.cut and any(fits_cut(exclusion.name, name) for name in names):
        return True
    return any(keys_of(exclusion.name) & keys_of(name) or similar(exclusion.name, name) for name in names)


def fits_cut(cut: PersonName, name: PersonName) -> bool:
    """A family name cut at the width of its column fits one that begins with it."""
    return fold(name.family).startswith(fold(cut.family)) and given_fits(cut, name)
