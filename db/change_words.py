"""A change in words, from the sentence of its kind (table change_kinds).

Comes in: a change with its kind's sentence, the name and the source's title. Goes out: the same with `sentence`, which
names source and date, and `line`, which leaves the date to whoever prints it in front. Nothing is said beyond what the
source shows.
"""

from __future__ import annotations

import re

from db.rows import Row

PLAIN = "{source}: {what} of {name} is shown as {new} (was {old})."
VEILED = "{source}: {what} details of {name} changed; see the practitioner's page."
VOLUNTARY = frozenset(("certifier", "listing", "registry", "website"))
UNQUOTED = frozenset(("renewed", "moved", "exclusion_appeared", "exclusion_went"))
NOT_STATED = "not stated"
_LICENSE = re.compile(r"license ([A-Z]{2})(?: (.*?))??( expires| discipline)?", re.DOTALL)
_NAMED = {
    "listing": "an entry",
    "practitioner": "an entry",
    "name": "the name",
    "other name": "another name",
    "npi": "the NPI",
    "city": "the place",
    "phone": "the phone",
    "clinic": "the clinic",
    "website": "the website",
}
DETAILS = "Details changed"


def told(row: Row) -> Row:
    """The change with its words; what only served to find them is left out."""
    template = row["sentence"] or PLAIN
    if row["where_voluntary"] and row["source_kind"] in VOLUNTARY:
        template = f"{template} {row['where_voluntary']}"
    if row["veiled"]:
        template = VEILED
    day, title = (row["at"] or "")[:10], row["source_title"] or "A source"
    kept = {name: cell for name, cell in row.items() if name not in ("where_voluntary", "disciplinary")}
    label = row["label"] or DETAILS
    dated = filled(template, row, f"{title}, read on {day}")
    return kept | {"label": label, "sentence": dated, "line": filled(template, row, title)}


def filled(template: str, row: Row, source: str) -> str:
    """A sentence with its words put in; braces of a source's own text stay what they are."""
    words = {
        "source": source,
        "name": row["name"] or row["practitioner_id"],
        "what": what(row),
        "old": worded(row, row["old"]),
        "new": worded(row, row["new"]),
    }
    return re.sub(r"\{(\w+)\}", lambda match: str(words.get(match[1], match[0])), template)


def what(row: Row) -> str:
    """What of a practitioner it is about."""
    field = row["field"] or ""
    if row["veiled"]:
        return {"license": "license", "certification": "certificate"}.get(field, "entry")
    read = _LICENSE.fullmatch(field)
    if read:
        number, part = read[2] or f"in {read[1]}", (read[3] or "").strip()
        own = part and row["kind"] == "detail_changed"
        return (
            f"{'the expiry of ' if own and part == 'expires' else 'what is noted on ' if own else ''}license {number}"
        )
    if field.startswith("certification "):
        return f"the certificate {' '.join(field.split(' ')[2:])}".rstrip()
    return _NAMED.get(field, field.replace("_", " "))


def worded(row: Row, value: object) -> str:
    """A source's own words in quotes; dates and places as they are."""
    if value is None or value == "":
        return NOT_STATED
    plain = row["kind"] in UNQUOTED or (row["field"] or "").endswith(" expires")
    return str(value) if plain else f"'{value}'"
