"""Rosters that leave something out: one without license numbers, one of active licenses alone. Nothing more is said."""

from __future__ import annotations

from datetime import UTC, datetime

from pipeline.claims import license_field
from pipeline.facts import License, SourceFacts
from pipeline.gather import Reading
from pipeline.tag import Tag, World, tags_of
from tests.people import license_fact, person

NOW = datetime(2026, 11, 22, tzinfo=UTC)
FRESH = "2026-11-20T00:00:00Z"
UNNUMBERED = License("NC", "", "", "", "active", "Active", "", "2026-01-31", "", True)


def licensed(state: str, facts: SourceFacts, *licenses: License, source: str = "npi_registry") -> Tag:
    """The license tag of somebody in a state whose roster, of these facts, was read whole."""
    registry = SourceFacts("npi_registry", "registry", "NPI Registry", "CMS", (), {})
    sources = {"npi_registry": registry, facts.name: facts}
    readings = {name: Reading(name, FRESH, whole={state: FRESH} if name == facts.name else {}) for name in sources}
    member = person(f"{source}:1", "Odalys Winterhalter", "Rolla", state, licenses=licenses)
    return tags_of([member], [state], World(sources, readings, NOW))[1]


def roster(state: str, **kind: bool) -> SourceFacts:
    return SourceFacts(f"board_{state.lower()}", "board", f"{state} roster", f"{state} board", (state,), {}, **kind)  # type: ignore[arg-type]


def test_a_roster_without_numbers_says_nothing_of_a_number() -> None:
    claimed = license_fact("NC", "123")
    assert "holds no license with this number" in licensed("NC", roster("NC"), claimed).needs_review
    tag = licensed("NC", roster("NC", numberless=True), claimed)
    assert (tag.value, tag.needs_review) == ("claimed", "")


def test_a_license_without_a_number_is_named_without_one() -> None:
    tag = licensed("NC", roster("NC", numberless=True), UNNUMBERED, source="board_nc")
    assert tag.value == "active" and "NC board shows a license as 'Active'" in tag.because
    assert tag.needs_review == "The board shows a license as 'Active' past its expiry 2026-01-31."
    assert license_field(UNNUMBERED) == "license NC"


def test_who_is_not_on_a_list_of_active_licenses_is_told_what_the_list_leaves_out() -> None:
    tag = licensed("MO", roster("MO", leaves_out="licenses that are not active"))
    roster_words = "MO board's roster (it leaves out licenses that are not active) was read whole"
    assert tag.value == "not_found" and roster_words in tag.because
    claimed = licensed("MO", roster("MO", leaves_out="licenses that are not active"), license_fact("MO", "2999000101"))
    number_words = "roster, read whole on 2026-11-20 (it leaves out licenses that are not active), holds no license"
    assert number_words in claimed.needs_review
    assert "leaves out" not in licensed("MO", roster("MO")).because
