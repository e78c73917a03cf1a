"""Claims that the text of a website makes: who says to have which certificate or license, now or in the past.

In: the visible text of a page with its line breaks, and the state of the clinic. Out: claims, each with the sentence
that makes it, word for word, and the rule that decided. A claim is what the page says and proves nothing. Explanations
("What is NCCAOM?"), students, denials, examinations, other boards and people in general are not claims;
rules/claim_phrases.csv holds the words that tell them apart.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cache

from pipeline.facts import CERTIFIER_ISSUER
from pipeline.web_certificates import certificates_in
from pipeline.web_licenses import licenses_in
from pipeline.web_phrases import first_phrase, found_phrases, leading_phrase
from pipeline.web_reading import Reading, Setting, read_sentence
from pipeline.web_sentences import Sentence, sentences_in
from pipeline.web_statements import CERTIFICATION, CURRENT, LICENSE, PAST
from pipeline.web_states import states_named
from pipeline.web_teams import of_team, without_places

LICENSING_BOARD = ""
PERSON, TEAM = "person", "team"
_REACH_OF_TAKING_BACK = 4
_NEAR = 2
_SURROUNDINGS = 4
_SNIPPET = 4
_LONGEST_HEADING = 90


@dataclass(frozen=True)
class TextClaim:
    """One claim: `subject` is the name printed in the sentence, "" for a pronoun or a badge; `text[start:end]` is
    `sentence`; `rule` is a row of claim_phrases or, for letters, of credentials; `about` is "team"
    where it is said of everybody of a practice, and of no person.
    """

    subject: str
    kind: str
    issuer: str
    designation: str
    state: str
    number: str
    tense: str
    sentence: str
    start: int
    end: int
    rule: str
    about: str = PERSON


def claims_in(text: str, place: str = "") -> list[TextClaim]:
    """The claims of a page in the order of the text.

    PLACE is the clinic's state: letters such as D.O.M. that mean a license in one state only are read there.
    """
    sentences = sentences_in(text)
    settings = _settings(sentences, place.strip().upper())
    claims: list[TextClaim] = []
    for at, sentence in enumerate(sentences):
        if first_phrase("may_claim", sentence.plain):
            claims += _claims_of_somebody(read_sentence(sentence, settings[at]))
        if claims and first_phrase("taken_back", sentence.plain):
            claims = _taken_back(claims, sentences, at)
    return claims


def readings_in(text: str, place: str = "") -> list[Reading]:
    """The sentences of a page that may hold a claim, each read in its setting."""
    sentences = sentences_in(text)
    settings = _settings(sentences, place.strip().upper())
    pairs = zip(sentences, settings, strict=True)
    return [read_sentence(one, setting) for one, setting in pairs if first_phrase("may_claim", one.plain)]


def _claims_of_somebody(reading: Reading) -> list[TextClaim]:
    """What a sentence says of a person, else what it says of a team."""
    claims, team = _claims_of(without_places(reading)), of_team(reading)
    if claims or team is None:
        return claims
    return [replace(claim, about=TEAM) for claim in _claims_of(team)]


def _claims_of(reading: Reading) -> list[TextClaim]:
    claims = [
        _claim(reading, name, CERTIFICATION, one.issuer, one.designation, "", "", one.said.tense, one.said.rule)
        for one in certificates_in(reading)
        for name in one.said.names or ("",)
    ]
    return claims + [
        _claim(reading, name, LICENSE, LICENSING_BOARD, "", one.state, one.number, one.said.tense, one.said.rule)
        for one in licenses_in(reading)
        for name in one.said.names or ("",)
    ]


def _claim(reading: Reading, name: str, kind: str, issuer: str, *values: str) -> TextClaim:
    designation, state, number, tense, rule = values
    place = reading.sentence
    return TextClaim(name, kind, issuer, designation, state, number, tense, place.text, place.start, place.end, rule)


def _taken_back(claims: list[TextClaim], sentences: list[Sentence], at: int) -> list[TextClaim]:
    """The claims with those past that a sentence soon after them takes back: "My certification has lapsed." """
    phrase = first_phrase("taken_back", sentences[at].plain)
    soon = sentences[max(0, at - _REACH_OF_TAKING_BACK)].start
    last = max(
        (claim.start for claim in claims if claim.kind == CERTIFICATION and claim.start < sentences[at].start),
        default=-1,
    )
    if phrase is None or last < soon or first_phrase("restored", sentences[at].plain):
        return claims
    return [
        replace(claim, tense=PAST, rule=phrase.id) if claim.start == last and _is_national(claim) else claim
        for claim in claims
    ]


def _is_national(claim: TextClaim) -> bool:
    return claim.kind == CERTIFICATION and claim.issuer == CERTIFIER_ISSUER and claim.tense == CURRENT


def _settings(sentences: list[Sentence], place: str) -> list[Setting]:
    """What stands around each sentence: the question or heading it answers to, and what its neighbors name."""
    whole = " ".join(sentence.plain for sentence in sentences)
    page = Setting(
        place=place,
        acupuncture=first_phrase("acupuncture_named", whole) is not None,
        they_is_one=first_phrase("they_is_one", whole) is not None,
    )
    named = [first_phrase("board_letters", sentence.plain) is not None for sentence in sentences]
    doubtful, relatives = _doubtful(sentences), _of_relatives(sentences)
    found, above = [], Setting()
    for at, sentence in enumerate(sentences):
        above = _below(above, sentence)
        found.append(
            replace(
                page,
                explains=above.explains,
                requires=above.requires,
                certificates=above.certificates,
                board_named=any(named[max(0, at - _NEAR) : at + _NEAR + 1]),
                field_is_doubtful=doubtful[at],
                of_a_relative=relatives[at],
                regulator=_regulator(sentences[max(0, at - 1) : at + 2]),
            )
        )
    return found


def _regulator(near: list[Sentence]) -> str:
    """The state of the board that a sentence beside names as the one in charge."""
    found = [match["states"] for one in near for _, match in found_phrases("regulator", one.plain)]
    states = states_named(" ".join(found)) if found else []
    return states[0] if len(states) == 1 else ""


def _of_relatives(sentences: list[Sentence]) -> list[bool]:
    """For each sentence whether it goes on about the writer's relative: `My aunt lives in Oslo. She is …`."""
    found: list[bool] = []
    for at, sentence in enumerate(sentences):
        before = sentences[at - 1].plain if at else ""
        told = before.casefold().startswith("my ") and leading_phrase("relative_speaks", before) is not None
        goes_on = leading_phrase("goes_on", sentence.plain) is not None
        found.append(goes_on and (told or (at > 0 and found[-1])))
    return found


