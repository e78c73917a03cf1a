"""Tags: our conclusions, in the words of the rule tables, each naming its rule and the claims it rests on.

In: one person's facts, and what was read when. Out: one certification tag and one license tag for each state the
person is tied to. Absence is never a verdict: the tag says which kind of not knowing it is.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from pipeline.claims import certification_field, claim_id, license_field
from pipeline.facts import CERTIFIER_ISSUER, DISCIPLINE, Certification, License, Person, SourceFacts
from pipeline.gather import Reading
from pipeline.rules import state_rule, window_days

TIMES = "%Y-%m-%dT%H:%M:%SZ"
# A person with several licenses in a state is shown by the one that says most about today.
STATUS_ORDER = "active limited suspended revoked surrendered pending inactive retired expired deceased".split()


@dataclass(frozen=True)
class Tag:
    """`because` is one sentence; `claims` are claim ids; `as_of` is the reading it rests on."""

    kind: str
    scope: str
    value: str
    rule: str
    because: str
    claims: tuple[str, ...] = ()
    as_of: str = ""
    needs_review: str = ""


@dataclass
class World:
    """What every rule may look at beside the person: sources, their reads, the time of the build."""

    sources: dict[str, SourceFacts]
    readings: dict[str, Reading]
    now: datetime
    undecided: dict[str, list[str]] = field(default_factory=dict)

    def of_kind(self, kind: str) -> list[SourceFacts]:
        return [source for source in self.sources.values() if source.kind == kind]

    def board_of(self, state: str) -> SourceFacts | None:
        """The source that reads this state's board, if there is one."""
        return next((source for source in self.of_kind("board") if state in source.covers), None)

    def is_fresh(self, read_at: str) -> bool:
        """Whether a reading is within the freshness window (rules/windows.csv, `stale`)."""
        return bool(read_at) and (self.now - parsed(read_at)).days <= window_days("stale")

    def undecided_in(self, members: Iterable[Person], kind: str) -> bool:
        """Whether a source of this kind holds a record that may or may not be this person's."""
        sources = {name for member in members for name in self.undecided.get(member.record_id, [])}
        return any(self.sources[name].kind == kind for name in sources)


def parsed(time: str) -> datetime:
    return datetime.strptime(time + "+0000", TIMES + "%z")


def tags_of(members: list[Person], states: list[str], world: World) -> list[Tag]:
    """All tags of one person; `states` are the states to answer for, the main one first."""
    physician = any(member.kind == "physician" for member in members)
    return [certification_tag(members, states, world)] + [
        license_tag(members, state, world, physician) for state in states
    ]


def certification_tag(members: list[Person], states: list[str], world: World) -> Tag:
    """The first rule that applies, in the order of design section 4."""
    rules = (listed, listed_inactive, claimed, implied, no_evidence)
    found = (rule(members, states, world) for rule in rules)
    return next((tag for tag in found if tag), None) or not_checked(members, states, world)


def certifications(members: list[Person], status: str) -> list[tuple[Person, Certification]]:
    """The national board's certifications of this status, with the record that states each."""
    return [
        (m, item)
        for m in members
        for item in m.certifications
        if item.status == status and item.issuer == CERTIFIER_ISSUER
    ]


def listed(members: list[Person], states: list[str], world: World) -> Tag | None:
    return from_listing(members, world, "listed", "shows the certificate as current")


def listed_inactive(members: list[Person], states: list[str], world: World) -> Tag | None:
    return from_listing(members, world, "listed_inactive", "shows the certificate as no longer current")


