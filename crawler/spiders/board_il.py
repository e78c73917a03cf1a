"""Illinois: professional licenses of the Department of Financial and Professional Regulation, on data.illinois.gov."""

from __future__ import annotations

from crawler.columns import as_text
from crawler.data_sets import Row
from crawler.socrata import SocrataSource, columns_from


class BoardIl(SocrataSource):
    """A row for each discipline case; dates are text MM/DD/YYYY, "None" is nothing; some numbers are masked."""

    name, title = "board_il", "Illinois professional licenses"
    publisher = "Illinois Department of Financial and Professional Regulation"
    covers, cadence_days, floor, ceiling = ("IL",), 1, 200, 8_000
    homepage = "https://online-dfpr.micropact.com/lookup/licenselookup.aspx"
    terms = "Open Database License (ODbL)."
    host, dataset = "data.illinois.gov", "pzzh-kp68"
    type_column, key_columns, asked_only = "license_type", ("license_number",), ("business",)
    columns = columns_from(
        "license_number description=license_type license_status=status original_issue_date=first_issued"
        " effective_date=last_issued expiration_date=expires last_name=family_name first_name=given_name"
        " middle=middle_name suffix city state zip ever_disciplined=action_taken"
        " case_number=discipline_cases.case_number action=discipline_cases.action"
        " discipline_reason=discipline_cases.reason discipline_start_date=discipline_cases.effective"
        " discipline_end_date=discipline_cases.completed"
    )
    ignored = frozenset(
        "license_type business title prefix business_name businessdba county specialty_qualifier lastmodifieddate"
        " controlled_substance_schedule delegated_controlled_substance delegated_controlled_substance_schedule".split()
    )
    required = frozenset({"license_number", "license_type", "license_status", "last_name", "business"})
    words = {"status": "license_status:board_il"}

    def is_firm(self, row: Row) -> bool:
        """A flag says so; many firms of one person carry that person's name."""
        return as_text(row.get("business")).upper() in ("Y", "TRUE")
