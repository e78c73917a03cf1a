"""Delaware: licenses of the Division of Professional Regulation and, in a data set of its own, their discipline."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from typing import Any

from scrapy import Request
from scrapy.http import Response

from crawler.columns import as_text
from crawler.data_sets import DataSet, Row, saved_rows
from crawler.records import Fields, Record, plain_word
from crawler.socrata import CASE, SocrataSource, columns_from
from crawler.troubles import SourceTrouble

Holder = tuple[str, str]
HOME = frozenset({"united states", "united states of america", "usa", "us", "u.s.a."})
CASE_COLUMNS = {"item_text": "action", "disp_start": "effective"}


class BoardDe(SocrataSource):
    """The roster's own discipline column says N on every row: the separate data set is read first, and attached."""

    name, title = "board_de", "Delaware professional and occupational licensing"
    publisher = "Delaware Division of Professional Regulation"
    covers, cadence_days, floor, ceiling = ("DE",), 1, 20, 1_500
    homepage = "https://delpros.delaware.gov/OH_VerifyLicense"
    terms = "Public domain, open data."
    host, dataset = "data.delaware.gov", "pjnv-eaih"
    type_column, key_columns = "license_type", ("license_no",)
    columns = columns_from(
        "license_no=license_number license_type license_status=status issue_date=first_issued"
        " expiration_date=expires last_name=family_name first_name=given_name city state zip_code=zip"
        " country"
    )
    ignored = frozenset({"combined_name", "profession_id", "disciplinary_action"})
    required = frozenset({"license_no", "license_type", "license_status", "last_name"})
    words = {"status": "license_status:board_de"}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        select = ("license_id_l", "last_name", "license_type", *CASE_COLUMNS)
        self.discipline = DataSet(f"{self.name} discipline", "dz6p-akeq", "license_type", select)
        self.cases: dict[Holder, list[Fields]] = defaultdict(list)
        self.attached: set[Holder] = set()

    def first_requests(self) -> Iterator[Request]:
        yield self.ask_types(self.discipline)

    def begin(self, table: DataSet, found: int) -> Iterator[Request]:
        """That no acupuncturist was ever disciplined is possible; that none is licensed is not."""
        if table is self.discipline and not table.types:
            self.skip("discipline list without acupuncturists")
            yield self.ask_types(self.roster)
        else:
            yield from super().begin(table, found)

    def read_table(self, response: Response, table: DataSet, rows: list[Row]) -> Iterator[Record]:
        if table is self.discipline:
            self.keep_cases(rows)
        else:
            yield from super().read_table(response, table, rows)

    def after(self, table: DataSet) -> Iterator[Request]:
        if table is self.discipline:
            yield self.ask_types(self.roster)

    def read_page(self, response: Response) -> Iterator[Record]:
        """A roster is not read without its discipline: it would show everybody as never disciplined."""
        first = next(saved_rows(response, frozenset(self.discipline.select)), {})
        if "license_id_l" in first:
            self.keep_cases(list(saved_rows(response, frozenset(self.discipline.select))))
        elif not self.cases:
            raise SourceTrouble(
                "the discipline list (data set dz6p-akeq, as JSON) is missing; name it before the roster:"
                f" diplomate import {self.name} DISCIPLINE.json ROSTER."
            )
        else:
            yield from super().read_page(response)

    def keep_cases(self, rows: list[Row]) -> None:
        """Cases by license number and last name, until the roster shows whose they are."""
        for row in rows:
            case = {name: as_text(row.get(column)) for column, name in CASE_COLUMNS.items() if row.get(column)}
            self.cases[holder(row, "license_id_l")].append(case)

    def fields_of(self, row: Row) -> Fields:
        """A country is kept where it is another one: the name of ours has many spellings."""
        fields, whose = super().fields_of(row), holder(row, "license_no")
        self.attached.add(whose)
        if plain_word(fields.get("country", "")) in HOME:
            del fields["country"]
        return fields | ({CASE: self.cases[whose]} if whose in self.cases else {})

    def is_firm(self, row: Row) -> bool:
        """A firm has its whole name, of several words, in the last name; one word is a person's, none nobody's."""
        return not as_text(row.get("first_name")) and " " in as_text(row.get("last_name"))

    def closed(self, reason: str) -> None:
        """A case of which number and name are not on the roster together is attached to nobody."""
        lost = sum(len(cases) for whose, cases in self.cases.items() if whose not in self.attached)
        if lost and self.keys:
            where = self.address(self.discipline.id, {}).rstrip("?")
            self.alarms.append(
                f"{self.name}: {lost} discipline cases fit no license by number and last name and are said of nobody; "
                f"see {where}."
            )


def holder(row: Row, number: str) -> Holder:
    """Number and last name as both data sets may write them."""
    digits = "".join(sign for sign in as_text(row.get(number)).upper() if sign.isalnum())
    return digits, plain_word(as_text(row.get("last_name")))
