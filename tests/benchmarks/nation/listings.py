"""Rows of listings: the certifier's directory, the academy of physicians, clinics' web sites, the exclusion list.

In: a person. Out: records. A clinic's row is what the pipeline makes of a site's pages: one record a person of a site.
"""

from __future__ import annotations

import base64
import hashlib
from random import Random

from crawler.records import Fields, Record, key_of_row
from tests.benchmarks.nation.draws import words
from tests.benchmarks.nation.licenses import typed
from tests.benchmarks.nation.people import BIT, Clinic, Person
from tests.benchmarks.nation.places import Address
from tests.benchmarks.nation.printing import LETTERS_STUCK, dashed, one_line, record
from tests.benchmarks.nation.shares import Shares
from tests.benchmarks.nation.spelling import BOARD, DIRECTORY, WEBSITE, printed

DESIGNATIONS = (
    ["Dipl. O.M. (NCCAOM)®"],
    ["Dipl. Ac. (NCCAOM)®"],
    ["Dipl. Ac. (NCCAOM)®", "Dipl. O.M. (NCCAOM)®"],
    ["Dipl. Ac. (NCCAOM)®", "Dipl. C.H. (NCCAOM)®"],
)
SPOKEN = {
    "chinese": "Mandarin",
    "korean": "Korean",
    "vietnamese": "Vietnamese",
    "japanese": "Japanese",
    "hispanic": "Spanish",
}
TITLES = ("L.Ac.", "DACM, L.Ac.", "LAc", "Licensed Acupuncturist", "DAOM, L.Ac.", "MSOM, L.Ac.")
DIRECTORY_PAGE = "https://directory.ncbahm.org/FAP/PractitionerDetail?AgencyClientId="
ACADEMY_PAGE = "https://medacu.memberclicks.net/patient-referral-directory#/profile/"
TRADES = ("NURSE/NURSES AIDE", "CHIROPRACTIC", "PHARMACY TECHNICIAN", "PERSONAL CARE PROVID")
PATHS = ("about/", "team/", "our-team/", "about-us/", "practitioners/", "")