def from_listing(members: list[Person], world: World, status: str, says: str) -> Tag | None:
    """The certifier's own listing, read within the freshness window."""
    found = [(m, item) for m, item in certifications(members, status) if world.is_fresh(m.fetched_at)]
    if not found:
        return None
    source = world.sources[found[0][0].source]
    words = ", ".join(dict.fromkeys(item.status_raw for _, item in found if item.status_raw))
    quoted = f" (its words: {words})" if words else ""
    names = ", ".join(dict.fromkeys(item.designation for _, item in found))
    because = f"The {source.title}, read on {day(found[0][0].fetched_at)}, {says}{quoted}: {stopped(names)}"
    return Tag(
        "certification",
        CERTIFIER_ISSUER,
        status,
        f"certification_{status}",
        because,
        cited(found),
        latest(found),
    )


def claimed(members: list[Person], states: list[str], world: World) -> Tag | None:
    found = certifications(members, "claimed")
    if not found:
        return None
    source = world.sources[found[0][0].source]
    names = ", ".join(dict.fromkeys(item.printed for _, item in found))
    because = (
        f"Stated as '{names}' in the {source.title}, read on {day(found[0][0].fetched_at)}. Not confirmed with NCBAHM."
    )
    review = "The certifier's listing holds a person of this name; whether it is this person could not be decided."
    needs_review = review if world.undecided_in(members, "certifier") else ""
    return Tag(
        "certification",
        CERTIFIER_ISSUER,
        "claimed",
        "certification_claimed",
        because,
        cited(found),
        latest(found),
        needs_review,
    )


def implied(members: list[Person], states: list[str], world: World) -> Tag | None:
    """An active license, verified at the board, where the state surely asks for current certification at renewal."""
    for member in members:
        for item in member.licenses:
            rule = state_rule(item.state)
            renewal = rule["certification_timing"] == "initial_and_renewal" and rule["timing_confidence"] == "high"
            if item.primary and item.status == "active" and renewal and world.is_fresh(member.fetched_at):
                because = (
                    f"{rule['name']} asks for current certification at renewal; its board shows the license as active."
                )
                cites = (claim_id(member.record_id, license_field(item), item.status_raw),)
                return Tag(
                    "certification",
                    CERTIFIER_ISSUER,
                    "implied",
                    "certification_implied",
                    because,
                    cites,
                    member.fetched_at,
                )
    return None


def no_evidence(members: list[Person], states: list[str], world: World) -> Tag | None:
    """The listing of the person's state was read whole and recently, and holds nobody who may be this person."""
    state = states[0] if states else ""
    for source in world.of_kind("certifier"):
        read_at = world.readings[source.name].read_whole_at(state)
        if state and world.is_fresh(read_at) and not world.undecided_in(members, "certifier"):
            because = (
                f"The {source.title} for {state} was read whole on {day(read_at)} and holds no match. "
                "Diplomates choose whether to be listed, so this says nothing about the person."
            )
            return Tag(
                "certification",
                CERTIFIER_ISSUER,
                "no_evidence",
                "certification_no_evidence",
                because,
                (),
                read_at,
            )
    return None


def not_checked(members: list[Person], states: list[str], world: World) -> Tag:
    state = states[0] if states else "this state"
    undecided = world.undecided_in(members, "certifier")
    review = (
        "The certifier's listing holds a person of this name; whether it is this person could not be decided."
        if undecided
        else ""
    )
    reason = (
        review or f"The certifier's listing for {state} was not read whole within the last {window_days('stale')} days."
    )
    return Tag(
        "certification",
        CERTIFIER_ISSUER,
        "not_checked",
        "certification_not_checked",
        reason,
        needs_review=review,
    )


def license_tag(members: list[Person], state: str, world: World, physician: bool) -> Tag:
    """What is known of this person's license in one state."""
    facts = [(member, item) for member in members for item in member.licenses if item.state == state]
    verified = [(member, item) for member, item in facts if item.primary]
    if verified:
        return board_tag(verified, state, world)
    if facts:
        return claimed_license_tag(facts, state, world)
    return absent_license_tag(members, state, world, physician)


