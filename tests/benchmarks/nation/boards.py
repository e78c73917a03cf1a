"""Rows of the ten boards, with the fields that their spiders give.

In: a person's licenses. Out: records; a license of a state that publishes no list gives none.
"""

from __future__ import annotations

from random import Random

from crawler.records import Fields, Record, key_of_row
from tests.benchmarks.nation.licenses import License
from tests.benchmarks.nation.people import BIT, Person
from tests.benchmarks.nation.places import Address
from tests.benchmarks.nation.printing import FETCHED, LETTERS_STUCK, capitals, record, us_date
from tests.benchmarks.nation.shares import Shares
from tests.benchmarks.nation.spelling import BOARD, MIXED_BOARD, ONE_COLUMN_BOARD, Printed, printed

MIDNIGHT = "T00:00:00.000"
COVERED = ("CA", "CO", "CT", "DE", "FL", "IL", "MO", "NC", "TX", "WA")
HABITS = dict.fromkeys(("CA", "FL", "TX", "IL", "DE"), BOARD) | dict.fromkeys(("CT", "NC"), ONE_COLUMN_BOARD)
YEAR = int(FETCHED[:4])


class Rosters:
    """Prints rows; remembers the keys of the one board that has no numbers, to print no row twice."""

    def __init__(self, rng: Random, shares: Shares) -> None:
        self.rng, self.shares = rng, shares
        self.keys: set[str] = set()
        self.rows = 0

    def rows_of(self, person: Person) -> list[Record]:
        found = (self.row(person, item) for item in person.licenses if item.row and item.state in COVERED)
        return [one for one in found if one is not None]

    def row(self, person: Person, item: License) -> Record | None:
        name = printed(self.rng, person.name, HABITS.get(item.state, MIXED_BOARD), self.shares)
        if name.swapped:
            person.labels |= BIT["swapped"]
        place, expires = self.place(person, item), self.expires(item)
        self.rows += 1
        return getattr(self, item.state.lower())(name, item, place, expires)

    def place(self, person: Person, item: License) -> Address:
        """The address of record: the practice, the home, or one of years ago."""
        chance, old = self.rng.random(), person.old[0]
        there = old.area.state == item.state or not person.labels & BIT["moved"]
        if there and (chance < 0.10 or (not item.live and chance < 0.5)):
            return old
        at_home = chance > 1 - self.shares.address_of_record_is_home and item.state not in ("FL", "TX")
        return person.home if at_home else person.practice

    def expires(self, item: License) -> str:
        year = YEAR + 1 + int(self.rng.random() * 2) if item.live else int(item.issued[:4]) + 2
        return f"{min(year, YEAR - 1) if not item.live else year}-{item.issued[5:7]}-28"

    def word(self, item: License, live: str, *ended: str) -> str:
        if item.live:
            return live
        return ended[int(self.rng.random() ** 3 * len(ended))]

    def base(self, name: Printed, item: License, kind: str) -> Fields:
        fields: Fields = {"family_name": name.family, "given_name": name.given, "license_type": kind}
        fields["license_number"] = item.number
        if name.middle:
            fields["middle_name"] = name.middle
        if name.suffix:
            fields["suffix"] = name.suffix
        return fields

    def ca(self, name: Printed, item: License, place: Address, expires: str) -> Record:
        status = (
            "Suspension"
            if item.disciplined
            else self.word(item, "Current", "Delinquent", "Inactive", "CurrentInactive")
        )
        fields = self.base(name, item, "Acupuncturist") | {
            "status": status, "first_issued": american(item.issued, "-"), "expires": american(expires, "-"),
            "county": place.area.county.upper(),
        } | capitals(place, self.rng)  # fmt: skip
        return record("board_ca", item.number, "https://search.dca.ca.gov/", fields, "CA")

    def co(self, name: Printed, item: License, place: Address, expires: str) -> Record:
        status = self.word(item, "Active", "Expired", "Inactive")
        fields = self.base(name, item, "ACU") | {
            "status": "Active - With Conditions" if item.disciplined else status,
            "first_issued": item.issued + MIDNIGHT, "last_issued": "2025-11-30" + MIDNIGHT,
            "expires": expires + MIDNIGHT,
        } | city_line(place, False)  # fmt: skip
        if self.rng.random() < 0.2:
            fields["credential"] = "MSOM"
        if item.disciplined:
            fields["discipline_cases"] = [{"action": "Stipulation", "effective": "2021-02-15" + MIDNIGHT}]
        url = "https://apps2.colorado.gov/dora/licensing/lookup/licenselookup.aspx?number=ACU." + item.number.zfill(7)
        return record("board_co", f"ACU {item.number}", url, fields, "CO")

    def ct(self, name: Printed, item: License, place: Address, expires: str) -> Record:
        reason = self.word(item, "CURRENT", "LAPSED DUE TO NON-RENEWAL", "VOLUNTARY NON-RENEWAL")
        fields: Fields = {
            "name": name.text(), "license_number": item.number, "license_type": "ACUPUNCTURIST",
            "status": "ACTIVE" if item.live else "INACTIVE", "status_reason": reason,
            "first_issued": item.issued + MIDNIGHT, "last_issued": "2025-05-01" + MIDNIGHT,
            "expires": expires + MIDNIGHT,
        } | city_line(place, True)  # fmt: skip
        key = f"38.{item.number}"
        return record(
            "board_ct", key, f"https://data.ct.gov/resource/ngch-56tr.json?fullcredentialcode={key}", fields, "CT"
        )

    def de(self, name: Printed, item: License, place: Address, expires: str) -> Record:
        status = "Suspended" if item.disciplined else self.word(item, "Active", "Expired", "Closed")
        fields = self.base(name, item, "Acupuncture Practitioner") | {
            "status": status, "first_issued": item.issued + MIDNIGHT, "expires": expires + MIDNIGHT,
        } | city_line(place, False)  # fmt: skip
        url = f"https://data.delaware.gov/resource/pjnv-eaih.json?license_no={item.number}"
        return record("board_de", item.number, url, fields, "DE")

    def fl(self, name: Printed, item: License, place: Address, expires: str) -> Record:
        status = self.word(item, "CLEAR", "DELINQUENT", "NULL AND VOID", "RETIRED")
        status = "DECEASED" if item.ended == "deceased" else "OBLIGATIONS" if item.disciplined else status
        fields = self.base(name, item, "Acupuncturist") | {
            "status": status, "rank_code": "AP", "action_taken": "Y" if item.disciplined else "N",
            "first_issued": us_date(item.issued), "expires": us_date(expires), "status_since": "06/27/2024",
        }  # fmt: skip
        if status in ("CLEAR", "DELINQUENT", "OBLIGATIONS"):
            fields["status_reason"] = "INACTIVE" if self.rng.random() < 0.04 else "ACTIVE"
        chance = self.rng.random()
        if chance > 0.03:
            fields |= capitals(place, self.rng) | {"place_is": "practice location"}
        if chance > 0.94:
            fields = {part: value for part, value in fields.items() if part not in ("street", "street2", "zip")}
            fields["place_is"] = "mailing address"
        key = str(1_000_000 + self.rows)
        url = "https://mqa-internet.doh.state.fl.us/MQASearchServices/HealthCareProviders/LicenseVerification"
        return record("board_fl", key, f"{url}?LicInd={key}&ProCde=1901", fields, "FL")

    def il(self, name: Printed, item: License, place: Address, expires: str) -> Record:
        fields = self.base(name, item, "LICENSED ACUPUNCTURIST") | {
            "status": self.word(item, "ACTIVE", "NOT RENEWED"), "action_taken": "Y" if item.disciplined else "N",
            "first_issued": us_date(item.issued), "last_issued": "06/12/2025", "expires": us_date(expires),
        } | city_line(place, True)  # fmt: skip
        if item.disciplined:
            fields["discipline_cases"] = [{"action": "REPRIMAND", "effective": "05/06/2019"}]
        fields["zip"] = fields["zip"][:5]
        url = f"https://data.illinois.gov/resource/pzzh-kp68.json?license_number={item.number}"
        return record("board_il", item.number, url, fields, "IL")

    def mo(self, name: Printed, item: License, place: Address, expires: str) -> Record | None:
        """Only active licenses are listed."""
        if not item.live:
            return None
        fields = self.base(name, item, "ACU") | {
            "status": "Active", "status_reason": "Not Expired", "action_taken": "Yes" if item.disciplined else "No",
            "first_issued": item.issued, "expires": expires, "country": "USA", "street": place.street,
        } | city_line(place, False)  # fmt: skip
        if place.suite:
            fields["street2"] = place.suite
        return record("board_mo", item.number, "https://pr.mo.gov/listings-acu.asp", fields, "MO")

    def nc(self, name: Printed, item: License, place: Address, expires: str) -> Record | None:
        """A roster without numbers: a row is its name and place; one that is another's to the letter is not printed."""
        text = name.text().title() if name.text().isupper() else name.text()
        letters = LETTERS_STUCK[int(self.rng.random() * len(LETTERS_STUCK))] if self.rng.random() < 0.12 else ""
        fields: Fields = {"name": text + letters} | city_line(place, False)
        fields["status"] = self.word(item, "Active", "Inactive", "Expired")
        key = key_of_row({name: fields[name] for name in ("name", "city", "state", "zip")})
        key = key_of_row(fields) if key in self.keys else key
        if key in self.keys:
            return None
        self.keys.add(key)
        return record("board_nc", key, "https://www.ncalb.com/acupuncturist-directory/", fields, "NC")

    def tx(self, name: Printed, item: License, place: Address, expires: str) -> Record:
        """Given and middle name in one column."""
        fields = self.base(name, item, "Acupuncturist") | {
            "status": self.word(item, "ACTIVE", "EXPIRED"), "currently_licensed": "Y" if item.live else "N",
            "disciplinary_status": "UNDER BOARD ORDER" if item.disciplined else "NONE",
            "first_issued": item.issued + MIDNIGHT, "expires": expires + MIDNIGHT, "street": place.line.upper(),
        } | city_line(place, True)  # fmt: skip
        fields["given_name"] = f"{name.given} {fields.pop('middle_name', '')}".strip()
        if fields.pop("suffix", ""):
            fields["family_name"] = f"{name.family} {name.suffix}"
        if self.rng.random() < 0.5:
            fields["credential"] = "MAOM"
        url = f"https://data.texas.gov/resource/tm3v-pfq9.json?license_number={item.number}"
        return record("board_tx", item.number, url, fields, "TX")

    def wa(self, name: Printed, item: License, place: Address, expires: str) -> Record:
        """Neither address nor city."""
        status = "Deceased" if item.ended == "deceased" else self.word(item, "Active", "Expired", "Inactive", "Retired")
        kind = "Acupuncture and Eastern Medicine Practitioner License"
        fields = self.base(name, item, kind) | {
            "status": status, "action_taken": "Yes" if item.disciplined else "No",
            "last_issued": "2025-05-07" + MIDNIGHT,
            "first_issued": item.issued + MIDNIGHT, "expires": expires + MIDNIGHT,
        }  # fmt: skip
        if fields.pop("suffix", ""):
            fields["family_name"] = f"{name.family} {name.suffix}"
        url = f"https://data.wa.gov/resource/qxh8-f4bd.json?credentialnumber={item.number}"
        return record("board_wa", item.number, url, fields, "WA")


def american(day: str, sign: str) -> str:
    return f"{day[5:7]}{sign}{day[8:10]}{sign}{day[:4]}"


def city_line(place: Address, upper: bool) -> Fields:
    """City, state and ZIP, no street."""
    area = place.area
    return {"city": area.city.upper() if upper else area.city, "state": area.state, "zip": area.zip}
