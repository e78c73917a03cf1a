"""Texas: all licenses of the Texas Medical Board, which licenses acupuncturists too, on data.texas.gov."""

from __future__ import annotations

from crawler.columns import as_text
from crawler.data_sets import Row
from crawler.records import Fields
from crawler.socrata import SocrataSource, columns_from


class BoardTx(SocrataSource):
    """Three columns speak of one status: registration, discipline, and whether the license is current at all."""

    name, title = "board_tx", "Texas Medical Board licenses"
    publisher = "Texas Medical Board"
    covers, cadence_days, floor, ceiling = ("TX",), 1, 400, 8_000
    homepage = "https://profile.tmb.state.tx.us/"
    terms = "Open data without a key."
    host, dataset = "data.texas.gov", "tm3v-pfq9"
    type_column, key_columns = "license_type", ("license_number",)
    columns = columns_from(
        "license_number license_type registration_status=status disciplinary_status currently_licensed"
        " license_issue_date=first_issued license_expiration_date=expires last_name=family_name"
        " first_name=given_name degree=credential practice_address=street practice_city=city"
        " practice_state=state practice_zip=zip current_board_action_date=discipline_cases.effective"
        " current_board_action_description=discipline_cases.action"
    )
    ignored = frozenset(
        "date_of_birth birth_date birthdate dob birth_year year_of_birth gender sex race ethnicity"
        " registration_status_date license_status specialties".split()
    )
    required = frozenset({"license_number", "license_type", "registration_status", "last_name"})
    words = {
        "status": "license_status:board_tx",
        "disciplinary_status": "license_status:board_tx:disciplinary_status",
    }

    def fields_of(self, row: Row) -> Fields:
        """A registration in force beside "not currently licensed" is counted; the pipeline believes the worse."""
        active = as_text(row.get("registration_status")).upper().startswith("ACTIVE")
        if active and as_text(row.get("currently_licensed")).upper() in ("N", "NO"):
            self.skip("kept, registered as active while the column currently_licensed says no")
        return super().fields_of(row)
