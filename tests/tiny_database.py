"""Twelve invented people in the published tables, made through db.publish.

Comes in: an empty data folder. Goes out: a published file that shows every kind of answer: read and
absent (WA), source failed (OR), not covered (CA), no license in the state (AL), one person found,
two people of one name, an old id, an exclusion, a record nobody was joined to.
Every person, clinic and number is invented; telephone numbers are from the 555-01xx range.
"""

from __future__ import annotations

from collections.abc import Iterator
from copy import deepcopy
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from db.publish import publish

BUILT_AT = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
READ_AT = "2026-11-20T09:00:00Z"
Row = dict[str, Any]

PLACES = {
    "Seattle": ("WA", "98101", 47.6114, -122.3305),
    "Tacoma": ("WA", "98402", 47.2535, -122.4432),
    "Spokane": ("WA", "99201", 47.6653, -117.4365),
    "Portland": ("OR", "97205", 45.5207, -122.7100),
    "Berkeley": ("CA", "94704", 37.8664, -122.2570),
    "Mobile": ("AL", "36602", 30.6888, -88.0450),
}

# id, given, family, city, certification, license state, license status, number
PEOPLE = [
    ("p01", "Imelda", "Quackenbush", "Seattle", "listed", "WA", "active", "AC60000101"),
    ("p02", "Imelda", "Quackenbush", "Spokane", "not_checked", "WA", "active", "AC60000102"),
    ("p03", "Bartholomew", "O'Fennell", "Tacoma", "claimed", "WA", "limited", "AC60000103"),
    ("p04", "Zoë", "Marchbanks-Liu", "Seattle", "listed_inactive", "WA", "expired", "AC60000104"),
    ("p05", "Orsolya", "Thistlewood", "Tacoma", "implied", "WA", "active", "AC60000105"),
    ("p06", "Peregrine", "Yamanote", "Spokane", "no_evidence", "WA", "suspended", "AC60000106"),
    ("p07", "Calliope", "Brandywine", "Portland", "listed", "OR", "source_failed", "AC100107"),
    ("p08", "Thaddeus", "Vandermolen", "Portland", "claimed", "OR", "source_failed", "AC100108"),
    ("p09", "Xiomara", "Pettibone", "Berkeley", "not_checked", "CA", "claimed", "AC19109"),
    ("p10", "Leopold", "Featherstone", "Mobile", "claimed", "AL", "state_does_not_license", ""),
    ("p11", "Wilhelmina", "Applegarth", "Seattle", "not_checked", "WA", "not_found", ""),
    ("p12", "Ignatius", "Kettleburn", "Seattle", "listed", "WA", "active", "AC60000112"),
]


def publish_tiny(data: Path) -> Path:
    """Publish the twelve people into `data` and return the path of the file."""
    return publish(tiny_tables(), data, BUILT_AT)


def tiny_tables() -> dict[str, list[Row]]:
    """Return fresh rows for every published table; a test may change them."""
    return deepcopy(shared_tables())


def shared_tables() -> dict[str, list[Row]]:
    return {
        "practitioners": [practitioner(*person) for person in PEOPLE],
        "practitioner_topics": [topic for person in PEOPLE for topic in topics(practitioner(*person))],
        "records": list(records()),
        "licenses": [license_row(*person) for person in PEOPLE if person[7]],
        "certifications": [certification(*person) for person in PEOPLE if person[4] in CERTIFICATE_STATUS],
        "claims": list(claims()),
        "tags": [tag for person in PEOPLE for tag in tags(*person)],
        "exclusions": [EXCLUSION],
        "changes": CHANGES,
        "redirects": [{"old_id": "p00", "new_id": "p01"}],
        "links": LINKS,
        "candidates": [CANDIDATE],
        "judgments": [JUDGMENT],
        "link_levels": LEVELS,
        "link_accuracy": ACCURACY,
        "sources": SOURCES,
        "runs": RUNS,
        "states": STATES,
        "credentials": [CREDENTIAL],
        "credential_spellings": [
            {"credential_id": "nccaom_dipl_ac", "pattern": r"Dipl\.? ?Ac\.?", "flags": "i", "note": ""}
        ],
        "status_words": [
            {"source_kind_or_source": "board", "raw": "active", "status": "active", "note": "may practice"},
            {"source_kind_or_source": "board", "raw": "expired", "status": "expired", "note": "not renewed"},
        ],
        "tag_words": TAG_WORDS,
        "tag_rules": TAG_RULES,
        "windows": WINDOWS,
        "build_info": [{"key": "version", "value": "0.1.0"}, {"key": "practitioners", "value": "12"}],
        "license_number_marks": [
            {"state": "WA", "place": "before", "mark": "AC", "basis": "seen", "note": None},
            {"state": "*", "place": "before", "mark": "LAC", "basis": "seen", "note": None},
        ],
        "conditions": [
            {"topic": "low back pain", "synonym": "lumbago", "relation": "same", "area": "pain", "note": None},
            {
                "topic": "low back pain",
                "synonym": "bad back",
                "relation": "related",
                "area": "pain",
                "note": "may mean",
            },
        ],
        "common_family_names": [{"family_name": "quackenbush", "note": "invented for the tests"}],
    }


