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
