"""Connecticut: state licenses and credentials (eLicense), on data.ct.gov."""

from __future__ import annotations

from crawler.columns import as_text
from crawler.data_sets import Row
from crawler.socrata import SocrataSource, columns_from


class BoardCt(SocrataSource):
    """One column holds the name; a reason says more than the status; the address, often a home, is not asked for."""

    name, title = "board_ct", "Connecticut state licenses and credentials"
    publisher = "State of Connecticut, eLicense"
    covers, cadence_days, floor, ceiling = ("CT",), 1, 100, 4_000
    homepage = "https://www.elicense.ct.gov/Lookup/LicenseLookup.aspx"
    terms = "Public domain, open data."
    host, dataset = "data.ct.gov", "ngch-56tr"
    type_column, key_columns, date_column = "credential", ("fullcredentialcode",), "recordrefreshedon"
    asked_only = ("type",)
    columns = columns_from(
        "credentialnumber=license_number credential=license_type credentialsubcategory=license_subtype"
        " status statusreason=status_reason issuedate=first_issued effectivedate=last_issued"
        " expirationdate=expires name city state zip"
    )
    ignored = frozenset("type credentialid credentialtype businessname dba active address".split())
    required = frozenset({"credentialnumber", "credential", "status", "name", "type"})
    words = {"status": "license_status:board_ct", "status_reason": "license_status:board_ct"}

    def is_firm(self, row: Row) -> bool:
        """The holder's own type says what it is; one that says nothing makes no firm."""
        return as_text(row.get("type")).upper() not in ("INDIVIDUAL", "")
