"""The shapes of the invented cast: one person, and how each of the five sources shows them.

Nothing comes in; out go the dataclasses that the other modules fill and the writers print.
Every value is what a source would send, so two sources may well disagree about one person.
"""

from dataclasses import dataclass

ACUPUNCTURIST = ("171100000X", "Acupuncturist")
FULL_LICENSE = "Acupuncture and Eastern Medicine Practitioner License"
TEMPORARY_PERMIT = "Acupuncture and Eastern Medicine Practitioner Temporary Permit"


@dataclass(frozen=True)
class Place:
    """A real city with one of its real ZIP codes and telephone area codes."""

    city: str
    state: str
    zip_code: str
    area_code: str


@dataclass(frozen=True)
class Office:
    """An invented street in a real place; unit is empty or like "Suite 210"."""

    street: str
    unit: str
    place: Place
    phone: str


@dataclass(frozen=True)
class Taxonomy:
    """One taxonomy line of the NPI registry; state and license_number may be None, as there."""

    code: str
    description: str
    state: str | None
    license_number: str | None
    primary: bool


@dataclass(frozen=True)
class OtherName:
    """A former (code 1), professional (2) or other (5) name of the NPI registry."""

    given: str
    middle: str
    family: str
    credential: str
    kind: str = "Former Name"
    code: str = "1"


@dataclass(frozen=True)
class RegistryEntry:
    """How the NPI registry shows a person; dates are YYYY-MM-DD."""

    npi: str
    given: str
    middle: str
    family: str
    suffix: str
    credential: str
    sex: str
    office: Office
    mailing: Office
    taxonomies: tuple[Taxonomy, ...]
    enumerated: str
    updated: str
    more_offices: tuple[Office, ...] = ()
    other_names: tuple[OtherName, ...] = ()
    prefix: str = ""
    sole_proprietor: str = "YES"
    endpoint: str = ""
    identifier: str = ""


@dataclass(frozen=True)
class Listing:
    """How the certifier's directory shows a person; designations are codes such as "AC"."""

    client_id: str
    badge_id: str
    name: str
    status: str
    sex: str
    state: str
    office: Office | None
    phone: str
    website: str
    designations: tuple[str, ...]
    about: str
    education: tuple[str, ...]
    languages: tuple[str, ...]
    conditions: tuple[str, ...]
    issuer: str = "NCCAOM"
    second_office: Office | None = None


@dataclass(frozen=True)
class BoardLicense:
    """One row of the Washington roster; dates are YYYY-MM-DD, empty means null."""

    number: str
    family: str
    given: str
    middle: str
    license_type: str
    status: str
    first_issued: str
    last_issued: str
    expires: str
    action_taken: str = "No"


@dataclass(frozen=True)
class AcademyEntry:
    """How the physicians' academy shows a member; title is "Given M. Family, MD, DABMA"."""

    member_id: int
    title: str
    clinic: str
    office: Office
    phone: str
    specialty: str
    website: str


@dataclass(frozen=True)
class Exclusion:
    """One row of the federal exclusion list; dates are YYYYMMDD, "00000000" means none."""

    family: str
    given: str
    middle: str
    business: str
    general: str
    specialty: str
    npi: str
    birth_date: str
    street: str
    place: Place
    kind: str
    excluded_on: str
    reinstated_on: str = "00000000"


@dataclass(frozen=True)
class Person:
    """One invented human being and every record that is about them."""

    slug: str
    given: str
    middle: str
    family: str
    suffix: str
    sex: str
    office: Office
    website: str = ""
    registry: RegistryEntry | None = None
    listing: Listing | None = None
    licenses: tuple[BoardLicense, ...] = ()
    academy: AcademyEntry | None = None
    exclusion: Exclusion | None = None

    @property
    def name(self) -> str:
        """The whole name in everyday order, e.g. "Ernesto Villalobos Jr."."""
        return " ".join(part for part in (self.given, self.middle, self.family, self.suffix) if part)

    def source_keys(self) -> list[str]:
        """The records of this person as "source:key", in a fixed order."""
        keys = [f"npi_registry:{self.registry.npi}"] if self.registry else []
        keys += [f"ncbahm:{self.listing.client_id}"] if self.listing else []
        keys += [f"aama:{self.academy.member_id}"] if self.academy else []
        keys += [f"board_wa:{license_row.number}" for license_row in self.licenses]
        if self.exclusion:
            row = self.exclusion
            keys.append(f"leie:{row.family} {row.given} {row.excluded_on}")
        return keys


@dataclass(frozen=True)
class Case:
    """A hard case: its people, what a right answer looks like, and why in plain words.

    expectation holds "key=value" pairs joined by ";": persons (how many human beings the
    records are), and certification, license, kind, exclusion where the case is about them.
    """

    case: str
    people: tuple[Person, ...]
    expectation: str
    note: str
