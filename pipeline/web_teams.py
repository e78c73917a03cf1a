"""What a sentence says of everybody who practices in one place: "All of our acupuncturists are NCCAOM certified".

In: a sentence read as of people in general. Out: the same reading with the team as its subject, or None where it speaks
of no team. A team's claim is true of nobody in particular and is never given to a person.
"""

from __future__ import annotations

from dataclasses import replace

from pipeline.web_phrases import first_phrase, found_phrases
from pipeline.web_reading import Reading
from pipeline.web_subjects import NAMED, TEAM, Subject

# As far behind its first word the words for a team may reach: "Every acupuncturist at Saltmarsh Clinic".
_REACH = 60


def without_places(reading: Reading) -> Reading:
    """The reading without names that stand in the words for a team: `everyone at Larkspur & Vetch`."""
    spans = [match.span() for _, match in found_phrases("team", reading.plain)]
    kept = [one for one in reading.subjects if one.kind != NAMED or not any(a <= one.start < b for a, b in spans)]
    return replace(reading, subjects=tuple(kept))


def of_team(reading: Reading) -> Reading | None:
    """The reading with a team as its subject; names in the words for the team are those of places."""
    found = sorted(match.span() for _, match in found_phrases("team", reading.plain))
    if not found or first_phrase("team_stopped", reading.plain):
        return None
    start, end = found[0]
    later = [one for one in reading.subjects if one.start > end + _REACH and one.kind != NAMED]
    return replace(reading, subjects=(Subject(TEAM, start, end), *later))
