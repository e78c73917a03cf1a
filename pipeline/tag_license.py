"""The license tag: one a person and state.

In: one person's records, a state, the world. Out: the board's word where a board was read, else which kind of not
knowing it is: claimed, not_found, not_covered, source_failed, state_does_not_license.
"""

from __future__ import annotations

from pipeline.claims import claim_id, license_field, license_value
from pipeline.facts import DISCIPLINE, License, Person, SourceFacts
from pipeline.rules import state_rule
from pipeline.world import Tag, World, day

# A person with several licenses in a state is shown by the one that says most about today.
STATUS_ORDER = "active limited suspended revoked surrendered pending inactive retired expired deceased".split()
Held = list[tuple[Person, License]]


def license_tag(members: list[Person], state: str, world: World) -> Tag:
    """What is known of this person's license in one state."""
    facts = [(member, item) for member in members for item in member.licenses if item.state == state]
    verified = [(member, item) for member, item in facts if item.primary]
    if verified:
        return board_tag(verified, state, world)
    if facts:
        return claimed_tag(facts, state, world)
    return absent_tag(members, state, world)


def conclusion(
    state: str, value: str, because: str, claims: tuple[str, ...] = (), as_of: str = "", needs_review: str = ""
) -> Tag:
    """A license tag; a rule that is not a board's word is named after its value."""
    rule = "license_board_status" if value in STATUS_ORDER else f"license_{value}"
    return Tag("license", state, value, rule, because, claims, as_of, needs_review)


def cited(facts: Held) -> tuple[str, ...]:
    return tuple(claim_id(m.record_id, license_field(item), license_value(item)) for m, item in facts)


def board_tag(facts: Held, state: str, world: World) -> Tag:
    """The board's word; of several licenses the freshest that says most about today."""
    member, item = min(
        facts, key=lambda fact: (not world.is_fresh(fact[0].fetched_at), STATUS_ORDER.index(fact[1].status))
    )
    source = world.sources[member.source]
    if not world.is_fresh(member.fetched_at):
        old = f"The last good reading of {source.title} is of {day(member.fetched_at)}, too old to speak for today."
        return conclusion(state, "source_failed", old, cited(facts), member.fetched_at)
    until = f", expires {item.expires}" if item.expires else ""
    shows = f"{source.publisher} shows {named(item)} as '{item.status_raw}'{until}"
    because = f"{shows}; read on {day(member.fetched_at)}."
    return conclusion(state, item.status, because, cited(facts), member.fetched_at, doubts(item, facts, state, world))


def named(item: License) -> str:
    """A license by its number; some rosters print none."""
    return f"license {item.number}" if item.number else "a license"


def doubts(shown: License, facts: Held, state: str, world: World) -> str:
    """What stands against the word that is shown: its own expiry, another license's discipline."""
    said = []
    if shown.status == "active" and shown.expires and shown.expires < world.now.date().isoformat():
        said.append(f"The board shows {named(shown)} as '{shown.status_raw}' past its expiry {shown.expires}.")
    others = [item for _, item in facts if item is not shown and item.disciplined]
    words = sorted({item.status if item.status in DISCIPLINE else "having a board action" for item in others})
    if words:
        said.append(f"Another license of this person in {state} is shown as {', '.join(words)}.")
    return " ".join(said)


def claimed_tag(facts: Held, state: str, world: World) -> Tag:
    """Self-reported only; what the board's roster says of the number stands beside it."""
    member, item = min(facts, key=lambda fact: not fact[1].number)
    because = f"{stated(item, world.sources[member.source])}; read on {day(member.fetched_at)}."
    return conclusion(state, "claimed", because, cited(facts), member.fetched_at, roster_note(facts, state, world))


def stated(item: License, source: SourceFacts) -> str:
    """How a license is claimed: in a sentence of a website, or as a number that a registry repeats."""
    if item.status_raw:
        return f"Stated as '{item.status_raw}' in the {source.title}"
    return f"The {source.title} repeats license {item.number} as the practitioner reported it"


def roster_note(facts: Held, state: str, world: World) -> str:
    """Whether the board's roster, read whole and recently, holds a number that is only claimed."""
    board = world.board_of(state)
    read_at = world.readings[board.name].read_whole_at(state) if board else ""
    numbers = {item.key for _, item in facts if item.key}
    if board is None or board.numberless or not numbers or not world.is_fresh(read_at):
        return ""
    roster = f"{board.publisher}'s roster, read whole on {day(read_at)}{left_out(board)},"
    if numbers & world.board_numbers:
        return f"{roster} holds this number; whether it is this person's license could not be decided."
    return f"{roster} holds no license with this number."


def left_out(board: SourceFacts) -> str:
    """What a roster leaves out is said wherever somebody is not on it."""
    return f" (it leaves out {board.leaves_out})" if board.leaves_out else ""


def absent_tag(members: list[Person], state: str, world: World) -> Tag:
    """No license fact at all in this state: which kind of not knowing is it?"""
    board, name = world.board_of(state), state_rule(state)["name"]
    if state_rule(state)["regulated"] == "0":
        return conclusion(state, "state_does_not_license", f"{name} does not license acupuncturists.")
    if any(member.kind == "physician" for member in members):
        because = "A physician practices under a medical license; boards of medicine are not read here."
        return conclusion(state, "not_covered", because)
    if board is None:
        return conclusion(state, "not_covered", f"No source for the board of {name} is read yet.")
    return roster_tag(members, board, state, world)


def roster_tag(members: list[Person], board: SourceFacts, state: str, world: World) -> Tag:
    """A board that is read, but shows no license of this person."""
    read_at = world.readings[board.name].read_whole_at(state)
    if not read_at:
        return conclusion(state, "not_covered", f"{board.publisher}'s roster has not been read whole here yet.")
    roster = f"{board.publisher}'s roster{left_out(board)} was"
    if not world.is_fresh(read_at):
        old = f"{roster} last read whole on {day(read_at)}, too long ago to speak for today."
        return conclusion(state, "source_failed", old, as_of=read_at)
    undecided = "The roster holds a person of this name; whether it is this person could not be decided."
    because = f"{roster} read whole on {day(read_at)} and no license on it could be tied to this person."
    review = undecided if world.undecided_in(members, "board") else ""
    return conclusion(state, "not_found", because, as_of=read_at, needs_review=review)
