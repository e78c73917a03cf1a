"""Certificates that a sentence mentions and says a person has.

In: a read sentence. Out: issuer, designation, tense and person for each certificate. Letters and designations come from
rules/credential_spellings.csv, the ways of naming the national board from rules/claim_phrases.csv.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from pipeline.credentials import GENERIC_CLAIM, NATIONAL_BOARD, FoundCredential, LocatedCredential
from pipeline.facts import CERTIFIER_ISSUER
from pipeline.web_mentions import is_weak
from pipeline.web_phrases import first_phrase, found_phrases, leading_phrase, phrases, word
from pipeline.web_reading import Mention, Reading
from pipeline.web_statements import CERTIFICATION, PAST, Said, said_of
from pipeline.web_weighed import weighed_certificates

OTHER_CERTIFICATION = "other_certification"
LONGEST_LETTER_LIST = 60
_SEVERAL = re.compile(r"diplomat(?:es|s)\Z", re.I)
_BETWEEN_LETTERS = re.compile(r"[\s,;/&(\u00b7-]*")


@dataclass(frozen=True)
class Certificate:
    issuer: str
    designation: str
    said: Said


def certificates_in(reading: Reading) -> list[Certificate]:
    """Every certificate a sentence claims, once; the board's bare name only where the person has no designation."""
    found = [*_designated(reading), *_of_other_boards(reading)]
    known = {one.said.names for one in found if one.issuer == CERTIFIER_ISSUER}
    for said in _by_named_board(reading):
        if not any(not names or not said.names or names == said.names for names in known):
            known.add(said.names)
            found.append(Certificate(CERTIFIER_ISSUER, "", said))
    found += _weighed(reading, found)
    unique = {(one.issuer, one.designation, one.said.names, one.said.tense): one for one in reversed(found)}
    return list(unique.values())[::-1]


def _weighed(reading: Reading, found: list[Certificate]) -> Iterator[Certificate]:
    """What the cues of a sentence say of a person beyond what its fixed phrases say."""
    national = [one for one in found if one.issuer == CERTIFIER_ISSUER]
    known = {one.designation for one in national}
    for mention, said in weighed_certificates(reading):
        inside = [name for name, one in _designations(reading) if one.start < mention.end and mention.start < one.end]
        for designation in inside or [""]:
            if designation not in known and (designation or not national):
                known.add(designation)
                yield Certificate(CERTIFIER_ISSUER, designation, said)


def _designated(reading: Reading) -> Iterator[Certificate]:
    """Designations of the national board: letters, the words for them, and several joined in one phrase."""
    for designation, mention in _designations(reading):
        said = said_of(reading, mention)
        if said:
            yield Certificate(CERTIFIER_ISSUER, designation, said)


def _designations(reading: Reading) -> Iterator[tuple[str, Mention]]:
    for located in reading.credentials:
        if _is_designation(located.credential) and not is_weak(reading, located):
            own = leading_phrase("own_board", reading.plain[located.end :]) is not None
            mention = Mention(located.start, located.end, located.credential.id, CERTIFICATION, letters=not own)
            yield located.credential.designation, mention
    for phrase, match in found_phrases("designation_also", reading.plain):
        yield phrase.value, Mention(*match.span(), phrase.id, CERTIFICATION)
    for phrase, match in found_phrases("diplomate_fields", reading.plain):
        for designation in _fields(_body().sub("", match.group())):
            yield designation, Mention(*match.span(), phrase.id, CERTIFICATION)


def _is_designation(credential: FoundCredential) -> bool:
    return credential.issuer == NATIONAL_BOARD and credential.designation != ""


@cache
def _body() -> re.Pattern[str]:
    """The board's name, which names fields that are nobody's."""
    return re.compile(word("body"), re.I)


def _fields(text: str) -> list[str]:
    """The designations of the fields named in TEXT."""
    named = re.findall(word("field"), text, re.I)
    found = [next((row.value for row in phrases("field") if row.pattern.fullmatch(field)), "") for field in named]
    return [designation for designation in found if designation]


def _names_board(reading: Reading) -> bool:
    return first_phrase("board_letters", reading.plain) is not None


def _of_other_boards(reading: Reading) -> Iterator[Certificate]:
    """Certificates that are other boards' and are never mixed with the national board's."""
    for located in reading.credentials:
        credential = located.credential
        if credential.issuer == NATIONAL_BOARD or credential.type not in ("certification", "other_board"):
            continue
        said = said_of(reading, Mention(located.start, located.end, credential.id, OTHER_CERTIFICATION))
        if said:
            yield Certificate(credential.issuer, credential.canonical, said)


def _by_named_board(reading: Reading) -> Iterator[Said]:
    """What is said of people with the board named, in the sentence or near it, and no designation."""
    mentions = _of_board(reading) if _names_board(reading) else iter(())
    for mention in (*mentions, *_nationally(reading)):
        said = said_of(reading, mention)
        if said:
            yield said
    yield from _by_the_board(reading)


def _by_the_board(reading: Reading) -> Iterator[Said]:
    """What the board itself did: `The NCCAOM certified me in 2004`, `NCCAOM revoked the certificate of …`."""
    if reading.plain.endswith("?") or reading.setting.requires:
        return
    for phrase, match in found_phrases("certificate_given", reading.plain):
        behind = [one.name for one in reading.names if one.start >= match.end()]
        yield Said(phrase.value, phrase.id, tuple(behind[:1]) if phrase.value == PAST else ())


def _of_board(reading: Reading) -> Iterator[Mention]:
    for phrase, match in found_phrases("certificate", reading.plain):
        several = _SEVERAL.search(match.group()) is not None
        yield Mention(*match.span(), phrase.id, CERTIFICATION, plural=several)
    for phrase, match in found_phrases("certificate_noun", reading.plain):
        yield Mention(*match.span(), phrase.id, CERTIFICATION, needs_owner=True)
    for phrase, match in found_phrases("certificate_person", reading.plain):
        yield Mention(*match.span(), phrase.id, CERTIFICATION, person_only=True)
    if reading.setting.certificates:
        for phrase, match in found_phrases("board_listed", reading.plain):
            yield Mention(*match.span(), phrase.id, CERTIFICATION)
    yield from _among_letters(reading)


def _nationally(reading: Reading) -> Iterator[Mention]:
    """`Nationally certified in acupuncture`: of a person, and as a badge only with the board's name beside it."""
    if not (reading.has_clinical_degree() or first_phrase("other_profession_named", reading.plain)):
        for phrase, match in found_phrases("certificate_near", reading.plain):
            yield Mention(*match.span(), phrase.id, CERTIFICATION, person_only=not reading.setting.board_named)


def _among_letters(reading: Reading) -> Iterator[Mention]:
    """The board's letters behind a name and other letters, or in a short list of letters: `L.Ac., NCCAOM`."""
    others = [one for one in reading.credentials if one.credential.id != GENERIC_CLAIM]
    for phrase, match in found_phrases("board_letters", reading.plain):
        if " " not in match.group() and any(_is_in_letter_list(reading, one, match.start()) for one in others):
            yield Mention(*match.span(), phrase.id, CERTIFICATION)


def _is_in_letter_list(reading: Reading, other: LocatedCredential, at: int) -> bool:
    if other.end > at or not _BETWEEN_LETTERS.fullmatch(reading.plain[other.end : at]):
        return False
    return reading.is_behind_name(other.start) or len(reading.plain) <= LONGEST_LETTER_LIST