def topics(row: Row) -> Iterator[Row]:
    """Each word of a person as its topic; what the tables call low back pain is printed `Low back pain`."""
    columns = {"condition": "conditions", "therapy": "therapies", "language": "languages", "insurance": "insurance"}
    for kind, column in columns.items():
        for word in row[column] or ():
            topic = word.lower() if kind in {"condition", "therapy"} else word
            yield {"practitioner_id": row["id"], "kind": kind, "topic": topic, "printed": word}


def practitioner(
    id: str, given: str, family: str, city: str, certification: str, _: str, status: str, number: str
) -> Row:
    state, zip_code, latitude, longitude = PLACES[city]
    first = id == "p01"
    return {
        "id": id, "name": f"{given} {family}", "given_name": given, "family_name": family,
        "suffix_text": "L.Ac., Dipl. Ac." if certification in {"listed", "claimed"} else None,
        "npi": f"19999999{id[1:]}", "clinic": "Invented Needle Clinic" if first else None,
        "street": "12 Example Street" if first else None, "city": city, "state": state, "zip": zip_code,
        "latitude": latitude, "longitude": longitude, "phone": f"206-555-01{id[1:]}",
        "website": "https://clinic.example/" if first else ("javascript:alert(1)" if id == "p03" else None),
        "certification": certification, "designations": ["Dipl. Ac."] if certification == "listed" else [],
        "license_status": status, "license_states": [state] if number else [],
        "conditions": ["Low back pain", "Migraine"] if first else (["Insomnia"] if id == "p05" else []),
        "therapies": ["Acupuncture", "Cupping"] if first else [],
        "languages": ["English", "Spanish"] if first else (["Mandarin"] if id == "p04" else []),
        "insurance": ["Premera"] if first else [],
        "needs_review": "The board shows another given name" if id == "p03" else None,
        "sources": ["board_wa", "ncbahm"] if state == "WA" else ["npi_registry"],
        "first_seen": "2026-05-01T00:00:00Z", "last_seen": READ_AT, "last_changed": "2026-11-20T09:00:00Z",
        "kind": "physician" if id == "p12" else "acupuncturist",
        "other_names": ["Imelda Rosenkrantz"] if first else [],
    }  # fmt: skip


def record(id: str, source: str, key: str, person: str | None, name: str, level: str) -> Row:
    return {
        "id": id, "source": source, "source_key": key, "practitioner_id": person, "name": name,
        "url": f"https://{source.replace('_', '-')}.example/{key}", "fetched_at": READ_AT,
        "source_date": "2026-11-19", "sha256": "ab" * 32, "match_level": level,
        "match_reason": "license number, state and name agree", "fields": {"printed": name},
        "other_sha256": ["cd" * 32] if id == "r-nc-p01" else [],
    }  # fmt: skip


