"""How California's Department of Consumer Affairs (DCA) writes its licensee lists: headings, types, file names.

In: nothing. Out: facts for `crawler.spiders.board_ca`. Seen: two of the five layouts whole, and the renamed and
mistyped headings of others (2026-09); the license types of the Acupuncture Board's file were not, so patterns decide.
"""

from __future__ import annotations

import re

from crawler.delimited import Layout, usual_spelling

DATA_FILE = re.compile(r"acupunct[^/]*data\d*\.(?:xls|txt|tsv|csv)$", re.IGNORECASE)
COUNTS_FILE = re.compile(r"acupunct[^/]*counts?\.csv$", re.IGNORECASE)
BOARD_FOLDER = re.compile(r"acupunct", re.IGNORECASE)
COUNTS_HEADER = re.compile(rb"\A[^\r\n]*license count", re.IGNORECASE)

PROFESSION = re.compile(r"acupunct", re.IGNORECASE)
NO_LICENSE_OF_A_PERSON = re.compile(
    r"\bwall?\b|locat|place|provider|continuing|education|tutor|train|school|program|corporation|fictitious|sponsor",
    re.IGNORECASE,
)
PLAIN_TYPE = re.compile(r"(?:licensed )?acupuncturist(?: license)?|acupuncture(?: license)?", re.IGNORECASE)
UNITED_STATES = frozenset({"US", "USA", "UNITED STATES", "UNITED STATES OF AMERICA"})

COLUMNS = {
    "License Type": "license_type",
    "License Number": "license_number",
    "Org/Last Name": "family_name",
    "First Name": "given_name",
    "Middle Name": "middle_name",
    "Suffix": "suffix",
    "Address Line 1": "street",
    "Address Line 2": "street2",
    "City": "city",
    "County": "county",
    "State": "state",
    "Zip": "zip",
    "Country": "country",
    "Original Issue Date": "first_issued",
    "Expiration Date": "expires",
    "License Status": "status",
    "Status Effective Date": "status_since",
}
IGNORED = frozenset(
    {
        *("Agency Code", "Agency Name", "LicTypeCode", "Speciality Code", "Indiv/Org"),
        *("School", "Year Graduated", "Degree"),
    }
)
REQUIRED = frozenset({"License Type", "License Number", "Indiv/Org", "Org/Last Name", "First Name", "License Status"})
# Headings of the other layouts, and what they become when somebody tidies them.
ALSO = {
    "License Type Name": "License Type",
    "License Type Code": "LicTypeCode",
    "Specialty Code": "Speciality Code",
    "License No": "License Number",
    "Individual/Organization": "Indiv/Org",
    "Individual or Organization": "Indiv/Org",
    "Last Name": "Org/Last Name",
    "Org Name": "Org/Last Name",
    "Organization/Last Name": "Org/Last Name",
    "Name Suffix": "Suffix",
    "Address 1": "Address Line 1",
    "Address 2": "Address Line 2",
    "Zip Code": "Zip",
    "Original Isuue Date": "Original Issue Date",
    "Issue Date": "Original Issue Date",
    "Expire Date": "Expiration Date",
    "Status": "License Status",
}
LAYOUT = Layout(
    what="a licensee list of California's DCA",
    delimiter="\t",
    required=REQUIRED,
    spelled=usual_spelling([*COLUMNS, *IGNORED], ALSO),
    quoted=True,
)


def is_license_of_a_person(license_type: str) -> bool:
    """Whether rows of this type are acupuncturists; a wall license is a paper for a place of practice."""
    return bool(PROFESSION.search(license_type)) and not NO_LICENSE_OF_A_PERSON.search(license_type)
