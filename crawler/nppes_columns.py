"""The columns of the NPPES dissemination file (`npidata_pfile_*.csv`), and what each of them is to us.

In: nothing. Out: names. `HEADER` is the header of version 2 as of 2025 (330 columns; 329 until `Certification Date`
was added); what is read is named once, everything else is knowingly left out: mailing addresses, fax numbers, tax
numbers, officials of firms, other identifiers. A column that is in neither was never seen before.
"""

from __future__ import annotations

ACUPUNCTURIST = "171100000X"
TAXONOMIES, IDENTIFIERS = range(1, 16), range(1, 51)
MAILING, PRACTICE = "Business Mailing", "Business Practice Location"
ABROAD = "Country Code (If outside U.S.)"

FLAT = {
    "NPI": "npi",
    "Provider Last Name (Legal Name)": "family_name",
    "Provider First Name": "given_name",
    "Provider Middle Name": "middle_name",
    "Provider Name Prefix Text": "prefix",
    "Provider Name Suffix Text": "suffix",
    "Provider Credential Text": "credential",
    "Provider Enumeration Date": "enumerated",
    "Last Update Date": "updated",
    "Provider Gender Code": "sex",
    "Provider Sex Code": "sex",
    "Is Sole Proprietor": "sole_proprietor",
}
OTHER_NAME = {
    "Provider Other Last Name Type Code": "type",
    "Provider Other First Name": "given_name",
    "Provider Other Middle Name": "middle_name",
    "Provider Other Last Name": "family_name",
    "Provider Other Name Suffix Text": "suffix",
    "Provider Other Credential Text": "credential",
}
LOCATION = {
    f"Provider First Line {PRACTICE} Address": "street",
    f"Provider Second Line {PRACTICE} Address": "street2",
    f"Provider {PRACTICE} Address City Name": "city",
    f"Provider {PRACTICE} Address State Name": "state",
    f"Provider {PRACTICE} Address Postal Code": "zip",
    f"Provider {PRACTICE} Address {ABROAD}": "country",
    f"Provider {PRACTICE} Address Telephone Number": "phone",
}
TAXONOMY = {
    "Healthcare Provider Taxonomy Code": "code",
    "Provider License Number State Code": "state",
    "Provider License Number": "license_number",
    "Healthcare Provider Primary Taxonomy Switch": "primary",
}
ENTITY, DEACTIVATED, REACTIVATED = "Entity Type Code", "NPI Deactivation Date", "NPI Reactivation Date"
CODES = tuple(f"Healthcare Provider Taxonomy Code_{number}" for number in TAXONOMIES)
SEX = ("Provider Gender Code", "Provider Sex Code")


def address_columns(kind: str) -> list[str]:
    """The eight columns of an address, in their order."""
    lines = [f"Provider {line} Line {kind} Address" for line in ("First", "Second")]
    rest = ("City Name", "State Name", "Postal Code", ABROAD, "Telephone Number", "Fax Number")
    return lines + [f"Provider {kind} Address {name}" for name in rest]


def numbered(number: int, *names: str) -> list[str]:
    return [f"{name}_{number}" for name in names]


HEADER = (
    "NPI",
    ENTITY,
    "Replacement NPI",
    "Employer Identification Number (EIN)",
    "Provider Organization Name (Legal Business Name)",
    "Provider Last Name (Legal Name)",
    "Provider First Name",
    "Provider Middle Name",
    "Provider Name Prefix Text",
    "Provider Name Suffix Text",
    "Provider Credential Text",
    "Provider Other Organization Name",
    "Provider Other Organization Name Type Code",
    "Provider Other Last Name",
    "Provider Other First Name",
    "Provider Other Middle Name",
    "Provider Other Name Prefix Text",
    "Provider Other Name Suffix Text",
    "Provider Other Credential Text",
    "Provider Other Last Name Type Code",
    *address_columns(MAILING),
    *address_columns(PRACTICE),
    "Provider Enumeration Date",
    "Last Update Date",
    "NPI Deactivation Reason Code",
    DEACTIVATED,
    REACTIVATED,
    "Provider Sex Code",
    "Authorized Official Last Name",
    "Authorized Official First Name",
    "Authorized Official Middle Name",
    "Authorized Official Title or Position",
    "Authorized Official Telephone Number",
    *(
        name
        for number in TAXONOMIES
        for name in numbered(
            number,
            "Healthcare Provider Taxonomy Code",
            "Provider License Number",
            "Provider License Number State Code",
            "Healthcare Provider Primary Taxonomy Switch",
        )
    ),
    *(
        name
        for number in IDENTIFIERS
        for name in numbered(
            number,
            "Other Provider Identifier",
            "Other Provider Identifier Type Code",
            "Other Provider Identifier State",
            "Other Provider Identifier Issuer",
        )
    ),
    "Is Sole Proprietor",
    "Is Organization Subpart",
    "Parent Organization LBN",
    "Parent Organization TIN",
    "Authorized Official Name Prefix Text",
    "Authorized Official Name Suffix Text",
    "Authorized Official Credential Text",
    *(f"Healthcare Provider Taxonomy Group_{number}" for number in TAXONOMIES),
    "Certification Date",
)
NESTED = frozenset(
    [*OTHER_NAME, *LOCATION, ENTITY, DEACTIVATED, REACTIVATED]
    + [name for number in TAXONOMIES for name in numbered(number, *TAXONOMY)]
)
REQUIRED = (frozenset(FLAT) - frozenset(SEX)) | NESTED
IGNORED = frozenset(HEADER) - frozenset(FLAT)
KNOWN = frozenset(HEADER) | frozenset(FLAT)
