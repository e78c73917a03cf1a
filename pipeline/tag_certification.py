"""The certification tag: one a person, for the national board (NCBAHM, NCCAOM until 2026).

In: one person's records, the states to answer for, the world. Out: the tag of the first rule that applies, in this
order: listed, listed_inactive, claimed, implied, no_evidence, not_checked.
"""

from __future__ import annotations

from pipeline.claims import certification_field, claim_id, license_field, license_value
from pipeline.facts import CERTIFIER_ISSUER, Certification, License, Person
from pipeline.rules import state_rule, window_days
from pipeline.tag_doubts import Doubts, deaths, ran_out, thin_match
from pipeline.world import ELSEWHERE, Tag, World, day, stopped

MOST_QUOTED = 3
Stated = list[tuple[Person, Certification]]


def certification_tag(members: list[Person], states: list[str], world: World) -> Tag:
    """The first rule that applies."""
    rules = (listed, listed_inactive, claimed, implied, no_evidence)
    found = (rule(members, states, world) for rule in rules)
    return next((tag for tag in found if tag), None) or not_checked(members, states, world)


def conclusion(value: str, because: str, claims: tuple[str, ...] = (), as_of: str = "", needs_review: str = "") -> Tag:
    """A certification tag; its rule is named after its value."""
    rule, cited = f"certification_{value}", tuple(dict.fromkeys(claims))
    return Tag("certification", CERTIFIER_ISSUER, value, rule, because, cited, as_of, needs_review)


def stated(members: list[Person], status: str) -> Stated:
    """The national board's certifications of this status, with the record that states each."""
    items = ((member, item) for member in members for item in member.certifications)
    return [(member, item) for member, item in items if item.status == status and item.issuer == CERTIFIER_ISSUER]


def listed(members: list[Person], states: list[str], world: World) -> Tag | None:
    """Another entry that shows a certificate as no longer current is said beside it."""
    against = other_entries(fresh(stated(members, "listed_inactive"), world), world)
    return from_listing(members, world, "listed", "shows the certificate as current", against)


def listed_inactive(members: list[Person], states: list[str], world: World) -> Tag | None:
    """A page that states the certification all the same is said beside it: pages stay up."""
    against = still_stated(stated(members, "claimed"), world)
    return from_listing(members, world, "listed_inactive", "shows the certificate as no longer current", against)


def from_listing(members: list[Person], world: World, status: str, says: str, against: Doubts) -> Tag | None:
    """The certifier's own listing, read within the freshness window."""
    found = fresh(stated(members, status), world)
    if not found:
        return None
    against = against + thin_match([member for member, _ in found], world)
    source = world.sources[found[0][0].source]
    names = ", ".join(dict.fromkeys(item.designation for _, item in found))
    read = f"The {source.title}, read on {day(found[0][0].fetched_at)},"
    because = f"{read} {says}{quoted(found, world)}: {stopped(names)}"
    return conclusion(status, because, cited(found) + against.claims, latest(found), against.sentence)


def fresh(found: Stated, world: World) -> Stated:
    return [(member, item) for member, item in found if world.is_fresh(member.fetched_at)]


def quoted(found: Stated, world: World) -> str:
    """The certifier's own words; a word for why a certificate ended only where the record is surely this person's."""
    said = [item for member, item in found if item.status == "listed" or world.is_sure(member.record_id)]
    words = ", ".join(dict.fromkeys(item.status_raw for item in said if item.status_raw))
    return f" (its words: {words})" if words else ""


def other_entries(found: Stated, world: World) -> Doubts:
    """Entries of the listing that say otherwise; one that may be another person's is not repeated."""
    sure = [(member, item) for member, item in found if world.is_sure(member.record_id)]
    if not sure:
        return Doubts()
    names = ", ".join(dict.fromkeys(item.designation for _, item in sure))
    shows = f"The listing also shows a certificate of this person as no longer current{quoted(sure, world)}"
    said = f"{shows}: {stopped(names)}"
    return Doubts(said, cited(sure))


def still_stated(found: Stated, world: World) -> Doubts:
    if not found:
        return Doubts()
    titles = ", ".join(sorted({world.sources[member.source].title for member, _ in found}))
    return Doubts(f"The certification is still stated in the {titles}.", cited(found))


