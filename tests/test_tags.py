"""Every tag of the design, each by the rule that makes it, each citing claims; absence is never a verdict."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from pipeline.claims import claims_of
from pipeline.facts import Certification, License, Person, SourceFacts
from pipeline.gather import Reading
from pipeline.ids import Identified
from pipeline.namesakes import namesakes_in
from pipeline.normalize import claimed_certifications, listed_certifications
from pipeline.number_holders import numbers_of_others
from pipeline.rules import read_rule_table
from pipeline.statuses import UnknownWord
from pipeline.tag import Tag, World, tags_of
from pipeline.world import thin_records
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


# What was missing before issue 5, one by one


def test_a_tag_cites_the_date_of_expiry_it_quotes_and_the_discipline_it_speaks_of() -> None:
    shown = replace(license_fact("WA", "AC60012345", "active"), expires="2027-01-31")
    facts = (shown, license_fact("WA", "AC60012347", "active", "Reprimand"))
    member = person("board_wa:1", "Odalys Winterhalter", licenses=facts)
    tag = licensed(member)
    cited = {claim.field for claim in claims_of(member) if claim.id in tag.claims}
    assert "2027-01-31" in tag.because and "license WA AC60012345 expires" in cited
    assert "having a board action" in tag.needs_review and "license WA AC60012347 discipline" in cited
    assert set(tag.claims) <= {claim.id for claim in claims_of(member)}


@pytest.mark.parametrize("state", ["AL", "OK", "SD"])
def test_a_number_stated_for_a_state_that_licenses_nobody_is_a_note(state: str) -> None:
    member = person("npi_registry:1", "Odalys Winterhalter", state=state, licenses=(license_fact(state, "77"),))
    tag = licensed(member, state)
    assert (tag.value, tag.needs_review) == ("state_does_not_license", "")
    assert "repeats license 77 as the practitioner reported it all the same" in tag.because and tag.claims


def test_discipline_is_never_said_below_confirmed() -> None:
    board = person("board_wa:1", "Odalys Winterhalter", licenses=(license_fact("WA", "AC60012345", "revoked"),))
    unsure = replace(world(board_wa={"WA": FRESH}), levels={board.record_id: "probable"})
    tag = licensed(board, seen=unsure)
    assert (tag.value, tag.rule, tag.claims) == ("source_failed", "license_unsure", ())
    assert "revoked" not in f"{tag.because} {tag.needs_review}".casefold()
    other = person("board_wa:2", "Odalys Winterhalter", licenses=(license_fact("WA", "AC60012346", "active"),))
    beside = tags_of([board, other], ["WA"], unsure)[1]
    assert beside.value == "active" and "revoked" not in f"{beside.because} {beside.needs_review}".casefold()
    assert licensed(board).value == "revoked"


def test_a_death_is_said_beside_whatever_speaks_of_the_living() -> None:
    dead = person("board_wa:1", "Odalys Winterhalter", licenses=(license_fact("WA", "AC60012345", "deceased"),))
    iowa = person("board_ia:1", "Odalys Winterhalter", state="IA", licenses=(license_fact("IA", "ACU-1", "active"),))
    certification_tag, washington, other = tags_of([LISTED, dead, iowa], ["WA", "IA"], world())
    assert (certification_tag.value, washington.value, other.value) == ("listed", "deceased", "active")
    for tag in (certification_tag, other):
        assert "shows the practitioner as 'Deceased'" in tag.needs_review
        assert {claim.id for claim in claims_of(dead)} & set(tag.claims)
    assert not washington.needs_review
    expired = replace(iowa, licenses=(license_fact("IA", "ACU-1", "expired"),))
    assert "'Deceased'" in tags_of([dead, expired], ["WA", "IA"], world())[2].needs_review
    assert tags_of([dead, iowa], ["WA", "IA"], world())[0].value == "not_checked"  # nothing is implied of the dead


def test_a_license_past_its_expiry_implies_nothing() -> None:
    late = replace(license_fact("IA", "ACU-1", "active"), expires="2026-10-31")
    assert certification(person("board_ia:1", "O W", state="IA", licenses=(late,)), "IA").value == "not_checked"
    good = replace(late, expires="2027-10-31")
    tag = certification(person("board_ia:1", "O W", state="IA", licenses=(good,)), "IA")
    assert tag.value == "implied" and "2027-10-31" in tag.because and len(tag.claims) == 2


def test_a_license_without_a_state_or_of_an_unknown_place_implies_nothing() -> None:
    nowhere = person("npi_registry:1", "O W", licenses=(license_fact("", "", "claimed"), license_fact("MP", "7")))
    assert certification(nowhere).value == "not_checked"


def test_entries_of_the_certifier_that_contradict_each_other_are_said() -> None:
    lapsed = person("ncbahm:b", "O W", certifications=(listing("listed_inactive", "Dipl. C.H."),))
    tag = tags_of([LISTED, lapsed], ["WA"], world())[0]
    assert tag.value == "listed" and "no longer current" in tag.needs_review and "Dipl. C.H." in tag.needs_review
    assert {claim.id for claim in claims_of(lapsed)} & set(tag.claims)
    old = replace(lapsed, fetched_at=OLD)
    assert not tags_of([LISTED, old], ["WA"], world())[0].needs_review


def test_a_page_that_still_states_a_lapsed_certificate_is_said() -> None:
    tag = tags_of([LAPSED, CLAIMS], ["WA"], world())[0]
    assert tag.value == "listed_inactive" and "still stated in the NPI Registry" in tag.needs_review


def test_a_listing_that_is_too_old_leaves_a_claim_a_claim() -> None:
    assert tags_of([OLD_LISTING, CLAIMS], ["WA"], world())[0].value == "claimed"


def test_no_evidence_needs_the_listing_of_every_state_of_the_person() -> None:
    seen = world(ncbahm={"WA": FRESH, "CA": OLD})
    assert tags_of([NPI], ["WA"], seen)[0].value == "no_evidence"
    tag = tags_of([NPI], ["WA", "CA"], seen)[0]
    assert tag.value == "not_checked" and "for CA was not read whole" in tag.because
    assert tags_of([NPI], ["WA", "CA"], world(ncbahm={"WA": FRESH, "CA": FRESH}))[0].value == "no_evidence"
    assert tags_of([NPI], [], seen)[0].value == "not_checked"


@pytest.mark.parametrize(
    "letters", ["DABMA", "DABCA", "FABORM", "ADS", "FAAMA", "DAOM", "MSOM", "Ph.D.", "L.Ac.", "LAC"]
)
def test_other_boards_degrees_and_licenses_are_never_the_national_certification(letters: str) -> None:
    found = tuple(dict.fromkeys(claimed_certifications(letters)))
    member = person("npi_registry:1", f"Odalys Winterhalter, {letters}", "Seattle", certifications=found)
    assert all(item.issuer != "NCBAHM" for item in found)
    assert certification(member, seen=world(ncbahm={"WA": FRESH})).value == "no_evidence"


def test_a_taxonomy_alone_proves_nothing() -> None:
    both = tags_of([NPI], ["OR"], world())
    assert [tag.value for tag in both] == ["not_checked", "not_covered"] and not any(tag.claims for tag in both)


def test_a_person_of_several_states_has_a_tag_for_each() -> None:
    iowa = person("board_ia:1", "Odalys Winterhalter", state="IA", licenses=(license_fact("IA", "ACU-1", "active"),))
    registry = person(
        "npi_registry:1",
        "Odalys Winterhalter",
        "Seattle",
        licenses=(license_fact("WA", "AC1"), license_fact("OK", "5")),
    )
    tags = tags_of([iowa, registry], ["WA", "IA", "OK", "OR"], world(board_wa={"WA": FRESH}))
    assert [tag.value for tag in tags] == ["implied", "claimed", "active", "state_does_not_license", "not_covered"]


def test_a_stated_number_that_the_roster_shows_under_another_name_is_said_without_that_name() -> None:
    mine = person("npi_registry:1", "Odalys Winterhalter", "Seattle", licenses=(license_fact("WA", "AC60012345"),))
    holder = person("board_wa:9", "Borislava Quennell", licenses=(license_fact("WA", "AC60012345", "revoked"),))
    marks = numbers_of_others([Identified("a", [mine]), Identified("b", [holder])])
    seen = replace(world(board_wa={"WA": FRESH}), board_numbers=frozenset({"WA:60012345"}), numbers_of_others=marks)
    tag = licensed(mine, seen=seen)
    assert tag.value == "claimed" and "shows this number under another name" in tag.needs_review
    assert not {"quennell", "revoked"} & set(f"{tag.because} {tag.needs_review}".casefold().split())
    own = person("board_wa:8", "Odalys Winterhalter", licenses=(license_fact("WA", "AC60099999", "active"),))
    both = tags_of([mine, own], ["WA"], seen)[1]
    assert both.value == "active" and "under another name" in both.needs_review


def test_a_number_under_a_name_that_fits_is_not_called_anothers() -> None:
    mine = person("npi_registry:1", "Odalys Winterhalter", "Seattle", licenses=(license_fact("WA", "AC60012345"),))
    same = person("board_wa:9", "Odalys M. Winterhalter", licenses=(license_fact("WA", "AC60012345", "active"),))
    assert numbers_of_others([Identified("a", [mine]), Identified("b", [same])]) == frozenset()
    assert numbers_of_others([Identified("a", [mine, same])]) == frozenset()


def test_a_record_joined_by_little_carries_a_note() -> None:
    links = [("ncbahm:a", "npi_registry:1", "probable", 4.2), ("npi_registry:1", "board_wa:1", "confirmed", 3.0)]
    thin = thin_records(links)
    assert thin == {"ncbahm:a"}
    tag = certification(LISTED, seen=replace(world(), thin=thin))
    assert tag.value == "listed" and "No number ties NCBAHM's record to this person" in tag.needs_review


def test_a_namesake_on_a_list_is_said_beside_an_absence_from_it() -> None:
    other = person("ncbahm:z", "Winterhalter Odalys", "Spokane")
    board = person("board_wa:z", "Odalys Winterhalter", licenses=(license_fact("WA", "AC60012349", "revoked"),))
    far = person("ncbahm:y", "Odalys Winterhalter", "Boise", "ID")
    apart = [Identified("a", [NPI]), Identified("b", [other]), Identified("c", [board]), Identified("d", [far])]
    assert namesakes_in(apart, SOURCES)[NPI.record_id] == {"board_wa": "same", "ncbahm": "same"}
    assert namesakes_in([Identified("a", [NPI, other, board])], SOURCES) == {}
    assert namesakes_in([apart[0], apart[3]], SOURCES)[NPI.record_id] == {"ncbahm": "elsewhere"}
    seen = replace(world(ncbahm={"WA": FRESH}, board_wa={"WA": FRESH}), namesakes=namesakes_in(apart, SOURCES))
    certification_tag, tag = tags_of([NPI], ["WA"], seen)
    assert certification_tag.value == "no_evidence" and "could not be decided" in certification_tag.needs_review
    assert tag.value == "not_found" and "holds a person of this name" in tag.needs_review
    assert "revoked" not in f"{tag.because} {tag.needs_review}".casefold()
    iowa = tags_of([NPI], ["IA"], replace(seen, readings=world(board_ia={"IA": FRESH}).readings))[1]
    assert iowa.value == "not_found" and not iowa.needs_review


@pytest.mark.parametrize(
    ("listed", "state", "near"),
    [
        ("Odalis Winterhalter", "WA", "similar"),
        ("Oda Winterhalter", "WA", "similar"),
        ("Odalys Ruth Smith-Winterhalter", "WA", "similar"),
        ("Odalys Winterhalter", "ID", "elsewhere"),
        ("Odalis Winterhalter", "ID", ""),
        ("Ottoline Winterhalter", "WA", ""),
        ("Odalys Prsbrough", "WA", ""),
    ],
)
def test_how_near_a_namesake_on_the_certifiers_listing_is(listed: str, state: str, near: str) -> None:
    apart = [Identified("a", [NPI]), Identified("b", [person("ncbahm:z", listed, "Anywhere", state)])]
    assert namesakes_in(apart, SOURCES).get(NPI.record_id, {}).get("ncbahm", "") == near


@pytest.mark.parametrize(("one", "other"), [("Bob", "Robert"), ("Robert", "Bob"), ("Jian D", "Jiandong")])
def test_short_forms_and_names_written_in_two_words_are_near(one: str, other: str) -> None:
    first, second = (person(f"npi_registry:{name}", f"{name} Winterhalter") for name in (one, other))
    board = replace(second, record_id="board_wa:1", source="board_wa")
    found = namesakes_in([Identified("a", [first]), Identified("b", [board])], SOURCES)
    assert found[first.record_id] == {"board_wa": "similar"}


def test_middle_names_that_differ_are_two_people() -> None:
    first, second = person("npi_registry:1", "Bob Tau Winterhalter"), person("board_wa:1", "Robert Kim Winterhalter")
    assert namesakes_in([Identified("a", [first]), Identified("b", [second])], SOURCES) == {}


def test_a_roster_is_of_one_state_wherever_its_holders_live() -> None:
    board = person("board_wa:z", "Odalys Winterhalter", "Boise", "ID")
    found = namesakes_in([Identified("a", [NPI]), Identified("b", [board])], SOURCES)
    assert found[NPI.record_id] == {"board_wa": "same"}
    seen = replace(world(ncbahm={"WA": FRESH}, board_wa={"WA": FRESH}), namesakes=found)
    assert [bool(tag.needs_review) for tag in tags_of([NPI], ["WA"], seen)] == [False, True]


@pytest.mark.parametrize(
    ("near", "said"),
    [
        ("same", "holds a person of this name; whether it is this person could not be decided."),
        ("similar", "holds a person of a similar name;"),
    ],
)
def test_a_claim_and_a_namesake_on_the_listing_stand_beside_each_other(near: str, said: str) -> None:
    seen = replace(world(ncbahm={"WA": FRESH}), namesakes={CLAIMS.record_id: {"ncbahm": near}})
    tag = certification(CLAIMS, seen=seen)
    assert tag.value == "claimed" and said in tag.needs_review


def test_a_namesake_in_another_state_is_part_of_what_was_read_and_no_doubt() -> None:
    seen = replace(world(ncbahm={"WA": FRESH}), namesakes={NPI.record_id: {"ncbahm": "elsewhere"}})
    tag = certification(NPI, seen=seen)
    assert tag.value == "no_evidence" and not tag.needs_review
    assert (
        "could be tied to this person. In another state it holds a person of this name, not tied to this one."
        in tag.because
    )


def test_an_unknown_word_of_the_directory_stops_and_names_itself() -> None:
    with pytest.raises(UnknownWord, match="'Hibernating' is not known"):
        listed_certifications({"status": "Hibernating", "designations": ["Dipl. Ac."]})


def test_a_territory_is_not_covered_and_no_state_says_so_for_it() -> None:
    tag = licensed(NPI, "PR")
    assert tag.value == "not_covered" and "Puerto Rico" in tag.because and "not established" in tag.because


def board_record(key: str, *held: License) -> Person:
    return person(f"board_wa:{key}", "Odalys Winterhalter", licenses=held)


def test_of_two_active_licenses_the_one_that_runs_longest_is_shown() -> None:
    old = replace(license_fact("WA", "AC1", "active"), expires="2021-06-30")
    new = replace(license_fact("WA", "AC2", "active"), expires="2028-06-30")
    for members in ([board_record("1", old), board_record("2", new)], [board_record("2", new), board_record("1", old)]):
        tag = tags_of(members, ["WA"], world())[1]
        assert (
            "license AC2" in tag.because and "2028-06-30" in tag.because and "past its expiry" not in tag.needs_review
        )


def test_a_date_that_cannot_be_read_is_said_and_implies_nothing() -> None:
    unread = replace(license_fact("IA", "ACU-101", "active"), unread=("0027-13-45",))
    member = person("board_ia:1", "Odalys Winterhalter", state="IA", licenses=(unread,))
    tag = licensed(member, "IA")
    assert tag.value == "active" and "'0027-13-45'" in tag.needs_review and "no date" in tag.needs_review
    assert certification(member, "IA").value == "not_checked"
    assert certification(replace(member, licenses=(license_fact("IA", "ACU-101", "active"),)), "IA").value == "implied"


def test_each_source_of_a_claim_is_quoted_with_its_own_words_and_date() -> None:
    other = replace(CLAIM, designation="Dipl. O.M.", printed="Dipl. O.M.")
    listed_at = person("aama:7", "Odalys Winterhalter", certifications=(other,), fetched_at="2026-11-02T00:00:00Z")
    because = tags_of([CLAIMS, listed_at], ["WA"], world())[0].because
    assert "as 'Dipl. Ac. (NCCAOM)' in the NPI Registry, read on 2026-11-20" in because
    assert "as 'Dipl. O.M.' in the AAMA directory, read on 2026-11-02" in because


def test_of_several_stated_numbers_the_one_that_the_roster_lacks_is_named() -> None:
    two = (license_fact("WA", "AC60012345"), license_fact("WA", "AC60099999"))
    member = person("npi_registry:1", "Odalys Winterhalter", "Seattle", licenses=two)
    seen = world(board_wa={"WA": FRESH})
    assert "does not show number AC60012345 or AC60099999" in licensed(member, seen=seen).needs_review
    seen.board_numbers = frozenset({two[1].key})
    assert "holds number AC60099999; whether" in licensed(member, seen=seen).needs_review


@pytest.mark.parametrize(("hour", "said"), [(9, False), (11, True)])
def test_a_license_runs_to_the_end_of_its_day_in_hawaii_too(hour: int, said: bool) -> None:
    member = board_record("1", replace(license_fact("WA", "AC1", "active"), expires="2026-11-21"))
    seen = replace(world(), now=NOW + timedelta(hours=hour))
    assert ("past its expiry" in licensed(member, seen=seen).needs_review) is said