def records() -> Iterator[Row]:
    for id, given, family, _, certification, state, _, number in PEOPLE:
        name = f"{given} {family}"
        yield record(f"r-npi-{id}", "npi_registry", f"19999999{id[1:]}", id, name, "confirmed")
        if state == "WA" and number:
            yield record(f"r-wa-{id}", "board_wa", number, id, name, "confirmed")
        if certification in {"listed", "listed_inactive"}:
            yield record(f"r-nc-{id}", "ncbahm", f"77{id[1:]}", id, name, "probable")
    yield record("r-leie-p06", "leie", "1999999906", "p06", "Peregrine Yamanote", "confirmed")
    yield record("r-wa-alone", "board_wa", "AC60000999", None, "Nobody Joined", "none")


def license_row(
    id: str, _given: str, _family: str, _city: str, _certification: str, state: str, status: str, number: str
) -> Row:
    board = state == "WA"
    return {
        "id": f"l-{id}", "practitioner_id": id, "state": state, "type": "Acupuncturist", "number": number,
        "status": status if board else "claimed", "status_raw": status.upper() if board else None,
        "issued": "2011-03-04" if board else None, "expires": "2027-03-04" if board else None,
        "discipline": "Board order on file" if id == "p06" else None,
        "record_id": f"r-wa-{id}" if board else f"r-npi-{id}", "as_of": READ_AT,
        "source_kind": "primary" if board else "self_reported",
    }  # fmt: skip


CERTIFICATE_STATUS = {"listed": "listed", "listed_inactive": "listed_inactive", "claimed": "claimed"}


def certification(
    id: str, _given: str, _family: str, _city: str, value: str, _state: str, _status: str, _number: str
) -> Row:
    read = value != "claimed"
    return {
        "id": f"c-{id}", "practitioner_id": id, "issuer": "NCBAHM", "designation": "Dipl. Ac.",
        "status": CERTIFICATE_STATUS[value], "status_raw": "Certified Diplomate" if read else None,
        "printed": "Dipl. Ac. (NCCAOM)", "record_id": f"r-nc-{id}" if read else f"r-npi-{id}",
        "as_of": READ_AT,
    }  # fmt: skip


def claims() -> Iterator[Row]:
    for id, given, family, *_ in PEOPLE:
        for field, value, current in (("name", f"{given} {family}", 1), ("phone", "206-555-0100", 0)):
            yield {
                "id": f"k-{id}-{field}", "practitioner_id": id, "record_id": f"r-npi-{id}",
                "source": "npi_registry", "source_key": f"19999999{id[1:]}", "field": field, "value": value,
                "first_seen": "2026-05-01T00:00:00Z", "last_seen": READ_AT, "current": current,
            }  # fmt: skip


def tags(id: str, given: str, family: str, _city: str, value: str, state: str, status: str, _number: str) -> list[Row]:
    common = {"practitioner_id": id, "claims": [f"k-{id}-name"], "as_of": READ_AT}
    review = "The board shows another given name" if id == "p03" else None
    return [
        common | {
            "id": f"t-{id}-c", "kind": "certification", "scope": "NCBAHM", "value": value,
            "rule": f"certification_{value}", "needs_review": None,
            "because": f"{given} {family}: what the NCBAHM directory and the claims showed on 2026-11-20.",
        },
        common | {
            "id": f"t-{id}-l", "kind": "license", "scope": state, "value": status,
            "rule": f"license_{status}",
            "because": f"What the {state} sources showed on 2026-11-20.", "needs_review": review,
        },
    ]  # fmt: skip


EXCLUSION = {
    "id": "x-p06", "practitioner_id": "p06", "record_id": "r-leie-p06", "exclusion_type": "1128b4",
    "excluded_on": "2020-01-20", "meaning": "License revocation, suspension or surrender", "as_of": READ_AT,
}  # fmt: skip

CHANGES = [
    {
        "id": "h1", "at": "2026-11-20T09:00:00Z", "practitioner_id": "p04", "field": "license_status",
        "old": "active", "new": "expired", "record_id": "r-wa-p04",
    },
    {
        "id": "h2", "at": "2026-06-01T09:00:00Z", "practitioner_id": "p07", "field": "phone",
        "old": "503-555-0100", "new": "503-555-0107", "record_id": "r-npi-p07",
    },
    {
        "id": "h3", "at": "2026-05-01T09:00:00Z", "practitioner_id": "gone", "field": "practitioner",
        "old": "present", "new": "gone", "record_id": None,
    },
]  # fmt: skip