def claimed(members: list[Person], states: list[str], world: World) -> Tag | None:
    """The practitioner or a third party states it."""
    found = stated(members, "claimed")
    if not found:
        return None
    sources = dict.fromkeys(member.source for member, _ in found)
    said = "; ".join(said_in(name, [fact for fact in found if fact[0].source == name], world) for name in sources)
    review = namesake(members, world)
    return conclusion("claimed", f"Stated {said}. Not confirmed with NCBAHM.", cited(found), latest(found), review)


def said_in(name: str, found: Stated, world: World) -> str:
    """The words of one source and when they were last read there."""
    words = "', '".join(list(dict.fromkeys(item.printed for _, item in found))[:MOST_QUOTED])
    return f"as '{words}' in the {world.sources[name].title}, read on {day(latest(found))}"


def namesake(members: list[Person], world: World) -> str:
    """That the certifier's listing holds somebody who may be this person, "" where it does not."""
    who = world.namesake_in(members, "certifier")
    return f"The certifier's listing holds {who}" if who else ""


def implied(members: list[Person], states: list[str], world: World) -> Tag | None:
    """An active license, verified at the board, where the state surely asks for current certification at renewal."""
    facts = [(member, item) for member in members for item in member.licenses if item.primary]
    for member, item in facts if not deaths(members, world) else []:
        runs = item.status == "active" and not ran_out(item, world) and not item.unread
        if runs and world.is_fresh(member.fetched_at) and asks_at_renewal(item.state):
            name = state_rule(item.state)["name"]
            until = f", expires {item.expires}" if item.expires else ""
            shows = f"its board shows {'license ' + item.number if item.number else 'the license'} as active{until}"
            because = f"{name} asks for current certification at renewal; {shows}, read on {day(member.fetched_at)}."
            thin = thin_match([member], world).sentence
            return conclusion("implied", because, license_claims(member, item), member.fetched_at, thin)
    return None


def asks_at_renewal(state: str) -> bool:
    """Whether the state asks for current certification again at each renewal, and that is surely known."""
    rule = state_rule(state)
    return rule["certification_timing"] == "initial_and_renewal" and rule["timing_confidence"] == "high"


def license_claims(member: Person, item: License) -> tuple[str, ...]:
    said = [(license_field(item), license_value(item))]
    said += [(f"{license_field(item)} expires", item.expires)] if item.expires else []
    return tuple(claim_id(member.record_id, field, value) for field, value in said)


def no_evidence(members: list[Person], states: list[str], world: World) -> Tag | None:
    """The listing of every state of the person was read whole and recently, and holds nobody who may be this person."""
    if not states or was_listed(members, world) or world.undecided_in(members, "certifier"):
        return None
    readings = {state: listing_read_at(state, world) for state in states}
    if not all(readings.values()):
        return None
    read_at, source = min(readings.values()), world.of_kind("certifier")[0]
    read = f"The {source.title} for {', '.join(states)} was read whole on {day(read_at)}"
    read += " and no entry of it could be tied to this person."
    read += elsewhere(members, world)
    choice = "Diplomates choose whether to be listed, so this says nothing about the person."
    return conclusion("no_evidence", f"{read} {choice}", as_of=read_at, needs_review=namesake(members, world))


def elsewhere(members: list[Person], world: World) -> str:
    """Said as a part of what was read, not as a doubt: of a common name it is true nearly always."""
    found = ELSEWHERE in world.nearness(members, "certifier")
    return " In another state it holds a person of this name, not tied to this one." if found else ""


def listing_read_at(state: str, world: World) -> str:
    """When the certifier's listing of a state was last read whole, "" where that is too long ago."""
    read = max((world.readings[source.name].read_whole_at(state) for source in world.of_kind("certifier")), default="")
    return read if world.is_fresh(read) else ""


def not_checked(members: list[Person], states: list[str], world: World) -> Tag:
    """Nothing can be said; why not."""
    if was_listed(members, world):
        last = max(member.fetched_at for member in members if is_certifiers(member, world))
        read = f"The certifier's listing that holds this person was last read on {day(last)}"
        return conclusion("not_checked", f"{read}, too long ago to speak for today.")
    if world.undecided_in(members, "certifier"):
        undecided = namesake(members, world)
        return conclusion("not_checked", undecided, needs_review=undecided)
    unread = [state for state in states if not listing_read_at(state, world)]
    where = ", ".join(unread) or "this state"
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