def _doubtful(sentences: list[Sentence]) -> list[bool]:
    """For each sentence whether its surroundings leave open that its license is one for acupuncture."""
    field = [first_phrase("acupuncture_named", sentence.plain) is not None for sentence in sentences]
    if len(sentences) <= _SNIPPET:
        return [False] * len(sentences)
    return [not any(field[max(0, at - _SURROUNDINGS) : at + _SURROUNDINGS + 1]) for at in range(len(sentences))]


def _below(above: Setting, sentence: Sentence) -> Setting:
    """The setting after a sentence: questions and headings change it, a sentence about a person ends an explanation."""
    plain = sentence.plain
    if plain.endswith("?"):
        return Setting(explains=first_phrase("question_to_us", plain) is None)
    if sentence.alone or len(plain) <= _LONGEST_HEADING:
        for kind, setting in _headings().items():
            if leading_phrase(kind, plain.rstrip(" :")):
                return setting
    if above.explains and (leading_phrase("speaks_of_a_person", plain) or first_phrase("license_number", plain)):
        return Setting()
    return above


@cache
def _headings() -> dict[str, Setting]:
    return {
        "heading_requires": Setting(requires=True),
        "heading_explains": Setting(explains=True),
        "heading_affiliations": Setting(),
        "heading_certificates": Setting(certificates=True),
        "heading_people": Setting(),
    }
