"""Sentences that no fixed phrase covers are weighed by their cues: what counts and what never does."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from pipeline.rules import RuleError
from pipeline.web_claims import claims_in, readings_in
from pipeline.web_cues import points_of, weigh
from pipeline.web_mentions import license_mentions, national_mentions
from pipeline.web_phrases import Phrase, phrases


@pytest.fixture(autouse=True)
def _fresh_points() -> Iterator[None]:
    from pipeline import web_cues

    web_cues._points.cache_clear()
    yield
    web_cues._points.cache_clear()


@pytest.mark.parametrize(
    ("text", "tense"),
    [
        ("Recertified by the NCCAOM in January.", "current"),
        ("The NCCAOM certified me in 1998 and has recertified me every four years since.", "current"),
        ("In 2019 the NCCAOM revoked the certification of Evander Pellworth after a hearing.", "past"),
        ("I'm no wizard, just an NCCAOM-certified acupuncturist with warm hands.", "current"),
        ("You will be treated by Marcellus, who is certified by the NCCAOM.", "current"),
        ("Unlike most MDs who needle, Dr. Anneliese Toivonen is NCCAOM certified.", "current"),
        ("Registered\nNurse turned\nLicensed Acupuncturist\n(NCCAOM board-\ncertified)", "current"),
        ('"hasCredential": "Diplomate of Oriental Medicine (NCCAOM)"', "current"),
    ],
)
def test_ways_nobody_thought_of_are_claims(text: str, tense: str) -> None:
    assert {claim.tense for claim in claims_in(text) if claim.issuer == "NCBAHM"} == {tense}


# Each frame is an explanation, a demand or a denial, whatever is put into it.
SAID_OF_NOBODY = [
    "{} is awarded after three exams.",
    "Without {}, graduates cannot apply in Ohio.",
    "Applicants need {} and two references.",
    "{} is the hallmark of a well trained acupuncturist.",
    "Insurance panels look for {}.",
    "Position requires {}.",
    "The cost of {} went up again.",
    "Renewing {}? Take this class.",
]


@pytest.mark.parametrize("frame", SAID_OF_NOBODY)
@pytest.mark.parametrize("noun", ["NCCAOM certification", "national board certification (NCCAOM)", "a Dipl. O.M."])
def test_explanations_are_no_claims(frame: str, noun: str) -> None:
    assert claims_in(frame.format(noun)) == []


BOARDS = ["NCCAOM", "The NCBAHM", "The National Certification Commission for Acupuncture and Oriental Medicine"]
ACTS = ["adopted", "announced", "renamed", "founded", "offers", "requires", "maintains", "publishes", "will hold"]
OBJECTS = [
    "a new name, the National Certification Board for Acupuncture and Herbal Medicine (NCBAHM).",
    "certification standards for acupuncture.",
    "its directory of Diplomates.",
]


@pytest.mark.parametrize("act", ACTS)
@pytest.mark.parametrize("board", BOARDS)
def test_what_the_board_does_is_nobodys_claim(board: str, act: str) -> None:
    assert [claim for thing in OBJECTS for claim in claims_in(f"{board} {act} {thing}")] == []


SAID_OF_OTHERS = [
    "My dad was an acupuncturist in Tainan and his license hung over the stove.",
    "My grandmother kept her acupuncture license in a cookie tin.",
    "My sister got her L.Ac. the same year I opened the bakery.",
    "My aunt lives in Oslo. She is certified by the NCCAOM.",
    "The landlord's son Peter is an NCCAOM Diplomate in Ohio.",
    "Mrs. Alderfinch, whose daughter is a licensed acupuncturist, runs the front desk.",
    "Raised by a licensed acupuncturist, Jessamy learned early to sit still.",
    "Jessamy Thornquill has a client who is certified by the NCCAOM.",
    "Jessamy Thornquill has questions about NCCAOM certification.",
    "She has a brother with an acupuncture license in Texas.",
    "She has taught hundreds who now hold NCCAOM certification.",
    "I have always admired NCCAOM Diplomates.",
    "Her book explains certification by the NCCAOM.",
    "Suppose Jane is NCCAOM certified in Utah and moves to Maine.",
    "Consent order: respondent shall not represent that he is a licensed acupuncturist.",
    "Congratulations to all of our new NCCAOM Diplomates!",
    "\u00a9 2025 National Certification Commission for Acupuncture and Oriental Medicine. All rights reserved.",
    "Diplomate in Oriental Medicine, American Association of Invented Arts (honorary)",
]


@pytest.mark.parametrize("text", SAID_OF_OTHERS)
def test_what_is_said_of_others_is_no_claim(text: str) -> None:
    assert claims_in(text) == []


@pytest.mark.parametrize(
    ("text", "kind", "tense"),
    [
        ("You can find my certification in the NCCAOM directory.", "certification", "current"),
        ("I am on three panels, all of which verify my NCCAOM board certification.", "certification", "current"),
        ("All three of us are NCCAOM Diplomates.", "certification", "current"),
        ("His daughter Sunniva, L.Ac., is NCCAOM certified and runs the clinic.", "certification", "current"),
        ("Hi there! Rosalind here, a licensed acupuncturist and mother of twins.", "license", "current"),
        ("I was certified by NCCAOM from 1997 to 2013; my New York license remains active.", "license", "current"),
        ("Dipl. O.M. (NCCAOM) valid thru 2021", "certification", "past"),
        ("Back then I was NCCAOM certified.", "certification", "past"),
        ("Status with NCBAHM: inactive", "certification", "past"),
    ],
)
def test_what_is_somebodys_own_stays_a_claim(text: str, kind: str, tense: str) -> None:
    assert tense in {claim.tense for claim in claims_in(text) if claim.kind == kind}


def test_several_states_with_their_numbers_are_all_read() -> None:
    claims = claims_in("Licenses: CA AC1234, NV 0567, AZ 0891")
    assert {claim.state for claim in claims} == {"CA", "NV", "AZ"}


def test_every_mention_has_points() -> None:
    (reading,) = readings_in("Licensed in Idaho and certified by NCCAOM, Corwin splits the week.")
    for kind, mentions in (("certification", national_mentions), ("license", license_mentions)):
        assert points_of(kind, weigh(reading, mentions(reading)[0]).facts) != 0


def test_points_that_cannot_be_read_name_their_row(monkeypatch: pytest.MonkeyPatch) -> None:
    cue = phrases("cue")[0]
    torn = Phrase(cue.id, cue.kind, cue.pattern, "license before many")
    monkeypatch.setattr("pipeline.web_cues.phrases", lambda kind: (torn,))
    with pytest.raises(RuleError, match=cue.id):
        points_of("license", ())
