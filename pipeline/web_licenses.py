"""Acupuncture licenses that a sentence says a person has: the state and the number where they are printed.

In: a read sentence. Out: state, number, tense and person. Letters of one state (A.P., AEMP) name it; letters that are a
license in some states only (D.O.M., O.M.D., C.Ac.) count where the clinic is there and nowhere else. Licenses of other
professions and countries are none.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import islice

from pipeline.credentials import LocatedCredential
from pipeline.numbers import license_key
from pipeline.web_phrases import Phrase, first_phrase, found_phrases, leading_phrase, phrases
from pipeline.web_reading import Mention, Reading
from pipeline.web_statements import LICENSE, Said, said_of
from pipeline.web_states import license_states, states_named
from pipeline.web_weighed import weighed_licenses

# Phrases that name the field themselves, and those that count only where nothing says that it is another.
_OF_ACUPUNCTURE = ("license",)
_OF_SOME_FIELD = ("license_noun", "license_by_board", "license_with_certificate", "license_by_state")
MOST_NUMBERS = 12
_CAPITALS = "lac_caps"
_SPELLED_OUT = re.compile(r"[a-z]{4}")
_SEVERAL = re.compile(r"acupuncturists\Z", re.I)


@dataclass(frozen=True)
class LicenseSaid:
    state: str
    number: str
    said: Said


@dataclass(frozen=True)
class _Found:
    mention: Mention
    state: str = ""
    number: str = ""


def licenses_in(reading: Reading) -> list[LicenseSaid]:
    """Every acupuncture license a sentence claims; one without a state only where none with a state stands there."""
    mentioned = (*_numbers(reading), *_letters(reading), *_letters_behind_names(reading), *_in_words(reading))
    licenses = [one for found in mentioned for one in _said(reading, found)]
    licenses = licenses or [*_weighed(reading)]
    if first_phrase("abroad_named", reading.plain):
        licenses = [one for one in licenses if one.state]
    return _without_repeats(licenses)


def _said(reading: Reading, found: _Found) -> list[LicenseSaid]:
    said = said_of(reading, found.mention)
    return _in_states(reading, found, said) if said else []


def _in_states(reading: Reading, found: _Found, said: Said) -> list[LicenseSaid]:
    states = [found.state] if found.state else license_states(reading.plain, found.mention.start, found.mention.end)
    return [LicenseSaid(state, found.number, said) for state in (states or [reading.setting.regulator])]


def _weighed(reading: Reading) -> Iterator[LicenseSaid]:
    """Licenses that the cues of a sentence give to somebody, where it names the field, a state or a number."""
    if not _is_for_acupuncture(reading):
        return
    numbered = list(_numbers(reading))
    for mention, said in weighed_licenses(reading):
        beside = [one for one in numbered if one.mention.start < mention.end and mention.start < one.mention.end]
        licenses = [one for found in beside or [_Found(mention)] for one in _in_states(reading, found, said)]
        named = first_phrase("acupuncture_named", reading.plain) is not None
        yield from (one for one in licenses if named or one.state or one.number)


def _without_repeats(found: list[LicenseSaid]) -> list[LicenseSaid]:
    """Each license once: the only state named is every license's, and a bare claim beside a fuller one says nothing."""
    states = {one.state for one in found if one.state}
    if len(states) == 1:
        found = [replace(one, state=one.state or next(iter(states))) for one in found]
    fuller = [one for one in found if one.state or one.number] or found[:1]
    numbered = {one.state for one in fuller if one.number}
    kept = [one for one in fuller if one.number or one.state not in numbered]
    return list({_key(one): one for one in reversed(kept)}.values())[::-1]


def _key(one: LicenseSaid) -> tuple[str, str, tuple[str, ...]]:
    return one.state, license_key(one.state, one.number) or one.number, one.said.names


def _in_words(reading: Reading) -> Iterator[_Found]:
    kinds = _OF_ACUPUNCTURE + (_OF_SOME_FIELD if _is_for_acupuncture(reading) else ())
    for kind in kinds:
        for phrase, match in found_phrases(kind, reading.plain):
            yield _Found(Mention(*match.span(), phrase.id, LICENSE, needs_owner=kind == "license_noun"))


