"""Prints the exclusion list: the 18 columns of UPDATED.csv, quoted as the real file quotes them.

In: Exclusion values. Out: file name -> CSV text. Empty values are printed without
quotes, an absent middle name as one quoted blank, "none" as zeros; birth dates are invented.
"""

from people import Exclusion, Person

COLUMNS = [
    "LASTNAME", "FIRSTNAME", "MIDNAME", "BUSNAME", "GENERAL", "SPECIALTY", "UPIN", "NPI", "DOB", "ADDRESS",
    "CITY", "STATE", "ZIP", "EXCLTYPE", "EXCLDATE", "REINDATE", "WAIVERDATE", "WVRSTATE",
]  # fmt: skip
WIDTHS = {
    "LASTNAME": 20,
    "FIRSTNAME": 15,
    "BUSNAME": 30,
    "GENERAL": 20,
    "SPECIALTY": 20,
    "ADDRESS": 30,
    "CITY": 20,
}


def row_values(row: Exclusion) -> list[str]:
    """The 18 values in order, cut at their layout width."""
    place = row.place
    head = [row.family, row.given, f"{row.middle} ", row.business, row.general, row.specialty, "", row.npi]
    tail = [row.birth_date, row.street, place.city.upper(), place.state, place.zip_code, row.kind]
    values = [*head, *tail, row.excluded_on, row.reinstated_on, "00000000", ""]
    return [value[: WIDTHS.get(column, 30)] for column, value in zip(COLUMNS, values, strict=True)]


def csv_line(values: list[str]) -> str:
    """One line; every value that is not empty is quoted."""
    return ",".join(f'"{value}"' if value else "" for value in values) + "\n"


def exclusion_files(cast: list[Person], strangers: list[Exclusion]) -> dict[str, str]:
    """The file, businesses first and then people in order of name."""
    rows = strangers + [person.exclusion for person in cast if person.exclusion]
    ordered = sorted(rows, key=lambda row: (row.family, row.given, row.business))
    lines = [csv_line(COLUMNS), *(csv_line(row_values(row)) for row in ordered)]
    return {"leie/UPDATED.csv": "".join(lines)}
