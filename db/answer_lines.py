"""The answer to one question as plain lines for a terminal of 100 columns: verdict first, then why.

Comes in: an `Answer`. Goes out: lines. A few people are told in full; many are told in two lines each, so that a common
name does not hide who is meant.
"""

from __future__ import annotations

from collections.abc import Iterable
from textwrap import wrap

from db.answers import Answer, Candidate
from db.badges import Badge
from db.profiles import EXCLUSION_SENTENCE, Evidence, practitioner_address
from db.rows import Row

WIDTH = 100
LABEL = 17
MOST_IN_FULL = 3
MOST_PLACES = 12
OTHER_NAME_ON_ROSTER = "The board's roster shows this number under another name: ask the board whose it is."


def answer_lines(answer: Answer) -> list[str]:
    """Return the answer as plain lines."""
    lines = [answer.heading.upper(), *(line for sentence in answer.sentences for line in wrapped(sentence))]
    full = len(answer.candidates) <= MOST_IN_FULL
    for number, candidate in enumerate(answer.candidates, 1):
        lines += ["", *(in_full(candidate, number, answer) if full else in_short(candidate, number))]
    if answer.elsewhere:
        lines += ["", "OF THAT NAME IN OTHER STATES"]
        for number, candidate in enumerate(answer.elsewhere, 1):
            lines += in_short(candidate, number)
    if answer.unjoined:
        lines += ["", "RECORDS OF THAT NAME, JOINED TO NO ONE YET"]
        lines += [line for item in answer.unjoined for line in record_lines(item)]
    return [*lines, *(line for part in (verify(answer), sources(answer), ending(answer)) for line in part)]


def wrapped(text: str, indent: str = "", first: str | None = None) -> list[str]:
    """Break a text into lines; a web address is never broken."""
    begin = indent if first is None else first
    return wrap(
        text, WIDTH, initial_indent=begin, subsequent_indent=indent, break_long_words=False, break_on_hyphens=False
    )


def labeled(label: str, text: str) -> list[str]:
    """A line with a label in front; the text goes on beneath itself."""
    return wrapped(text, " " * (LABEL + 3), f"   {label:<{LABEL}}") if text else []


def in_full(candidate: Candidate, number: int, answer: Answer) -> list[str]:
    """Tags first, in words; then what they rest on."""
    profile = candidate.profile
    lines = wrapped(title(candidate, number), "   ", "")
    lines += labeled("Match", f"{candidate.match_level}: {candidate.match_reason}")
    for badge in profile.badges:
        lines += badge_lines(badge, profile.licenses)
    told = {badge.needs_review for badge in profile.badges}
    review = profile.row["needs_review"] or ""
    lines += labeled("License", candidate.withheld)
    lines += labeled("Note", candidate.note)
    lines += labeled("Needs review", "" if review in told else review)
    lines += labeled("Exclusion", EXCLUSION_SENTENCE if profile.exclusions else "")
    for place, row in enumerate(candidate.then or ()):
        lines += labeled("" if place else "Claims then", claim_words(row))
    lines += evidence_lines(profile.evidence)
    return lines + labeled("More", f"page {practitioner_address(profile.id)} of the website")


def title(candidate: Candidate, number: int) -> str:
    profile = candidate.profile
    others = f" (also {', '.join(profile.row['other_names'])})" if profile.row["other_names"] else ""
    return f"{number}. {profile.name}{others}, {profile.place or 'no place given'}   [{profile.id}]"


def badge_lines(badge: Badge, licenses: Iterable[Row]) -> list[str]:
    """What we conclude, why, what it means for a patient, its dates and what to be careful about."""
    label = "Certification" if badge.kind == "certification" else f"License {badge.scope}"
    issuer = f" ({badge.scope})" if badge.kind == "certification" else ""
    lines = labeled(label, f"{badge.label.upper()}{issuer}. {badge.because}")
    lines += labeled("", badge.sentence)
    if badge.kind == "license":
        rows = [row for row in numbers_of(badge.scope, licenses) if adds(row, badge)]
        lines += [line for row in rows for line in labeled("", license_words(row))]
    lines += labeled("", dates(badge))
    lines += labeled("", f"Careful: {badge.warning}" if badge.warning else "")
    return lines + labeled("", f"Needs review: {badge.needs_review}" if badge.needs_review else "")