WEIGHED = {
    "score": 21.5, "probability": 0.99995, "namesakes": 0.01, "model_version": "1-abc",
    "agreed": [{"feature": "license", "outcome": "agrees", "words": "the same license number", "weight": 12.0}],
    "disagreed": [{"feature": "place", "outcome": "other_city", "words": "another city", "weight": -2.5}],
    "empty": [{"feature": "phone", "outcome": "empty", "words": "a phone on one side at most", "weight": 0.0}],
}  # fmt: skip
LINKS = [
    WEIGHED | {
        "practitioner_id": "p01", "record_id": "r-npi-p01", "other_record_id": other, "level": level, "rule": rule,
        "reason": f"What made the join with {other}.",
    }
    for other, level, rule in (("r-wa-p01", "confirmed", "license"), ("r-nc-p01", "probable", "evidence"))
]  # fmt: skip
CANDIDATE = WEIGHED | {
    "rank": 1, "practitioner_a": "p02", "practitioner_b": "p11", "record_a": "r-npi-p02", "record_b": "r-npi-p11",
    "level": "possible", "rule": "evidence", "reason": "One name. Not enough to join the two.",
}  # fmt: skip
JUDGMENT = {
    "file": "rules/same_person.csv", "line": 2, "verdict": "different", "source_a": "npi_registry",
    "key_a": "1999999903", "source_b": "npi_registry", "key_b": "1999999904", "reason": "Asked both",
    "decided_on": "2026-11-20", "record_a": "r-npi-p03", "record_b": "r-npi-p04", "outcome": "applied",
}  # fmt: skip
LEVELS = [
    {"level": "confirmed", "least_right": "99.9", "when_text": "A number agrees, and a name that fits it."},
    {"level": "probable", "least_right": "99.5", "when_text": "Name and place agree, and no other likely person."},
    {"level": "possible", "least_right": None, "when_text": "Not enough to join; a person should judge."},
]
ACCURACY = [
    {
        "population": people, "measure": "pairwise precision", "subset": subset, "value": value,
        "sample_size": 250_000, "model_version": "1-abc", "measured_on": "2026-11-21",
    }
    for people, subset, value in (
        (6_000, "all", 0.99991), (60_000, "all", 0.99935), (60_000, "sources: a + b", 0.99712),
    )
]  # fmt: skip


def source(name: str, title: str, kind: str, states: list[str], health: str, read: str | None, complete: int) -> Row:
    return {
        "name": name, "title": title, "publisher": title, "kind": kind, "states": states,
        "access": "gated" if name == "ncbahm" else "open",
        "homepage": f"https://{name.replace('_', '-')}.example/",
        "terms": "Public record", "cadence_days": 7, "floor": 1, "last_good_read": read,
        "last_attempt": READ_AT, "health": health, "rows": 12,
        "message": "The site answered 503" if health == "failed" else None,
        "complete": complete, "complete_states": ["WA"] if name == "ncbahm" else states,
    }  # fmt: skip


SOURCES = [
    source("ncbahm", "NCBAHM directory of diplomates", "certifier", ["WA", "CA", "HI"], "partial", READ_AT, 0),
    source("aama", "AAMA directory of physicians", "listing", [], "good", READ_AT, 1),
    source("board_wa", "Washington credential roster", "board", ["WA"], "good", READ_AT, 1),
    source("board_or", "Oregon license roster", "board", ["OR"], "failed", "2026-07-01T09:00:00Z", 0),
    source("npi_registry", "NPI Registry", "registry", [], "good", READ_AT, 1),
    source("leie", "List of Excluded Individuals/Entities", "exclusions", [], "good", READ_AT, 1),
]

RUNS = [
    {
        "id": f"run-{row['name']}", "source": row["name"], "kind": "crawl", "started": READ_AT,
        "finished": READ_AT, "read_at": READ_AT, "result": "failed" if row["health"] == "failed" else "good",
        "rows": 12, "requests": 3, "complete": row["complete"], "states": row["states"],
        "alarms": ["floor: 0 rows, expected at least 1"] if row["health"] == "failed" else [],
    }
    for row in SOURCES
]  # fmt: skip


