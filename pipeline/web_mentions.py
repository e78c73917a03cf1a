"""Wide mentions: every place where a sentence names the national board, a designation or a license, however it does.

In: a reading. Out: the mentions that pipeline/web_cues.py weighs. The words that belong to the board's name
("nationally certified in acupuncture by the …", "… board certification") are part of the mention.
"""

from __future__ import annotations

from collections.abc import Iterator

from pipeline.credentials import NATIONAL_BOARD, LocatedCredential
from pipeline.web_phrases import first_phrase, found_phrases, leading_phrase, phrases
from pipeline.web_reading import Mention, Reading
from pipeline.web_statements import CERTIFICATION, LICENSE

BOARD, BOARD_WORDS, FIELD, LICENSED = "weighed_board", "weighed_board_words", "weighed_field", "weighed_license"


def national_mentions(reading: Reading) -> list[Mention]:
    """The board's name with the words that belong to it, and its designations."""
    found = [*_boards(reading), *_designations(reading)]
    taken = [(one.start, one.end) for one in found] + [(one.start, one.end) for one in reading.credentials]
    for _, match in found_phrases("wide_diplomate", reading.plain):
        if not any(start < match.end() and match.start() < end for start, end in taken):
            found.append(Mention(*match.span(), FIELD, CERTIFICATION, letters=True))
    return found


def _boards(reading: Reading) -> Iterator[Mention]:
    for _, match in found_phrases("board_letters", reading.plain):
        start, end = _widened(reading.plain, *match.span())
        rule = BOARD if (start, end) == match.span() else BOARD_WORDS
        noun = rule == BOARD_WORDS and not first_phrase("says_certified", reading.plain[start:end])
        yield Mention(start, end, rule, CERTIFICATION, needs_owner=noun)


def _widened(plain: str, start: int, end: int) -> tuple[int, int]:
    before = next((found for row in phrases("wide_before") if (found := row.pattern.search(plain[:start]))), None)
    behind = leading_phrase("wide_behind", plain[end:])
    match = behind.pattern.match(plain[end:]) if behind else None
    return before.start() if before else start, end + (match.end() if match else 0)


def _designations(reading: Reading) -> Iterator[Mention]:
    for located in reading.credentials:
        credential = located.credential
        if credential.issuer == NATIONAL_BOARD and credential.designation and not is_weak(reading, located):
            own = leading_phrase("own_board", reading.plain[located.end :]) is not None
            yield Mention(located.start, located.end, FIELD, CERTIFICATION, letters=not own)


def is_weak(reading: Reading, located: LocatedCredential) -> bool:
    """Whether letters need the board's name and stand without it: `Dip. Ac.`, or a chiropractor's `Dipl. Ac.`."""
    behind = reading.plain[located.end :]
    if first_phrase("board_letters", reading.plain) or leading_phrase("board_before_1997", behind):
        return False
    return first_phrase("without_l", located.credential.printed) is not None or reading.has_clinical_degree()


def license_mentions(reading: Reading) -> list[Mention]:
    """Every word for a license with the profession behind it."""
    return [Mention(*match.span(), LICENSED, LICENSE) for _, match in found_phrases("wide_license", reading.plain)]
