"""Doubts: what stands beside a tag because sources disagree, with the claims each doubt rests on.

In: the facts of one person, the world. Out: sentences and claim ids. A doubt never changes a tag's value; it is said
beside it (`needs_review`).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import timedelta

from pipeline.claims import claim_id, license_field, license_value
from pipeline.facts import DISCIPLINE, License, Person
from pipeline.world import Tag, World, day

Fact = tuple[Person, License]
# Values that speak of somebody who practices today, or once did and may.
# A license runs to the end of its day, which Hawaii sees last of all states (UTC-10).
LAST_EVENING = timedelta(hours=10)
OF_THE_LIVING = frozenset(
    "listed listed_inactive claimed implied active limited pending inactive expired retired".split()
)


@dataclass(frozen=True)
class Doubts:
    """`sentence` is "" where nothing stands against the tag."""

    sentence: str = ""
    claims: tuple[str, ...] = ()

    def __add__(self, other: Doubts) -> Doubts:
        return Doubts(f"{self.sentence} {other.sentence}".strip(), self.claims + other.claims)


def named(item: License) -> str:
    """A license by its number; some rosters print none."""
    return f"license {item.number}" if item.number else "a license"


def doubts_of(shown: Fact, facts: Iterable[Fact], state: str, world: World) -> Doubts:
    """What stands against the board's word that is shown; `facts`: every license fact of the state."""
    others = [fact for fact in facts if fact[1] is not shown[1]]
    said = past_expiry(shown[1], world) + unread_dates(shown[1])
    said += other_discipline(others, state, world) + other_number(others, state, world)
    return said + thin_match([shown[0]], world)


def past_expiry(item: License, world: World) -> Doubts:
    """Its claim is cited with the tag's own, because the reason names the date already."""
    if not (item.status == "active" and item.expires and ran_out(item, world)):
        return Doubts()
    return Doubts(f"The board shows {named(item)} as '{item.status_raw}' past its expiry {item.expires}.")


def unread_dates(item: License) -> Doubts:
    """A date that cannot be read may be the one after which the license is over."""
    if not item.unread:
        return Doubts()
    printed = " and ".join(f"'{text}'" for text in item.unread)
    return Doubts(
        f"The board prints {printed} as a date of {named(item)}, which is no date: ask it until when it runs."
    )


def thin_match(members: Iterable[Person], world: World) -> Doubts:
    """Every record that the tag rests on was joined to the person by little evidence."""
    found = list(members)
    if not all(member.record_id in world.thin for member in found):
        return Doubts()
    publisher = world.sources[found[0].source].publisher
    return Doubts(
        f"No number ties {publisher}'s record to this person, and little else does: ask there before relying."
    )


def ran_out(item: License, world: World) -> bool:
    return bool(item.expires) and item.expires < (world.now - LAST_EVENING).date().isoformat()


def other_discipline(others: Iterable[Fact], state: str, world: World) -> Doubts:
    """Another license of the state under discipline; never one whose record is not surely this person's."""
    found = [fact for fact in others if fact[1].disciplined and world.is_sure(fact[0].record_id)]
    words = sorted({item.status if item.status in DISCIPLINE else "having a board action" for _, item in found})
    if not words:
        return Doubts()
    claims = tuple(claim for member, item in found for claim in discipline_claims(member, item))
    return Doubts(f"Another license of this person in {state} is shown as {', '.join(words)}.", claims)


def discipline_claims(member: Person, item: License) -> tuple[str, ...]:
    """The claims in which a board's record speaks of discipline."""
    said = [(license_field(item), license_value(item))]
    said += [(f"{license_field(item)} discipline", item.discipline)] if item.discipline else []
    return tuple(claim_id(member.record_id, field, value) for field, value in said)


def number_of_another(facts: Iterable[Fact], world: World) -> list[Fact]:
    """The stated numbers that the boards show only under names that do not fit this person's."""
    return [(member, item) for member, item in facts if is_of_another(member.record_id, item, world)]


def is_of_another(record_id: str, item: License, world: World) -> bool:
    return not item.primary and number_mark(record_id, item.key) in world.numbers_of_others


def number_mark(record_id: str, key: str) -> str:
    return f"{record_id} {key}"


def other_number(others: Iterable[Fact], state: str, world: World) -> Doubts:
    """Beside a verified license, another number is stated that the roster shows under another name."""
    found = number_of_another(others, world)
    if not found:
        return Doubts()
    titles = sorted({world.sources[member.source].title for member, _ in found})
    claims = tuple(claim_id(m.record_id, license_field(item), license_value(item)) for m, item in found)
    said = f"Another number for {state} is stated in the {', '.join(titles)}; the roster shows it under another name."
    return Doubts(said, claims)


def with_death(tags: list[Tag], members: list[Person], world: World) -> list[Tag]:
    """A board that shows the person as deceased is said beside whatever speaks of somebody living."""
    found = deaths(members, world)
    if not found:
        return tags
    member, item = max(found, key=lambda fact: fact[0].fetched_at)
    publisher = world.sources[member.source].publisher
    said = Doubts(
        f"{publisher} shows the practitioner as '{item.status_raw}'; read on {day(member.fetched_at)}.",
        (claim_id(member.record_id, license_field(item), license_value(item)),),
    )
    return [beside(tag, said) if tag.value in OF_THE_LIVING else tag for tag in tags]


def deaths(members: list[Person], world: World) -> list[Fact]:
    """Licenses by which a board, read recently, says that the person has died."""
    facts = [(member, item) for member in members for item in member.licenses if item.status == "deceased"]
    return [(member, item) for member, item in facts if item.primary and world.is_fresh(member.fetched_at)]


def beside(tag: Tag, said: Doubts) -> Tag:
    """The tag with one more doubt and its claims."""
    review = f"{tag.needs_review} {said.sentence}".strip()
    return replace(tag, needs_review=review, claims=tuple(dict.fromkeys(tag.claims + said.claims)))
