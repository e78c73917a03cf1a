"""The answer to one question about one practitioner: its shape, as JSON and as lines for a terminal.

Comes in: what `db.check` found. Goes out: dataclasses that pages show, `to_json()` whose names stay,
and plain lines. The words follow one rule: facts with source and date, never a verdict on a person.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any

from db.facts import CORRECTION, PRE_CHECK
from db.profiles import EXCLUSION_SENTENCE, Evidence, Link, Profile, practitioner_address

OUTCOMES = {
    "found": "Found",
    "several_candidates": "Possible matches, none certain",
    "read_and_absent": "Not found in sources that were read",
    "state_not_covered": "This state's board is not covered",
    "source_failed": "The board's list could not be read in time",
    "state_does_not_license": "This state does not license acupuncturists",
    "nothing_found": "Nothing found",
}


class BadQuestion(ValueError):
    """The question cannot be asked this way; the sentence says what to change."""


@dataclass(frozen=True)
class Question:
    """Raw text as a person typed it; every field may be empty, not all of them."""

    name: str = ""
    state: str = ""
    license: str = ""
    npi: str = ""


@dataclass(frozen=True)
class SourceRead:
    """One source that the answer rests on, and when it was last read well."""

    name: str
    title: str
    kind: str
    health: str
    last_good_read: str
    age: str
    complete: bool
    url: str

    @property
    def sentence(self) -> str:
        if not self.last_good_read:
            return f"{self.title}: never read"
        part = "" if self.complete else ", in part"
        return f"{self.title}: read {self.last_good_read}{part} ({self.age})"


@dataclass(frozen=True)
class Candidate:
    """One practitioner the question may mean; `match_level` says how sure that is.

    `withheld` is the sentence that stands for license details not shown below `confirmed`, or "".
    """

    profile: Profile
    match_level: str
    match_reason: str
    withheld: str = ""

    def to_json(self) -> dict[str, Any]:
        profile = self.profile
        return {
            "id": profile.id,
            "name": profile.name,
            "place": profile.place,
            "kind": profile.row["kind"],
            "npi": profile.row["npi"],
            "match_level": self.match_level,
            "match_reason": self.match_reason,
            "needs_review": profile.row["needs_review"],
            "tags": [asdict(badge) | {"claims": list(badge.claims)} for badge in profile.badges],
            "licenses": list(profile.licenses),
            "certifications": list(profile.certifications),
            "exclusion": self.exclusion(),
            "evidence": [evidence.to_json() for evidence in profile.evidence],
            "where_to_verify": [asdict(link) for link in profile.verify],
            "page": practitioner_address(profile.id),
            "withheld": self.withheld or None,
        }

    def exclusion(self) -> dict[str, Any] | None:
        if not self.profile.exclusions:
            return None
        return {"sentence": EXCLUSION_SENTENCE, "rows": list(self.profile.exclusions)}


@dataclass(frozen=True)
class Answer:
    """What is known, how it is known, and which kind of not knowing it is otherwise.

    `outcome` is one key of `OUTCOMES`. `candidates` may be the person asked for; `elsewhere` are
    people of that name outside the state asked for, `unjoined` records of that name that were read
    but belong to no practitioner here. `as_of` is when the file was built.
    """

    question: Question
    outcome: str
    sentences: tuple[str, ...]
    candidates: tuple[Candidate, ...]
    elsewhere: tuple[Candidate, ...]
    unjoined: tuple[Evidence, ...]
    sources: tuple[SourceRead, ...]
    where_to_verify: tuple[Link, ...]
    as_of: str
    disclaimer: str = field(default=PRE_CHECK)
    correction: str = field(default=CORRECTION)

    @property
    def heading(self) -> str:
        return OUTCOMES[self.outcome]

    def to_json(self) -> dict[str, Any]:
        """Return the answer as a JSON document; names and order stay the same between versions."""
        return {
            "question": asdict(self.question),
            "outcome": self.outcome,
            "heading": self.heading,
            "sentences": list(self.sentences),
            "candidates": [candidate.to_json() for candidate in self.candidates],
            "elsewhere": [candidate.to_json() for candidate in self.elsewhere],
            "unjoined": [evidence.to_json() for evidence in self.unjoined],
            "sources": [asdict(source) for source in self.sources],
            "where_to_verify": [asdict(link) for link in self.where_to_verify],
            "as_of": self.as_of,
            "disclaimer": self.disclaimer,
            "correction": self.correction,
        }


def answer_lines(answer: Answer) -> list[str]:
    """Return the answer as plain lines for a terminal."""
    lines = [answer.heading, *answer.sentences]
    for candidate in answer.candidates:
        lines += ["", *candidate_lines(candidate)]
    if answer.elsewhere:
        lines += ["", "Outside that state:"]
        lines += [f"  {c.profile.name}, {c.profile.place} ({c.profile.id})" for c in answer.elsewhere]
    lines += [f"  Record of {e.source_title}: {e.name}, {e.url}, read {e.fetched_at}" for e in answer.unjoined]
    lines += ["", "Sources:", *(f"  {source.sentence}" for source in answer.sources)]
    lines += ["", "Where to verify:", *(f"  {link.title}: {link.url}" for link in answer.where_to_verify)]
    return [*lines, "", f"Built {answer.as_of}. {answer.disclaimer}", answer.correction]


def candidate_lines(candidate: Candidate) -> list[str]:
    profile = candidate.profile
    lines = [
        f"{profile.name}, {profile.place}  [{profile.id}]",
        f"  Match {candidate.match_level}: {candidate.match_reason}",
    ]
    lines += [f"  {badge.scope}: {badge.label}. {badge.because}".rstrip() for badge in profile.badges]
    lines += [f"  {candidate.withheld}"] if candidate.withheld else []
    lines += [f"  License {row['state']} {number_of(row)}: {row['status']}{until(row)}" for row in profile.licenses]
    lines += [f"  Needs review: {profile.row['needs_review']}"] if profile.row["needs_review"] else []
    lines += [f"  {EXCLUSION_SENTENCE}"] if profile.exclusions else []
    return lines + [f"  From {e.source_title}, {e.url}, read {e.fetched_at}" for e in profile.evidence]


def number_of(row: dict[str, Any]) -> str:
    """Some boards print no number."""
    return row["number"] or "(no number printed)"


def until(row: dict[str, Any]) -> str:
    return f", expires {row['expires']}" if row["expires"] else ""
