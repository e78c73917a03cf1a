"""Prints the Washington licenses as the two answers of the state's open-data site.

In: Person values. Out: file name -> JSON text. Socrata leaves null columns out of a row, prints counts
as text and dates as 2028-06-30T00:00:00.000; the group answer also counts professions we never ask for.
"""

import json
from collections import Counter

from people import BoardLicense, Person

OTHER_PROFESSIONS = {
    "Massage Therapist License": 312,
    "Naturopathic Physician License": 84,
    "Registered Nurse License": 1904,
    "Chiropractor License": 127,
}


def socrata_day(day: str) -> str:
    """A YYYY-MM-DD day as Socrata's calendar date; empty stays empty."""
    return f"{day}T00:00:00.000" if day else ""


def roster_row(row: BoardLicense) -> dict[str, str]:
    """One row with the columns that are not null."""
    columns = {
        "credentialnumber": row.number,
        "lastname": row.family,
        "firstname": row.given,
        "middlename": row.middle,
        "credentialtype": row.license_type,
        "status": row.status,
        "firstissuedate": socrata_day(row.first_issued),
        "lastissuedate": socrata_day(row.last_issued),
        "expirationdate": socrata_day(row.expires),
        "actiontaken": row.action_taken,
    }
    return {name: value for name, value in columns.items() if value}


def lines_of(rows: list[dict[str, str]]) -> str:
    """A JSON list with one row a line, as the site prints it."""
    return "[" + "\n,".join(json.dumps(row, ensure_ascii=False) for row in rows) + "]\n"


def board_files(cast: list[Person]) -> dict[str, str]:
    """The count of each credential type, the rows in order of number, and an empty page."""
    licenses = sorted((row for person in cast for row in person.licenses), key=lambda row: row.number)
    counts = Counter(row.license_type for row in licenses) + Counter(OTHER_PROFESSIONS)
    groups = [{"credentialtype": name, "count": str(counts[name])} for name in sorted(counts)]
    return {
        "board_wa/types.json": lines_of(groups),
        "board_wa/rows.json": lines_of([roster_row(row) for row in licenses]),
        "board_wa/empty.json": "[]\n",
    }
