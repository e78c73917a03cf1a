"""Every tag of the design, each by the rule that makes it, each citing claims; absence is never a verdict."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from pipeline.claims import claims_of
from pipeline.facts import Certification, Person, SourceFacts
from pipeline.gather import Reading
from pipeline.rules import read_rule_table
from pipeline.tag import Tag, World, tags_of
from tests.people import license_fact, listing, person

NOW = datetime(2026, 11, 22, tzinfo=UTC)
FRESH, OLD = "2026-11-20T00:00:00Z", "2026-06-01T00:00:00Z"
SOURCES = {
    "ncbahm": SourceFacts("ncbahm", "certifier", "NCBAHM directory", "NCBAHM", (), {}),
    "npi_registry": SourceFacts("npi_registry", "registry", "NPI Registry", "CMS", (), {}),
    "board_wa": SourceFacts("board_wa", "board", "Washington credentials", "Washington", ("WA",), {}),
    "board_ia": SourceFacts("board_ia", "board", "Iowa roster", "Iowa", ("IA",), {}),
    "aama": SourceFacts("aama", "listing", "AAMA directory", "AAMA", (), {}),
}


def world(**whole: dict[str, str]) -> World:
    """A world in which these sources read these states whole."""
    readings = {name: Reading(name, FRESH, whole=whole.get(name, {})) for name in SOURCES}
    return World(SOURCES, readings, NOW)


def certification(member: Person, state: str = "WA", seen: World | None = None) -> Tag:
    return tags_of([member], [state], seen or world())[0]


def licensed(member: Person, state: str = "WA", seen: World | None = None) -> Tag:
    return tags_of([member], [state], seen or world())[1]


CLAIM = Certification("NCBAHM", "Dipl. Ac.", "claimed", "", "Dipl. Ac. (NCCAOM)")
NPI = person("npi_registry:1", "Odalys Winterhalter", "Seattle")
CLAIMS = person("npi_registry:1", "Odalys Winterhalter", "Seattle", certifications=(CLAIM,))
LISTED = person("ncbahm:a", "Odalys Winterhalter", "Seattle", certifications=(listing(),))
LAPSED = person("ncbahm:a", "Odalys Winterhalter", "Seattle", certifications=(listing("listed_inactive"),))
OLD_LISTING = person("ncbahm:a", "Odalys Winterhalter", "Seattle", certifications=(listing(),), fetched_at=OLD)


def test_listed() -> None:
    tag = certification(LISTED)
    assert (tag.value, tag.rule) == ("listed", "certification_listed")
    assert set(tag.claims) <= {claim.id for claim in claims_of(LISTED)} and tag.claims
    assert "2026-11-20" in tag.because


def test_listed_inactive_keeps_the_certifiers_word() -> None:
    tag = certification(LAPSED)
    assert tag.value == "listed_inactive" and "Certified Diplomate" in tag.because


def test_a_listing_read_too_long_ago_speaks_no_more() -> None:
    assert certification(OLD_LISTING).value == "not_checked"


def test_claimed_stands_before_no_evidence() -> None:
    assert certification(CLAIMS, seen=world(ncbahm={"WA": FRESH})).value == "claimed"


def test_implied_only_where_the_state_surely_asks_at_renewal() -> None:
    iowa = person("board_ia:1", "Odalys Winterhalter", state="IA", licenses=(license_fact("IA", "ACU-101", "active"),))
    washington = person("board_wa:1", "Odalys Winterhalter", licenses=(license_fact("WA", "AC60012345", "active"),))
    expired = person(
        "board_ia:1", "Odalys Winterhalter", state="IA", licenses=(license_fact("IA", "ACU-101", "expired"),)
    )
    assert certification(iowa, "IA").value == "implied"
    assert certification(washington).value == "not_checked"
    assert certification(expired, "IA").value == "not_checked"


def test_no_evidence_needs_the_whole_listing_of_the_state() -> None:
    assert certification(NPI, seen=world(ncbahm={"WA": FRESH})).value == "no_evidence"
    assert certification(NPI, seen=world(ncbahm={"CA": FRESH})).value == "not_checked"
    assert certification(NPI, seen=world(ncbahm={"WA": OLD})).value == "not_checked"


def test_a_namesake_in_the_listing_forbids_no_evidence() -> None:
    seen = world(ncbahm={"WA": FRESH})
    seen.undecided = {NPI.record_id: ["ncbahm"]}
    tag = certification(NPI, seen=seen)
    assert tag.value == "not_checked" and tag.needs_review


@pytest.mark.parametrize(
    "status", "active limited inactive expired retired surrendered suspended revoked pending deceased".split()
)
def test_the_boards_word(status: str) -> None:
    member = person("board_wa:1", "Odalys Winterhalter", licenses=(license_fact("WA", "AC60012345", status),))
    tag = licensed(member)
    assert (tag.value, tag.rule) == (status, "license_board_status")
    assert status.title() in tag.because and set(tag.claims) <= {claim.id for claim in claims_of(member)}


def test_an_active_license_stands_before_an_expired_one_and_discipline_is_said() -> None:
    facts = (
        license_fact("WA", "AC60012345", "expired"),
        license_fact("WA", "AC60012346", "active"),
        license_fact("WA", "AC60012347", "revoked"),
    )
    tag = licensed(person("board_wa:1", "Odalys Winterhalter", licenses=facts))
    assert tag.value == "active" and "revoked" in tag.needs_review


def test_claimed_license_says_when_the_roster_lacks_it() -> None:
    member = person("npi_registry:1", "Odalys Winterhalter", "Seattle", licenses=(license_fact("WA", "AC60012345"),))
    assert licensed(member).value == "claimed" and not licensed(member).needs_review
    assert "holds no license with this number" in licensed(member, seen=world(board_wa={"WA": FRESH})).needs_review
    seen = replace(world(board_wa={"WA": FRESH}), board_numbers=frozenset({"WA:60012345"}))
    assert "could not be decided" in licensed(member, seen=seen).needs_review


def test_kinds_of_not_knowing_a_license() -> None:
    assert licensed(NPI, seen=world(board_wa={"WA": FRESH})).value == "not_found"
    assert licensed(NPI, seen=world(board_wa={"WA": OLD})).value == "source_failed"
    assert licensed(NPI).value == "not_covered"
    assert licensed(NPI, "OR").value == "not_covered"
    for state in ("AL", "OK", "SD"):
        assert licensed(NPI, state).value == "state_does_not_license"


def test_a_board_record_read_too_long_ago_is_source_failed() -> None:
    member = person(
        "board_wa:1", "Odalys Winterhalter", licenses=(license_fact("WA", "AC60012345", "active"),), fetched_at=OLD
    )
    assert licensed(member).value == "source_failed"


def test_a_physician_is_not_looked_for_on_an_acupuncture_roster() -> None:
    physician = person("aama:9", "Odalys Winterhalter, MD", "Seattle", kind="physician")
    assert licensed(physician, seen=world(board_wa={"WA": FRESH})).value == "not_covered"


def test_every_rule_a_tag_may_name_is_published_with_its_words() -> None:
    rules = {row["rule"] for row in read_rule_table("tag_rules")}
    members = [NPI, CLAIMS, LISTED, LAPSED, OLD_LISTING]
    made = [tag for member in members for state in ("WA", "OK", "OR") for tag in tags_of([member], [state], world())]
    assert {tag.rule for tag in made} <= rules
    words = {(row["kind"], row["tag"]) for row in read_rule_table("tag_words")}
    assert {(tag.kind, tag.value) for tag in made} <= words
    assert all(tag.because for tag in made)


def test_somebody_once_listed_is_never_said_to_be_absent() -> None:
    assert certification(OLD_LISTING, seen=world(ncbahm={"WA": FRESH})).value == "not_checked"


def test_an_active_license_past_its_expiry_is_said() -> None:
    late = replace(license_fact("WA", "AC60012345", "active"), expires="2026-01-31")
    tag = licensed(person("board_wa:1", "Odalys Winterhalter", licenses=(late,)))
    assert tag.value == "active" and "past its expiry 2026-01-31" in tag.needs_review


def test_a_stale_active_license_does_not_hide_a_fresh_revoked_one() -> None:
    old = person("board_wa:1", "Odalys Winterhalter", licenses=(license_fact("WA", "AC1", "active"),), fetched_at=OLD)
    new = person("board_wa:2", "Odalys Winterhalter", licenses=(license_fact("WA", "AC2", "revoked"),))
    assert tags_of([old, new], ["WA"], world())[1].value == "revoked"
