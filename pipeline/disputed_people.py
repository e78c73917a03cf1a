"""Disputed people: persons and tags without the facts that are hidden today.

In: identified persons, what is hidden. Out: the persons as they may be shown, and their tags. A tag that rested on a
hidden fact never turns into an absence without saying so: where nothing else takes its place it says that a fact is
disputed and waits to be read again.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from pipeline.claims import certification_field, claims_of, license_field
from pipeline.disputes import Disputed
from pipeline.facts import DISCIPLINE, License, Person
from pipeline.ids import Identified
from pipeline.names import PersonName
from pipeline.tag import tags_of
from pipeline.world import Tag, World

NO_NAME = PersonName("Name disputed", given="Name", family="disputed")
# What can be read as an absence, and what is said instead.
ABSENT = frozenset(("no_evidence", "not_checked", "not_found", "source_failed"))
INSTEAD = {"certification": "not_checked", "license": "source_failed"}


def shown_persons(persons: list[Identified], disputed: Disputed) -> list[Identified]:
    """The same persons, in the same order, without what is hidden; those without a dispute are the same objects."""
    return [shown_person(person, disputed) for person in persons] if disputed.fields else persons


def shown_person(person: Identified, disputed: Disputed) -> Identified:
    if not any(member.record_id in disputed.fields for member in person.members):
        return person
    members = [shown_member(member, disputed.fields.get(member.record_id, frozenset())) for member in person.members]
    name = next((member.name for member in members if member.name is not NO_NAME), NO_NAME)
    members = [replace(member, name=name) if member.name is NO_NAME else member for member in members]
    return Identified(person.id, members)


def shown_member(member: Person, fields: frozenset[str]) -> Person:
    """One record without these fields; of a record that is disputed as a whole nothing is left but its key."""
    if not fields:
        return member
    if fields >= {claim.field for claim in claims_of(member)}:
        member = replace(member, conditions=(), languages=(), therapies=(), insurance=())
    return replace(
        member,
        name=NO_NAME if "name" in fields else member.name,
        other_names=() if "other name" in fields else member.other_names,
        places=member.places[1:] if "city" in fields else member.places,
        licenses=tuple(shown_license(item, fields) for item in member.licenses if license_field(item) not in fields),
        certifications=tuple(item for item in member.certifications if certification_field(item) not in fields),
        **{name: "" for name in ("npi", "clinic", "phone", "website") if name in fields},  # type: ignore[arg-type]
    )


def shown_license(item: License, fields: frozenset[str]) -> License:
    """A license without a disputed date of expiry or a disputed action."""
    if f"{license_field(item)} expires" in fields:
        item = replace(item, expires="")
    if f"{license_field(item)} discipline" in fields:
        item = replace(item, discipline="", disciplined=item.status in DISCIPLINE)
    return item


def shown_tags(
    full: Sequence[Person], shown: Sequence[Person], states: list[str], world: World, since: str
) -> list[Tag]:
    """The tags of one person; `full` and `shown` are the same list where nothing is disputed."""
    now = tags_of(list(shown), states, world)
    if full is shown:
        return now
    hidden = claim_ids(full) - claim_ids(shown)
    would_be = tags_of(list(full), states, world)
    return [
        disputed_tag(tag, since) if not hidden.isdisjoint(was.claims) else tag
        for was, tag in zip(would_be, now, strict=True)
    ]


def claim_ids(members: Sequence[Person]) -> set[str]:
    return {claim.id for member in members for claim in claims_of(member)}


def disputed_tag(tag: Tag, since: str) -> Tag:
    """What is left of a tag that rested on a hidden fact."""
    if tag.value not in ABSENT:
        said = f"A fact about this is disputed since {since} and is hidden until its source is read again."
        return replace(tag, needs_review=f"{tag.needs_review} {said}".strip())
    because = f"The fact this rested on is disputed since {since}; it is hidden until its source is read again."
    return Tag(tag.kind, tag.scope, INSTEAD[tag.kind], f"{tag.kind}_disputed", because, (), tag.as_of, because)