def _is_for_acupuncture(reading: Reading) -> bool:
    """Whether a license without its profession is one for acupuncture: nothing in or around the sentence denies it."""
    if reading.setting.field_is_doubtful or first_phrase("other_profession_named", reading.plain):
        return False
    return not reading.has_clinical_degree()


def _letters(reading: Reading) -> Iterator[_Found]:
    for located in reading.credentials:
        state = _state_of_letters(reading, located)
        if state is not None:
            plural = _SEVERAL.search(located.credential.printed) is not None
            yield _Found(Mention(located.start, located.end, located.credential.id, LICENSE, plural=plural), state)


def _letters_behind_names(reading: Reading) -> Iterator[_Found]:
    """Letters that are a license only right behind a name: `Jane Doe AP`."""
    for phrase, match in found_phrases("license_letters", reading.plain):
        if reading.is_behind_name(match.start()) and reading.setting.place in ("", phrase.value):
            yield _Found(Mention(*match.span(), phrase.id, LICENSE), phrase.value)


def _state_of_letters(reading: Reading, located: LocatedCredential) -> str | None:
    """The state that letters name, "" for L.Ac., None where they are no license."""
    place = reading.setting.place or _state_in_brackets(reading, located)
    spelled_out = _SPELLED_OUT.search(located.credential.printed) is not None
    if located.credential.id == _CAPITALS and not _is_acupuncturist(reading, located):
        return None
    anywhere = leading_phrase("letters_anywhere", located.credential.id)
    if anywhere:
        here = not anywhere.value or place in ("", anywhere.value)
        return anywhere.value if here else "" if spelled_out else None
    there = [row for row in phrases("letters_of_state") if row.pattern.match(located.credential.id)]
    return place if not spelled_out and place in {row.value for row in there} else None


def _state_in_brackets(reading: Reading, located: LocatedCredential) -> str:
    """The state printed right behind letters: `DOM (NM)`."""
    phrase, after = leading_phrase("state_in_brackets", reading.plain[located.end :]), reading.plain[located.end :]
    match = phrase.pattern.match(after) if phrase else None
    return states_named(match["states"])[0] if match else ""


def _is_acupuncturist(reading: Reading, located: LocatedCredential) -> bool:
    """Whether `LAC` is a licensed acupuncturist and no counselor."""
    field = reading.setting.acupuncture and first_phrase("counselor", reading.plain) is None
    return field and reading.is_behind_name(located.start)


def _numbers(reading: Reading) -> Iterator[_Found]:
    for phrase, match in islice(found_phrases("license_number", reading.plain), MOST_NUMBERS):
        number = match["number"].strip(" .-")
        if _is_license_number(reading, match, number):
            yield _numbered(reading, phrase, match, number)


def _numbered(reading: Reading, phrase: Phrase, match: re.Match[str], number: str) -> _Found:
    mention = Mention(match.start(), match.end("number"), phrase.id, LICENSE)
    return _Found(mention, _state(reading, mention, number), number)


def _is_license_number(reading: Reading, match: re.Match[str], number: str) -> bool:
    """Whether the digits are an acupuncture license: no year, no other profession's, and something that says so."""
    if leading_phrase("number_prefix", number):
        return True
    marked = first_phrase("marked_number", reading.plain[: match.start("number")]) is not None
    if any(row.pattern.match(number) for row in phrases("not_a_number") if not (marked and row.id == "year")):
        return False
    if first_phrase("acupuncture_named", match.group()):
        return True
    said = license_states(reading.plain, match.start(), match.end()) or _is_behind_letters(reading, match.start())
    return bool(said) and _is_for_acupuncture(reading)


def _is_behind_letters(reading: Reading, at: int) -> bool:
    """Whether letters of a license behind a name stand before a number."""
    before = (one for one in reversed(reading.credentials) if one.end <= at)
    letters = next((one for one in before if _state_of_letters(reading, one) is not None), None)
    return letters is not None and reading.is_behind_name(letters.start)


def _state(reading: Reading, mention: Mention, number: str) -> str:
    """The state of a number, also from a state's own letters before it or in it."""
    states = license_states(reading.plain, mention.start, mention.end)
    beside = [one for one in reading.credentials if one.start <= mention.end and one.end >= mention.start - 3]
    known = [state for one in beside if (state := _state_of_letters(reading, one))]
    prefix = leading_phrase("number_prefix", number)
    return (states or known or [prefix.value if prefix else ""])[0]
