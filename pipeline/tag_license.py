"""The license tag: one a person and state.

In: one person's records, a state, the world. Out: the board's word where a board was read, else which kind of not
knowing it is: claimed, not_found, not_covered, source_failed, state_does_not_license.
"""

from __future__ import annotations

from pipeline.claims import claim_id, license_field, license_value
from pipeline.facts import License, Person, SourceFacts
from pipeline.rules import state_rule
from pipeline.tag_doubts import doubts_of, named, number_of_another, ran_out
from pipeline.world import Tag, World, day

# A person with several licenses in a state is shown by the one that says most about today.
STATUS_ORDER = "active limited suspended revoked surrendered pending inactive retired expired deceased".split()
Held = list[tuple[Person, License]]


def license_tag(members: list[Person], state: str, world: World) -> Tag:
    """What is known of this person's license in one state."""
    facts = [(member, item) for member in members for item in member.licenses if item.state == state]
    if state_rule(state)["regulated"] == "0":
        return unlicensed_state_tag(facts, state, world)
    verified = [(member, item) for member, item in facts if item.primary]
    shown = [(member, item) for member, item in verified if not item.disciplined or world.is_sure(member.record_id)]
    if shown:
        return board_tag(shown, facts, state, world)
    if verified:
        return unsure_tag(verified, state, world)
    if facts:
        return claimed_tag(facts, state, world)
    return absent_tag(members, state, world)


def conclusion(
    state: str, value: str, because: str, claims: tuple[str, ...] = (), as_of: str = "", needs_review: str = ""
) -> Tag:
    """A license tag; a rule that is not a board's word is named after its value."""
    rule = "license_board_status" if value in STATUS_ORDER else f"license_{value}"
    return Tag("license", state, value, rule, because, tuple(dict.fromkeys(claims)), as_of, needs_review)


def cited(facts: Held) -> tuple[str, ...]:
    return tuple(claim_id(m.record_id, license_field(item), license_value(item)) for m, item in facts)


def board_tag(shown: Held, facts: Held, state: str, world: World) -> Tag:
    """The board's word; of several licenses the freshest that says most about today."""
    member, item = speaks_most(shown, world)
    source = world.sources[member.source]
    if not world.is_fresh(member.fetched_at):
        old = f"The last good reading of {source.title} is of {day(member.fetched_at)}, too old to speak for today."
        return conclusion(state, "source_failed", old, cited(shown), member.fetched_at)
    until = f", expires {item.expires}" if item.expires else ""
    shows = f"{source.publisher} shows {named(item)} as '{item.status_raw}'{until}"
    because = f"{shows}; read on {day(member.fetched_at)}."
    quoted = expiry_claim(member, item)
    found = doubts_of((member, item), facts, state, world)
    return conclusion(
        state, item.status, because, cited(shown) + quoted + found.claims, member.fetched_at, found.sentence
    )


def speaks_most(shown: Held, world: World) -> tuple[Person, License]:
    """The license read recently, by its status; of two alike the one that has not run out, and runs longest."""
    longest_first = sorted(shown, key=lambda fact: fact[1].expires, reverse=True)
    return min(longest_first, key=lambda fact: says_of_today(fact, world))


def says_of_today(fact: tuple[Person, License], world: World) -> tuple[bool, int, bool]:
    member, item = fact
    return not world.is_fresh(member.fetched_at), STATUS_ORDER.index(item.status), ran_out(item, world)


def expiry_claim(member: Person, item: License) -> tuple[str, ...]:
    """The claim of the date of expiry, which the reason quotes."""
    return (claim_id(member.record_id, f"{license_field(item)} expires", item.expires),) if item.expires else ()


def unsure_tag(facts: Held, state: str, world: World) -> Tag:
    """The board's record would say discipline, and the match is not sure enough to say it of this person."""
    member = max(facts, key=lambda fact: fact[0].fetched_at)[0]
    publisher = world.sources[member.source].publisher
    because = f"{publisher} shows a record that may be this person's; the match is not sure enough to repeat it."
    return Tag("license", state, "source_failed", "license_unsure", because, (), member.fetched_at, because)


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
    if others := number_of_another(facts, world):
        shows = f"{roster} shows {this_number(others, facts)} under another name."
        return f"{shows} A number alone does not say whose license it is."
    if held := [fact for fact in facts if fact[1].key in world.board_numbers]:
        return f"{roster} holds {this_number(held, facts)}; whether it is this person's license could not be decided."
    if len(numbers) == 1:
        return f"{roster} holds no license with this number."
    return f"{roster} does not show {this_number(facts, facts)}."


def this_number(meant: Held, stated: Held) -> str:
    """The numbers that are meant, by name where several are stated."""
    names = {item.key: item.number for _, item in meant if item.key}
    several = len({item.key for _, item in stated if item.key}) > 1
    return f"number {' or '.join(names.values())}" if several else "this number"


def left_out(board: SourceFacts) -> str:
    """What a roster leaves out is said wherever somebody is not on it."""
    return f" (it leaves out {board.leaves_out})" if board.leaves_out else ""


def unlicensed_state_tag(facts: Held, state: str, world: World) -> Tag:
    """No license there is the normal thing; a number that somebody states all the same is noted, and proves nothing."""
    because = f"{state_rule(state)['name']} does not license acupuncturists."
    if not facts:
        return conclusion(state, "state_does_not_license", because)
    member, item = min(facts, key=lambda fact: not fact[1].number)
    said = f"{stated(item, world.sources[member.source])} all the same; read on {day(member.fetched_at)}."
    return conclusion(state, "state_does_not_license", f"{because} {said}", cited(facts), member.fetched_at)


def absent_tag(members: list[Person], state: str, world: World) -> Tag:
    """No license fact at all in this state: which kind of not knowing is it?"""
    board, rule = world.board_of(state), state_rule(state)
    if any(member.kind == "physician" for member in members):
        because = "A physician practices under a medical license; boards of medicine are not read here."
        return conclusion(state, "not_covered", because)
    if not rule["regulated"]:
        unknown = f"Whether {rule['name']} licenses acupuncturists is not established here."
        return conclusion(state, "not_covered", unknown)
    if board is None:
        return conclusion(state, "not_covered", f"No source for the board of {rule['name']} is read yet.")
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
    because = f"{roster} read whole on {day(read_at)} and no license on it could be tied to this person."
    who = world.namesake_in(members, "board", state)
    review = f"The roster holds {who}" if who else ""
    return conclusion(state, "not_found", because, as_of=read_at, needs_review=review)