def dates(badge: Badge) -> str:
    """The three dates of a fact, those that are known."""
    said = [f"the source's own date {badge.source_date[:10]}"] if badge.source_date else []
    said += [f"last read {badge.as_of[:10]}{f', {badge.age}' if badge.age else ''}"] if badge.as_of else []
    said += [f"this value since {badge.changed[:10]}"] if badge.changed else []
    return f"Dates: {'; '.join(said)}." if said else ""


def numbers_of(state: str, licenses: Iterable[Row]) -> list[Row]:
    """A state's licenses, each number once: the board's own row before what somebody reports."""
    rows = [row for row in licenses if row["state"] == state]
    known = {row["number_key"] for row in rows if row["source_kind"] == "primary"}
    rest = [row for row in rows if row["source_kind"] != "primary" and row["number_key"] not in known]
    return [row for row in rows if row["source_kind"] == "primary"] + rest[:2]


def adds(row: Row, badge: Badge) -> bool:
    """Whether a license says more than the sentence of the tag says already."""
    return (
        bool(row["discipline"] or row.get("under_other_name"))
        or not row["number"]
        or row["number"] not in badge.because
    )


def license_words(row: Row) -> str:
    who = "the board" if row["source_kind"] == "primary" else "self-reported"
    number = f"Number {row['number']}" if row["number"] else "No number printed"
    kind = f" ({row['type']})" if row["type"] else ""
    then = f"no current reading, shown as {row['status_then']} then" if row["status_then"] else ""
    status = then or row["status"].replace("_", " ")
    until = f", runs until {row['expires']}" if row["expires"] else ""
    action = f" Action on the board's list: {row['discipline']}. Read it at the board." if row["discipline"] else ""
    other = f" {OTHER_NAME_ON_ROSTER}" if row.get("under_other_name") else ""
    return f"{number}{kind}, {who}: {status}{until}.{other}{action}"


def claim_words(row: Row) -> str:
    return f"{row['field']}: {row['value']} ({row['source_title']}, first read {row['first_seen'][:10]})"


def evidence_lines(evidence: tuple[Evidence, ...]) -> list[str]:
    """Each record with its address; the same address is told once."""
    lines: list[str] = []
    seen: set[tuple[str, str]] = set()
    for item in evidence:
        if (item.source, item.url) not in seen:
            lines += labeled(
                "" if seen else "Evidence", f"{item.source_title}, read {item.fetched_at[:10]}: {item.url}"
            )
            seen.add((item.source, item.url))
    return lines


def in_short(candidate: Candidate, number: int) -> list[str]:
    """Two or three lines: who, why, and the tags in words."""
    tags = [tag_words(badge, candidate.profile.licenses) for badge in candidate.profile.badges]
    tags += ["license details only for a confirmed match"] if candidate.withheld else []
    why = f"{candidate.match_level}, {candidate.match_reason}"
    return [*wrapped(f"{title(candidate, number)}   {why}", "   ", ""), *wrapped(f"{'; '.join(tags)}.", "   ")]


def tag_words(badge: Badge, licenses: Iterable[Row]) -> str:
    """A tag with the numbers to compare."""
    if badge.kind == "certification":
        return f"{badge.scope}: {badge.label}"
    numbers = list(dict.fromkeys(row["number"] for row in numbers_of(badge.scope, licenses) if row["number"]))
    return f"License {badge.scope}{' ' + ', '.join(numbers) if numbers else ''}: {badge.label}"


def record_lines(item: Evidence) -> list[str]:
    return wrapped(f"“{item.name}” in {item.source_title}, read {item.fetched_at[:10]}: {item.url}", "     ", "   ")


def verify(answer: Answer) -> list[str]:
    places = answer.where_to_verify[:MOST_PLACES]
    lines = [line for link in places for line in wrapped(f"{link.title}: {link.url}", "     ", "   ")]
    more = len(answer.where_to_verify) - MOST_PLACES
    return ["", "VERIFY AT THE SOURCE", *lines, *([f"   and {more} more (--json lists all)"] if more > 0 else [])]


def sources(answer: Answer) -> list[str]:
    read = [source.sentence for source in answer.sources if source.last_good_read]
    never = [source.title for source in answer.sources if not source.last_good_read]
    said = [*read, *([f"Never read: {', '.join(never)}"] if never else [])]
    lines = [line for sentence in said for line in wrapped(sentence, "     ", "   ")]
    return ["", "SOURCES THIS ANSWER RESTS ON", *lines] if lines else []


def ending(answer: Answer) -> list[str]:
    built = f"Built {answer.as_of}. {answer.disclaimer}"
    return ["", *wrapped(built), *wrapped(answer.correction)]
