"""The certification tag: one a person, for the national board (NCBAHM, NCCAOM until 2026).

In: one person's records, the states to answer for, the world. Out: the tag of the first rule that applies, in this
order: listed, listed_inactive, claimed, implied, no_evidence, not_checked.
"""

from __future__ import annotations

from pipeline.claims import certification_field, claim_id, license_field
from pipeline.facts import CERTIFIER_ISSUER, Certification, Person
from pipeline.rules import state_rule, window_days
from pipeline.world import Tag, World, day, stopped

UNDECIDED = "The certifier's listing holds a person of this name; whether it is this person could not be decided."
MOST_QUOTED = 3
Stated = list[tuple[Person, Certification]]


def certification_tag(members: list[Person], states: list[str], world: World) -> Tag:
    """The first rule that applies."""
    rules = (listed, listed_inactive, claimed, implied, no_evidence)
    found = (rule(members, states, world) for rule in rules)
    return next((tag for tag in found if tag), None) or not_checked(members, states, world)


def conclusion(value: str, because: str, claims: tuple[str, ...] = (), as_of: str = "", needs_review: str = "") -> Tag:
    """A certification tag; its rule is named after its value."""
    rule = f"certification_{value}"
    return Tag("certification", CERTIFIER_ISSUER, value, rule, because, claims, as_of, needs_review)


def stated(members: list[Person], status: str) -> Stated:
    """The national board's certifications of this status, with the record that states each."""
    items = ((member, item) for member in members for item in member.certifications)
    return [(member, item) for member, item in items if item.status == status and item.issuer == CERTIFIER_ISSUER]


def listed(members: list[Person], states: list[str], world: World) -> Tag | None:
    return from_listing(members, world, "listed", "shows the certificate as current")


def listed_inactive(members: list[Person], states: list[str], world: World) -> Tag | None:
    return from_listing(members, world, "listed_inactive", "shows the certificate as no longer current")


def from_listing(members: list[Person], world: World, status: str, says: str) -> Tag | None:
    """The certifier's own listing, read within the freshness window."""
    found = [(member, item) for member, item in stated(members, status) if world.is_fresh(member.fetched_at)]
    if not found:
        return None
    source = world.sources[found[0][0].source]
    words = ", ".join(dict.fromkeys(item.status_raw for _, item in found if item.status_raw))
    quoted = f" (its words: {words})" if words else ""
    names = ", ".join(dict.fromkeys(item.designation for _, item in found))
    read = f"The {source.title}, read on {day(found[0][0].fetched_at)},"
    return conclusion(status, f"{read} {says}{quoted}: {stopped(names)}", cited(found), latest(found))


def claimed(members: list[Person], states: list[str], world: World) -> Tag | None:
    """The practitioner or a third party states it."""
    found = stated(members, "claimed")
    if not found:
        return None
    source = world.sources[found[0][0].source]
    names = "', '".join(list(dict.fromkeys(item.printed for _, item in found))[:MOST_QUOTED])
    read = f"Stated as '{names}' in the {source.title}, read on {day(found[0][0].fetched_at)}."
    review = UNDECIDED if world.undecided_in(members, "certifier") else ""
    return conclusion("claimed", f"{read} Not confirmed with NCBAHM.", cited(found), latest(found), review)


def implied(members: list[Person], states: list[str], world: World) -> Tag | None:
    """An active license, verified at the board, where the state surely asks for current certification at renewal."""
    for member in members:
        for item in member.licenses:
            rule = state_rule(item.state)
            renewal = rule["certification_timing"] == "initial_and_renewal" and rule["timing_confidence"] == "high"
            if item.primary and item.status == "active" and renewal and world.is_fresh(member.fetched_at):
                asks = f"{rule['name']} asks for current certification at renewal"
                because = f"{asks}; its board shows the license as active."
                claim = claim_id(member.record_id, license_field(item), item.status_raw)
                return conclusion("implied", because, (claim,), member.fetched_at)
    return None


def no_evidence(members: list[Person], states: list[str], world: World) -> Tag | None:
    """The listing of the person's state was read whole and recently, and holds nobody who may be this person."""
    state = states[0] if states else ""
    if not state or was_listed(members, world) or world.undecided_in(members, "certifier"):
        return None
    for source in world.of_kind("certifier"):
        read_at = world.readings[source.name].read_whole_at(state)
        if world.is_fresh(read_at):
            read = f"The {source.title} for {state} was read whole on {day(read_at)} and holds no match."
            choice = "Diplomates choose whether to be listed, so this says nothing about the person."
            return conclusion("no_evidence", f"{read} {choice}", as_of=read_at)
    return None


def not_checked(members: list[Person], states: list[str], world: World) -> Tag:
    """Nothing can be said; why not."""
    if was_listed(members, world):
        last = max(member.fetched_at for member in members if is_certifiers(member, world))
        read = f"The certifier's listing that holds this person was last read on {day(last)}"
        return conclusion("not_checked", f"{read}, too long ago to speak for today.")
    if world.undecided_in(members, "certifier"):
        return conclusion("not_checked", UNDECIDED, needs_review=UNDECIDED)
    where = states[0] if states else "this state"
    listing = f"The certifier's listing for {where} was not read whole"
    return conclusion("not_checked", f"{listing} within the last {window_days('stale')} days.")


def was_listed(members: list[Person], world: World) -> bool:
    """Whether any record of the person is the certifier's own, however old."""
    return any(is_certifiers(member, world) for member in members)


def is_certifiers(member: Person, world: World) -> bool:
    return world.sources[member.source].kind == "certifier"


def cited(facts: Stated) -> tuple[str, ...]:
    return tuple(claim_id(m.record_id, certification_field(item), item.status_raw or item.status) for m, item in facts)


def latest(facts: Stated) -> str:
    return max(member.fetched_at for member, _ in facts)
