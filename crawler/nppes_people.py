"""What one row of the NPPES file says, in the words that `npi_registry` uses for the same register.

In: a row by column name (empty values absent). Out: what kind of row it is, and the fields of a person. The mailing
address is never read. Dates are printed MM/DD/YYYY there and become ISO, so that the newer of two readings can be told;
the register's codes (sole proprietor Y, name type 1, primary switch Y) become the words its API prints for them.
"""

from __future__ import annotations

import re
from datetime import date

import us

from crawler.columns import as_text
from crawler.nppes_columns import (
    ACUPUNCTURIST,
    CODES,
    DEACTIVATED,
    ENTITY,
    FLAT,
    LOCATION,
    OTHER_NAME,
    REACTIVATED,
    TAXONOMIES,
    TAXONOMY,
)
from crawler.nppes_rows import Row
from crawler.records import Fields
from crawler.source import ALL_STATES

DATE = re.compile(r"(\d{2})/(\d{2})/(\d{4})")
NUMBER_AS_FLOAT = re.compile(r"(\d+)\.0")
PERSON = "1"
YES_OR_NO = {"Y": "YES", "N": "NO"}
PRIMARY = {"Y": "True", "N": "False"}
NAME_TYPES = {
    "1": "Former Name",
    "2": "Professional Name",
    "3": "Doing Business As",
    "4": "Former Legal Business Name",
    "5": "Other Name",
}
STATE_NAMES = {state.name.upper(): state.abbr for state in [*us.states.STATES_AND_TERRITORIES, us.states.DC]}
CODE_NAMES = {ACUPUNCTURIST: "Acupuncturist"}  # as the NUCC names the code; the file prints codes alone


class BadValue(Exception):
    """A value that cannot be what its column says."""


def is_person(row: Row) -> bool:
    return whole_number(row.get(ENTITY, "")) == PERSON


def is_acupuncturist(row: Row) -> bool:
    """Whether any of the 15 taxonomies is the acupuncturists' (the code in a name or an address counts for nothing)."""
    return any(row.get(name) == ACUPUNCTURIST for name in CODES)


def deactivated_on(row: Row) -> str:
    """When the NPI was deactivated, "" for one in force: never deactivated, or reactivated since."""
    left, back = iso(row.get(DEACTIVATED, "")), iso(row.get(REACTIVATED, ""))
    return left if left > back else ""


def read_person(row: Row) -> Fields:
    """The fields of a person's row; raises BadValue for one without a proper number, name or date."""
    fields = {ours: text for theirs, ours in FLAT.items() if (text := as_text(row.get(theirs)))}
    if not re.fullmatch(r"[0-9]{10}", fields.get("npi", "")) or not fields.get("family_name"):
        raise BadValue(f"A row has no ten-digit NPI or no last name: {fields.get('npi', '')!r}")
    fields |= {name: iso(fields[name]) for name in ("enumerated", "updated") if name in fields}
    fields["npi_status"] = "A"
    sole = YES_OR_NO.get(fields.pop("sole_proprietor", ""), "")
    lists = {"other_names": other_names(row), "locations": locations(row), "taxonomies": taxonomies(row)}
    return (
        fields | ({"sole_proprietor": sole} if sole else {}) | {name: found for name, found in lists.items() if found}
    )


def other_names(row: Row) -> list[Fields]:
    """The one other name the file holds for a person."""
    name = kept(row, OTHER_NAME)
    if "type" in name:
        code = whole_number(name["type"])
        name["type"] = NAME_TYPES.get(code, code)
    return [name] if name.get("family_name") or name.get("given_name") else []


def locations(row: Row) -> list[Fields]:
    """The primary practice location; further ones are in another file, which repeats no name, and are not read."""
    place = kept(row, LOCATION)
    place |= {name: whole_number(place[name]) for name in ("zip", "phone") if name in place}
    return [place] if set(place) - {"country"} else []


def taxonomies(row: Row) -> list[Fields]:
    """Each filled taxonomy, in the file's order."""
    found = []
    for number in TAXONOMIES:
        taxonomy = kept(row, {f"{theirs}_{number}": ours for theirs, ours in TAXONOMY.items()})
        if "code" in taxonomy:
            primary = PRIMARY.get(taxonomy.pop("primary", ""), "")
            named = {"description": CODE_NAMES.get(taxonomy["code"], ""), "primary": primary}
            found.append(taxonomy | {name: text for name, text in named.items() if text})
    return found


def state_of(fields: Fields) -> str:
    """The two letters of the practice location's state, "" where none is printed or the place is abroad."""
    for place in fields.get("locations", []):
        printed = place.get("state", "").upper()
        state = STATE_NAMES.get(printed, printed)
        if state in ALL_STATES and place.get("country", "US") in ("US", state):
            return state
    return ""


def kept(row: Row, names: dict[str, str]) -> Fields:
    """The mapped values that hold something."""
    return {ours: text for theirs, ours in names.items() if (text := as_text(row.get(theirs)))}


def iso(text: str) -> str:
    """A date as YYYY-MM-DD, "" for none; raises BadValue for what is no date."""
    parts = DATE.fullmatch(text)
    try:
        return date.fromisoformat(f"{parts[3]}-{parts[1]}-{parts[2]}" if parts else text).isoformat() if text else ""
    except ValueError as error:
        raise BadValue(f"{text!r} is no date") from error


def whole_number(text: str) -> str:
    """A number without the ".0" of a file that went through a spreadsheet program or pandas."""
    number = NUMBER_AS_FLOAT.fullmatch(text)
    return number[1] if number else text
