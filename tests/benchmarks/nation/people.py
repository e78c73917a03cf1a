"""Lives: who works where, lives where, holds which licenses, moved, married, died.

In: a clinic with seats, or a relative. Out: `Person`, from whom every source's rows are printed. Nothing here knows
how a source prints it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from random import Random

from tests.benchmarks.nation.draws import Draw, words
from tests.benchmarks.nation.licenses import Boards, License
from tests.benchmarks.nation.names import EAST_ASIAN, TrueName, drawn_given, family_name, true_name
from tests.benchmarks.nation.places import Address, Area, Telephones, areas_in, home, office, states_of, suite
from tests.benchmarks.nation.shares import Shares

LABELS = (
    "spouse", "parent_child", "namesake", "reissued", "changed_surname", "swapped", "typo_number", "shared_clinic",
    "two_npis", "shared_npi", "number_of_the_dead", "deceased", "moved", "stale_npi", "english_name", "physician",
    "excluded", "stranger", "same_name_son", "no_npi",
)  # fmt: skip
BIT = {label: 1 << at for at, label in enumerate(LABELS)}
NEIGHBORS = 12  # clinics remembered for each three-digit ZIP area


@dataclass(slots=True)
class Clinic:
    """`pages`: the names its site already shows; `people`: how many were ever seated there."""

    name: str
    address: Address
    phone: str
    site: str
    people: int = 0
    pages: set[str] = field(default_factory=set)


@dataclass(slots=True)
class Person:
    """`clinics[0]` is the practice of today; `left` a clinic of before whose site still shows the person; `old` an
    address and telephone of before; `labels` are bits of BIT."""

    number: int
    name: TrueName
    clinics: list[Clinic]
    home: Address
    phone: str
    licenses: list[License]
    old: tuple[Address, str]
    works_at_home: bool
    labels: int = 0
    kind: str = "acupuncturist"
    npis: tuple[str, ...] = ()
    letters: str = ""
    left: Clinic | None = None

    @property
    def practice(self) -> Address:
        return self.home if self.works_at_home else self.clinics[0].address


class Lives:
    """Makes clinics and people; remembers a bounded number of clinics of each neighborhood."""

    def __init__(self, rng: Random, people: int, shares: Shares) -> None:
        self.rng, self.shares = rng, shares
        self.boards = Boards(rng, people, shares)
        self.phones = Telephones(rng)
        self.origins = Draw(shares.origins.items())
        self.sizes = Draw(shares.clinic_sizes)
        self.counts = Draw(shares.license_counts)
        self.near: dict[str, list[Clinic]] = {}
        self.clinics = 0
        self.people = 0

    def clinic(self, area: Area, owner: str = "") -> Clinic:
        """A new clinic, sometimes in the building of another."""
        rng, near = self.rng, self.near.setdefault(area.zip[:3], [])
        address = office(rng, area)
        if near and rng.random() < self.shares.in_building_of_another_clinic:
            other = near[int(rng.random() * len(near))].address
            address = Address(other.street, suite(rng), other.area)
        first = owner if owner and rng.random() < 0.35 else words("clinic_first").pick(rng)
        name = f"{first} {words('clinic_last').pick(rng)}"
        self.clinics += 1
        slug = "".join(letter for letter in name.lower() if letter.isascii() and letter.isalnum())
        site = f"http://www.{slug}-{self.clinics}.example/" if rng.random() < self.shares.clinic_has_site else ""
        found = Clinic(name, address, self.phones.number(rng, address.area), site)
        if len(near) < NEIGHBORS:
            near.append(found)
        else:
            near[int(rng.random() * NEIGHBORS)] = found
        return found

    def neighbor(self, area: Area) -> Clinic:
        """Another clinic of the neighborhood, or a new one."""
        near = self.near.get(area.zip[:3])
        if near and self.rng.random() < 0.7:
            return near[int(self.rng.random() * len(near))]
        return self.clinic(area)

    def place(self, origin: str) -> Area:
        return areas_in(origin, states_of(origin).pick(self.rng)).pick(self.rng)

    def sex(self, origin: str) -> str:
        return "F" if self.rng.random() < self.shares.women[origin] else "M"

    def person(self, origin: str, clinic: Clinic, name: TrueName | None = None, house: Address | None = None) -> Person:
        """Somebody who works at this clinic."""
        rng, shares, area = self.rng, self.shares, clinic.address.area
        name = name or true_name(rng, origin, self.sex(origin), shares)
        at_home = clinic.people == 0 and rng.random() < shares.works_at_home
        where = area if rng.random() < 0.35 else self.lives_near(origin, area)
        house = house or home(rng, area if at_home else where)
        phone = self.phones.number(rng, area) if rng.random() < 0.75 else clinic.phone
        old = (office(rng, self.lives_near(origin, area)), phone)
        found = Person(self.people, name, [clinic], house, phone, [], old, at_home)
        self.people += 1
        clinic.people += 1
        self.marry(found)
        self.work(found)
        return found

    def lives_near(self, origin: str, area: Area) -> Area:
        """An area of the same neighborhood where one is met soon, else of the state."""
        drawn = areas_in(origin, area.state)
        for _ in range(3):
            other = drawn.pick(self.rng)
            if other.zip[:3] == area.zip[:3]:
                break
        return other

    def marry(self, person: Person) -> None:
        """A surname that changed since some of the papers were written; a second place, a former one."""
        rng, shares, name = self.rng, self.shares, person.name
        east_asian = name.origin in EAST_ASIAN
        chance = shares.changed_surname_east_asian_women if east_asian else shares.changed_surname_women
        if name.sex == "F" and rng.random() < chance and not name.former:
            name.former = name.family
            origin = name.origin if rng.random() < (0.6 if east_asian else 0.85) else "european"
            new = family_name(rng, origin)
            name.family = f"{name.former}-{new}" if rng.random() < 0.15 and " " not in name.former + new else new
            person.labels |= BIT["changed_surname"]
        if name.english:
            person.labels |= BIT["english_name"]

    def work(self, person: Person) -> None:
        """Second practice, licenses, an old practice in another state."""
        rng, shares = self.rng, self.shares
        if rng.random() < shares.second_practice:
            second = self.neighbor(person.clinics[0].address.area)
            second.people += 1
            person.clinics.append(second)
        if rng.random() < shares.former_clinic_still_shows:
            person.left = self.neighbor(person.clinics[0].address.area)
        states = self.license_states(person)
        died = rng.random() < shares.deceased
        for state in states:
            person.licenses += self.licensed(state, state == states[0] and not died)
        if any(item.given_again for item in person.licenses):
            person.labels |= BIT["number_of_the_dead"]
        if len({item.state for item in person.licenses}) < len(person.licenses):
            person.labels |= BIT["reissued"]
        if died:
            self.bury(person)
        if len(states) > 1 and rng.random() < shares.stale_in_other_state:
            area = areas_in(person.name.origin, states[1]).pick(rng)
            person.old = (office(rng, area), self.phones.number(rng, area) if rng.random() < 0.7 else person.phone)
            person.labels |= BIT["moved"]

    def license_states(self, person: Person) -> list[str]:
        count = self.counts.pick(self.rng)
        states = [person.clinics[0].address.area.state][:count]
        for _ in range(3 * (count - 1)):
            state = states_of(person.name.origin).pick(self.rng)
            if state not in states and len(states) < count:
                states.append(state)
        return states

    def licensed(self, state: str, here: bool) -> list[License]:
        """The license of a board; rarely an earlier one before it."""
        rng, shares = self.rng, self.shares
        found = self.boards.issue(state)
        found.live = found.given_again or rng.random() < (shares.live if here else shares.live_elsewhere)
        found.disciplined = rng.random() < shares.disciplined
        if found.given_again or rng.random() >= shares.number_again:
            return [found]
        earlier, found = sorted((found, self.boards.issue(state)), key=lambda item: item.issued)
        earlier.live, found.live, earlier.ended = False, True, "lapsed"
        return [found, earlier]

    def bury(self, person: Person) -> None:
        """The dead keep their rows in the registry; a board drops them or says so, and may give the number again."""
        person.labels |= BIT["deceased"]
        for item in person.licenses:
            item.live, item.ended, item.row = False, "deceased", self.rng.random() < 0.5
            if not item.row or item.state == "FL":
                self.boards.dead[item.state].append((item.number, item.serial))

    def spouse(self, person: Person) -> Person:
        """Husband or wife: one home, mostly one clinic, mostly one surname."""
        rng, own = self.rng, person.name
        origin = own.origin if rng.random() < 0.8 else self.origins.pick(rng)
        name = true_name(rng, origin, "M" if own.sex == "F" else "F", self.shares)
        if rng.random() < (0.55 if own.origin in EAST_ASIAN else 0.80):
            name.family = own.family
        area = person.clinics[0].address.area
        other = self.person(origin, person.clinics[0] if rng.random() < 0.62 else self.clinic(area), name, person.home)
        self.related(person, other, "spouse")
        return other

    def child(self, person: Person) -> Person:
        """Son or daughter: one surname, often one clinic; a son sometimes has all of his father's name."""
        rng, own = self.rng, person.name
        sex = self.sex(own.origin)
        name = true_name(rng, own.origin, sex, self.shares)
        name.family = own.family
        if own.origin in EAST_ASIAN and not name.english and rng.random() < 0.7:
            name.english, name.english_legal = drawn_given(rng, "english_asian", sex), True
        if sex == own.sex == "M" and own.origin not in EAST_ASIAN and rng.random() < self.shares.same_name_son:
            name.given, name.middle, name.nickname, name.suffix = own.given, own.middle, "", "Jr."
            own.suffix = "Sr." if rng.random() < 0.4 else ""
            person.labels |= BIT["same_name_son"]
        area = person.clinics[0].address.area
        clinic = person.clinics[0] if rng.random() < 0.45 else self.clinic(self.lives_near(own.origin, area))
        other = self.person(own.origin, clinic, name, person.home if rng.random() < 0.3 else None)
        other.labels |= person.labels & BIT["same_name_son"]
        self.related(person, other, "parent_child")
        return other

    def related(self, person: Person, other: Person, label: str) -> None:
        person.labels |= BIT[label]
        other.labels |= BIT[label]
        if other.home == person.home and self.rng.random() < 0.4:
            other.phone = person.phone