def board_tag(facts: list[tuple[Person, License]], state: str, world: World) -> Tag:
    """The board's word; of several licenses the one that says most about today, discipline beside it said aloud."""
    member, item = min(facts, key=lambda fact: STATUS_ORDER.index(fact[1].status))
    source = world.sources[member.source]
    cites = tuple(claim_id(m.record_id, license_field(i), i.status_raw) for m, i in facts)
    if not world.is_fresh(member.fetched_at):
        old = f"The last good reading of {source.title} is of {day(member.fetched_at)}, too old to speak for today."
        return Tag("license", state, "source_failed", "license_source_failed", old, cites, member.fetched_at)
    others = sorted({i.status for _, i in facts if i is not item and i.status in DISCIPLINE})
    review = f"Another license of this person in {state} is shown as {', '.join(others)}." if others else ""
    until = f", expires {item.expires}" if item.expires else ""
    shows = f"{source.publisher} shows license {item.number} as '{item.status_raw}'{until}"
    because = f"{shows}; read on {day(member.fetched_at)}."
    return Tag("license", state, item.status, "license_board_status", because, cites, member.fetched_at, review)


def claimed_license_tag(facts: list[tuple[Person, License]], state: str, world: World) -> Tag:
    """Self-reported only; when the board's roster was read whole and lacks it, that is said beside the tag."""
    member, item = facts[0]
    source = world.sources[member.source]
    cites = tuple(claim_id(m.record_id, license_field(i), i.status) for m, i in facts)
    repeats = f"The {source.title} repeats license {item.number} as the practitioner reported it"
    because = f"{repeats}; read on {day(member.fetched_at)}."
    board = world.board_of(state)
    read_at = world.readings[board.name].read_whole_at(state) if board else ""
    review = ""
    if board and world.is_fresh(read_at):
        roster = f"{board.publisher}'s roster, read whole on {day(read_at)},"
        review = f"{roster} shows no license with this number under this name."
    return Tag("license", state, "claimed", "license_claimed", because, cites, member.fetched_at, review)


def absent_license_tag(members: list[Person], state: str, world: World, physician: bool) -> Tag:
    """No license fact at all in this state: which kind of not knowing is it?"""
    board = world.board_of(state)
    if state_rule(state)["regulated"] == "0":
        because = f"{state_rule(state)['name']} does not license acupuncturists."
        return Tag("license", state, "state_does_not_license", "license_state_does_not_license", because)
    if physician:
        because = "A physician practices under a medical license; boards of medicine are not read here."
        return Tag("license", state, "not_covered", "license_not_covered", because)
    if board is None:
        because = f"No source for the board of {state_rule(state)['name']} is read yet."
        return Tag("license", state, "not_covered", "license_not_covered", because)
    read_at = world.readings[board.name].read_whole_at(state)
    if not read_at:
        because = f"{board.publisher}'s roster has not been read whole here yet."
        return Tag("license", state, "not_covered", "license_not_covered", because)
    if not world.is_fresh(read_at):
        because = f"{board.publisher}'s roster was last read whole on {day(read_at)}, too long ago to speak for today."
        return Tag("license", state, "source_failed", "license_source_failed", because, as_of=read_at)
    undecided = world.undecided_in(members, "board")
    review = (
        "The roster holds a person of this name; whether it is this person could not be decided." if undecided else ""
    )
    roster = f"{board.publisher}'s roster was read whole on {day(read_at)}"
    because = f"{roster} and no license on it could be tied to this person."
    return Tag("license", state, "not_found", "license_not_found", because, (), read_at, review)


def cited(facts: list[tuple[Person, Certification]]) -> tuple[str, ...]:
    return tuple(claim_id(m.record_id, certification_field(item), item.status_raw or item.status) for m, item in facts)


def latest(facts: list[tuple[Person, Certification]]) -> str:
    return max(member.fetched_at for member, _ in facts)


def day(time: str) -> str:
    return time[:10]


def stopped(text: str) -> str:
    """A text with one full stop behind it (`Dipl. Ac.` has its own)."""
    return text if text.endswith(".") else f"{text}."
