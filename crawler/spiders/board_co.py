"""Colorado: professional and occupational licenses of the Department of Regulatory Agencies, on data.colorado.gov."""

from __future__ import annotations

from crawler.columns import as_text
from crawler.data_sets import Row
from crawler.socrata import SocrataSource, columns_from


class BoardCo(SocrataSource):
    """A row for each discipline case of a license; a number is unique within its type; a mailing ZIP, no street."""

    name, title = "board_co", "Colorado professional and occupational licenses"
    publisher = "Colorado Department of Regulatory Agencies"
    covers, cadence_days, floor, ceiling = ("CO",), 1, 400, 8_000
    homepage = "https://apps2.colorado.gov/dora/licensing/lookup/licenselookup.aspx"
    terms = "Public domain, open data."
    host, dataset = "data.colorado.gov", "7s5z-vewr"
    type_column, key_columns, type_codes = "licensetype", ("licensetype", "licensenumber"), frozenset({"ACU"})
    asked_only, firm_column = ("linktoverifylicense",), "entityname"
    columns = columns_from(
        "licensenumber=license_number licensetype=license_type subcategory=license_subtype"
        " licensestatusdescription=status licensefirstissuedate=first_issued"
        " licenselastreneweddate=last_issued licenseexpirationdate=expires lastname=family_name"
        " firstname=given_name middlename=middle_name suffix degrees=credential city state mailzipcode=zip"
        " casenumber=discipline_cases.case_number programaction=discipline_cases.action"
        " disciplineeffectivedate=discipline_cases.effective"
        " disciplinecompletedate=discipline_cases.completed"
    )
    ignored = frozenset({"title", "specialty"})
    required = frozenset({"licensenumber", "licensetype", "licensestatusdescription", "lastname"})
    words = {"status": "license_status:board_co"}

    def row_address(self, row: Row) -> str:
        """The department gives each license a page of its own."""
        link = as_text(row.get("linktoverifylicense"))
        return link if link.startswith("https://") else super().row_address(row)