def state(code: str, name: str, regulated: int | None, coverage: str, license_source: str | None) -> Row:
    return {
        "code": code, "name": name, "regulated": regulated, "regulated_since": "1985" if regulated else None,
        "board": f"{name} Board" if regulated else None,
        "board_url": f"https://board-{code.lower()}.example/" if regulated else None,
        "lookup_url": f"https://lookup-{code.lower()}.example/" if regulated else None,
        "titles": ["acupuncturist"] if regulated else [], "post_nominals": ["L.Ac."] if regulated else [],
        "certification_class": "certification_required" if regulated else "not_regulated",
        "requirement_initial": "certificate of the national board" if regulated else "none",
        "requirement_renewal": "continuing education" if regulated else "none",
        "certification_timing": "initial_only" if regulated else None, "timing_confidence": "medium",
        "class_confidence": "high", "notes": "Invented for the tests.",
        "sources": [{"url": "https://law.example/", "fact": "practice act"}], "as_of": "2026-11-22",
        "coverage": coverage, "license_source": license_source,
    }  # fmt: skip


STATES = [
    state("AL", "Alabama", 0, "not_covered", None),
    state("CA", "California", 1, "not_covered", None),
    state("OR", "Oregon", 1, "covered", "board_or"),
    state("PR", "Puerto Rico", None, "not_covered", None),
    state("WA", "Washington", 1, "covered", "board_wa"),
]

CREDENTIAL = {
    "id": "nccaom_dipl_ac", "canonical": "Dipl. Ac. (NCCAOM)", "type": "certification",
    "issuer": "NCCAOM, since January 2026 NCBAHM", "proves": "Diplomate of the national board.",
    "does_not_prove": "A state license.", "ambiguous": None, "basis": "seen",
    "sources": ["https://certifier.example/"],
}  # fmt: skip

TONES = {"listed": "good", "active": "good", "claimed": "note", "implied": "note"}
CERTIFICATION_WORDS = {
    "listed": "Listed by the certifier", "listed_inactive": "Listed as inactive", "claimed": "Claimed",
    "implied": "Implied by the license", "no_evidence": "No evidence found", "not_checked": "Not checked",
}  # fmt: skip
LICENSE_WORDS = {
    "active": "License active", "limited": "License limited", "inactive": "License inactive",
    "expired": "License expired", "retired": "Retired", "surrendered": "License surrendered",
    "suspended": "License suspended", "revoked": "License revoked", "pending": "Application pending",
    "deceased": "Deceased", "claimed": "License claimed", "not_found": "Not found at the board",
    "not_covered": "Board not covered yet", "source_failed": "Board could not be read",
    "state_does_not_license": "State does not license",
}  # fmt: skip
CAUTIONS = {"listed_inactive", "limited", "expired", "suspended", "revoked", "surrendered", "inactive"}


def tag_word(kind: str, tag: str, label: str) -> Row:
    tone = "caution" if tag in CAUTIONS else TONES.get(tag, "neutral")
    return {"kind": kind, "tag": tag, "label": label, "sentence": f"{label}: what it means.", "tone": tone}


TAG_WORDS = [tag_word("certification", *pair) for pair in CERTIFICATION_WORDS.items()] + [
    tag_word("license", *pair) for pair in LICENSE_WORDS.items()
]
TAG_RULES = [
    {
        "rule": f"{word['kind']}_{word['tag']}", "kind": word["kind"], "value": word["tag"],
        "when_text": f"when the tag is {word['tag']}", "source": "https://law.example/",
    }
    for word in TAG_WORDS
]  # fmt: skip
WINDOWS = [
    {"name": "warn", "days": 30, "meaning": "older reads carry a warning", "source": "NCQA monitoring"},
    {"name": "stale", "days": 90, "meaning": "older reads are stale", "source": "REAL Health Providers Act"},
    {"name": "never_confirmed", "days": 120, "meaning": "older reads confirm nothing", "source": "NCQA"},
]