class Listings:
    def __init__(self, rng: Random, shares: Shares) -> None:
        self.rng, self.shares = rng, shares
        self.last_npi = ""

    def rows_of(self, person: Person) -> list[Record]:
        found = self.site_rows(person)
        if person.kind == "physician":
            found.append(self.academy(person))
        elif self.rng.random() < self.shares.certified_listed:
            found.append(self.directory(person))
        if person.npis:
            self.last_npi = person.npis[0]
        return found

    def directory(self, person: Person) -> Record:
        rng, clinic = self.rng, person.clinics[0]
        name = printed(rng, person.name, DIRECTORY, self.shares)
        self.note(person, name.swapped)
        text = name.text() + (LETTERS_STUCK[int(rng.random() * len(LETTERS_STUCK))] if rng.random() < 0.11 else "")
        key = base64.b64encode(hashlib.md5(b"%d" % person.number).digest()[:8]).decode().replace("+", "x")
        place = person.old[0] if rng.random() < 0.12 else person.practice
        fields: Fields = {
            "name": text, "status": "Certified Diplomate", "sex": "Female" if person.name.sex == "F" else "Male",
            "designations": DESIGNATIONS[int(rng.random() ** 1.5 * 4)], "languages": self.languages(person),
            "badge": f"https://digitalbadge.nccaom.org/DiplomateBadgeProfile/{key.replace('/', 'y')}",
        }  # fmt: skip
        if rng.random() >= self.shares.no_address_listed:
            fields["address"] = one_line(place)
        if rng.random() >= self.shares.no_phone_listed:
            own = person.works_at_home or rng.random() < self.shares.own_phone_shown
            fields["phone"] = dashed(person.phone if own else clinic.phone)
        if clinic.site and rng.random() < 0.6:
            fields["website"] = clinic.site
        return record("ncbahm", key, f"{DIRECTORY_PAGE}{key}", fields, place.area.state)

    def languages(self, person: Person) -> list[str]:
        spoken = SPOKEN.get(person.name.origin)
        return ["English", spoken] if spoken and self.rng.random() < 0.6 else ["English"]

    def note(self, person: Person, swapped: bool) -> None:
        if swapped:
            person.labels |= BIT["swapped"]

    def academy(self, person: Person) -> Record:
        rng, clinic = self.rng, person.clinics[0]
        name = printed(rng, person.name, DIRECTORY, self.shares).text()
        address = one_line(clinic.address).removesuffix(", USA")
        fields: Fields = {
            "name": f"{name}, {person.letters}", "specialty": words("specialty").pick(rng),
            "phone": dashed(clinic.phone),
            "address": f"{clinic.name}, {address}" if rng.random() < 0.3 else address,
        }  # fmt: skip
        if clinic.site:
            fields["website"] = clinic.site
        key = str(2_990_000_000 + person.number)
        return record("aama", key, ACADEMY_PAGE + key, fields, "")

    def site_rows(self, person: Person) -> list[Record]:
        """The sites that show the person: the clinic's, an own one, a second practice's, one that was never updated."""
        rng, shares = self.rng, self.shares
        found = []
        for at, clinic in enumerate(person.clinics):
            if clinic.site and rng.random() < (shares.shown_on_site if at == 0 else shares.second_practice_site):
                found.append(self.page(person, clinic))
        if person.left and person.left.site:
            found.append(self.page(person, person.left))
        if rng.random() < shares.own_site_beside_clinic:
            own = Clinic(f"{person.name.called} {person.name.family} Acupuncture", person.practice, person.phone, "")
            slug = "".join(letter for letter in own.name.lower() if letter.isascii() and letter.isalpha())
            own.site = f"http://{slug}{person.number}.example/"
            found.append(self.page(person, own))
        return [one for one in found if one is not None]

    def page(self, person: Person, clinic: Clinic) -> Record | None:
        """One person of one site; a name the site already shows is the same entry to a reader."""
        rng = self.rng
        name = printed(rng, person.name, WEBSITE, self.shares)
        text = name.text()
        if text in clinic.pages:
            return None
        clinic.pages.add(text)
        self.note(person, name.swapped)
        physician = person.kind == "physician"
        title = person.letters or TITLES[int(rng.random() * len(TITLES))]
        url = clinic.site + PATHS[int(rng.random() * len(PATHS))]
        fields: Fields = {
            "name": text, "credential": title, "job_title": title,
            "title": "physician" if physician else "acupuncturist",
            "clinic": clinic.name, "website": clinic.site,
        }  # fmt: skip
        if rng.random() < 0.93:
            fields["phone"] = dashed(clinic.phone)
        if rng.random() < 0.90:
            fields["locations"] = [place_of(clinic.address)]
        self.numbers(person, fields, url)
        return record("clinics", f"{url}#{text}", url, fields, clinic.address.area.state)

    def numbers(self, person: Person, fields: Fields, url: str) -> None:
        """A license number in the text, an NPI in the markup; rarely a colleague's NPI, copied with the template."""
        rng, shares = self.rng, self.shares
        if person.licenses and rng.random() < shares.license_on_site:
            item = person.licenses[0]
            number = typed(rng, item)
            fields["statements"] = [{
                "kind": "license", "issuer": "", "designation": "", "state": item.state, "number": number,
                "tense": "current", "says": f"License {number}.", "page": url, "rule": "number_behind_license",
            }]  # fmt: skip
        if person.npis and rng.random() < shares.npi_on_site:
            fields["npi"] = person.npis[0]
        elif self.last_npi and rng.random() < shares.npi_of_a_colleague:
            fields["npi"] = self.last_npi
            person.labels |= BIT["shared_npi"]

    def exclusion(self, person: Person) -> Record:
        """A row of the exclusion list: cut at its columns' width, most without an NPI."""
        rng, place = self.rng, person.home
        name = printed(rng, person.name, BOARD, self.shares)
        stranger = person.kind == "stranger"
        fields: Fields = {
            "family_name": name.family[:20], "given_name": name.given[:15], "general": "IND- LIC HC SERV PRO",
            "specialty": TRADES[int(rng.random() * 4)] if stranger else "ACUPUNCTURIST",
            "street": place.line.upper()[:30],
            "city": place.area.city.upper(), "state": place.area.state, "zip": place.area.zip,
            "exclusion_type": "1128b4" if rng.random() < 0.6 else "1128a1",
            "excluded_on": f"{2005 + person.number % 20}0{1 + person.number % 9}20",
        }  # fmt: skip
        if name.middle:
            fields["middle_name"] = name.middle[:15]
        if person.npis and rng.random() < 0.25:
            fields["npi"] = person.npis[0]
        if len(name.family) >= 20:
            fields["cut"] = ["family_name"]
        return record("leie", key_of_row(fields), "https://exclusions.oig.hhs.gov/", fields, "")


def place_of(place: Address) -> Fields:
    street = f"{place.street}, {place.suite}" if place.suite else place.street
    return {"street": street, "city": place.area.city, "state": place.area.state, "zip": place.area.zip}
