"""Whether a weighed mention is really somebody's: the last question before cues alone make a claim.

In: a reading, a mention and its holder. Out: yes only where a person stands in the sentence (or it is a fragment that
is somebody's own line) and the certificate or license is in a possessing relation to that person: certified by, holds,
my. What an organization does, what stands in a notice of rights and what is a relative's is nobody's.
"""

from __future__ import annotations

from pipeline.web_holders import PERSON, Holder
from pipeline.web_mentions import BOARD
from pipeline.web_phrases import blanked, first_phrase, leading_phrase
from pipeline.web_reading import Mention, Reading
from pipeline.web_statements import LICENSE

_SEVERAL = 2


def is_possessed(reading: Reading, mention: Mention, holder: Holder | None) -> bool:
    """Whether the holder is said to have what is mentioned."""
    if holder is None or first_phrase("of_organizations", reading.plain):
        return False
    if len(holder.names) < _SEVERAL and first_phrase("several_people", reading.plain[mention.start : mention.end]):
        return False
    if mention.rule == BOARD:
        return _is_their_board(reading, mention, holder)
    if holder.kind != PERSON or first_phrase("says_certified", reading.plain[mention.start : mention.end]):
        return True
    return _is_had(reading, mention, holder)


def _is_their_board(reading: Reading, mention: Mention, holder: Holder) -> bool:
    """Whether the bare name of the board stands for a certificate: words for one stand beside it, not in its name."""
    outside = blanked("board_letters", reading.plain)
    if first_phrase("certificate_words", outside) is None:
        return False
    return holder.kind != PERSON or first_phrase("given_by", reading.plain[: mention.start]) is not None


def _is_had(reading: Reading, mention: Mention, holder: Holder) -> bool:
    """Whether the words from the person to the mention say that it is the person's."""
    plain = reading.plain
    licensed = first_phrase("says_licensed", plain[mention.start : mention.end]) is not None
    if licensed and mention.kind == LICENSE:
        return True
    subject = None if holder.opens(mention) else holder.subject
    if subject is None or subject.start >= mention.start:
        return first_phrase("owns", holder.lead) is not None
    owned = first_phrase("owns", plain[subject.start : mention.start]) is not None
    return owned or leading_phrase("listed_behind", plain[subject.end : mention.start]) is not None
