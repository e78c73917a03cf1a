"""The physicians of the academy, and the hard cases about them.

In: the registrar of numbers. Out: Person values and Case values; a few physicians also hold an NPI
record with acupuncture as a further taxonomy, and one is a licensed acupuncturist too.
"""

from dataclasses import replace

from building import Registrar, in_registry, seeded, start
from cases_identity import physician_neighbor
from people import ACUPUNCTURIST, AcademyEntry, Case, Person, Taxonomy
from places import PLACES, find_place

SPECIALTIES = [
    "Family Practice, Medical Acupuncture", "Anesthesiology, Pain Management", "Internal Medicine",
    "Psychiatry", "Physical Medicine & Rehabilitation", "Emergency Medicine", "Pediatrics",
    "Osteopathic Manipulation, acupuncture",
]  # fmt: skip

MEMBERS = [
    ("Rudyard", "B.", "Ellingham", "M", "WA", "MD, DABMA, FAAMA"),
    ("Seraphina", "", "Dalgaard", "F", "WA", "MD"),
    ("Hollis", "", "Pemberwick", "M", "WA", "DO"),
    ("Yelena", "M.", "Voskresenska", "F", "CA", "MD, DABMA"),
    ("Kwang-ho", "", "Chae", "M", "CA", "MD, FAAMA"),
    ("Aditi", "", "Ramaswamen", "F", "CA", "MD"),
    ("Montgomery", "", "Ashdown", "M", "CA", "DO, DABMA"),
    ("Liesl", "", "Brockmeyer", "F", "NY", "MD, FAAMA"),
    ("Ezekiel", "T.", "Rosenthaler", "M", "NY", "MD, DABMA"),
    ("Meiling", "", "Shang", "F", "NY", "MD, PhD"),
    ("Fabrizio", "", "Loconti", "M", "NY", "MD"),
    ("Georgina", "", "Halloway", "F", "NJ", "MD, DABMA"),
    ("Vikram", "", "Chaudhurian", "M", "NJ", "MD"),
    ("Odette", "L.", "Fairmount", "F", "NJ", "DO, FAAMA"),
    ("Santiago", "", "Irizarraga", "M", "FL", "MD, DABMA"),
    ("Cordelia", "", "Braithwell", "F", "FL", "MD"),
    ("Emil", "J.", "Strandquist", "M", "FL", "MD, FAAMA"),
    ("Kalani", "", "Mahiai", "M", "HI", "MD"),
    ("Ruriko", "", "Hanamura", "F", "HI", "MD, DABMA"),
    ("Lucinda", "", "Overgaard", "F", "IA", "DO"),
    ("Barrett", "N.", "Sundquist", "M", "IA", "MD, DABMA"),
    ("Clementina", "", "Rockwood", "F", "OK", "MD, FAAMA"),
]

FAMILY_MEDICINE = Taxonomy("207Q00000X", "Family Medicine", "WA", "MD69000321", True)


def in_academy(person: Person, number: int, letters: str) -> Person:
    """The person as a member; the middle place is left blank, not dropped, as the real titles do."""
    rng = seeded(person.slug, "academy")
    entry = AcademyEntry(
        member_id=2990000100 + 17 * number,
        title=f"{person.given} {person.middle} {person.family}, {letters}",
        clinic=f"{person.family} Medical Acupuncture" if rng.random() < 0.4 else "",
        office=person.office,
        phone=person.office.phone,
        specialty=rng.choice(SPECIALTIES),
        website=f"http://www.{person.website}" if person.website else "",
    )
    return replace(person, academy=entry)


def with_physician_npi(registrar: Registrar, person: Person, letters: str) -> Person:
    """The physician in the registry: medicine first, acupuncture second and without a license."""
    state = person.office.place.state
    medicine = replace(FAMILY_MEDICINE, state=state, license_number=f"MD990{len(person.slug):03d}")
    acupuncture = Taxonomy(*ACUPUNCTURIST, None, None, False)
    return in_registry(registrar, person, credential=letters, taxonomies=(medicine, acupuncture), prefix="Dr.")


def ordinary_physicians(registrar: Registrar) -> list[Person]:
    """The members of the table above; every fourth has an NPI record in the answers too."""
    people = []
    for number, (given, middle, family, sex, state, letters) in enumerate(MEMBERS, start=1):
        place = PLACES[state][number % len(PLACES[state])]
        person = in_academy(start(registrar, given, middle, family, sex, place), number, letters)
        people.append(with_physician_npi(registrar, person, letters) if number % 4 == 1 else person)
    return people


def licensed_physician_case(registrar: Registrar) -> Case:
    """A physician who is a licensed acupuncturist as well."""
    person = start(registrar, "Theodora", "", "Kallistratos", "F", find_place("San Francisco", "CA"))
    person = in_academy(person, 41, "MD, LAc, FAAMA")
    medicine = replace(FAMILY_MEDICINE, state="CA", license_number="A990417")
    acupuncture = Taxonomy(*ACUPUNCTURIST, "CA", registrar.license_number("CA"), False)
    person = in_registry(registrar, person, credential="MD, LAC", taxonomies=(medicine, acupuncture))
    return Case(
        "physician_and_acupuncturist",
        (person,),
        "persons=1;kind=physician",
        'The academy prints "MD, LAc, FAAMA"; the NPI record has both taxonomies.',
    )


def same_name_physician_case(registrar: Registrar) -> Case:
    """A physician and a licensed acupuncturist of one name in one state."""
    doctor = start(registrar, "Alan", "", "Whitcombe", "M", find_place("San Diego", "CA"))
    return Case(
        "physician_of_the_same_name",
        (physician_neighbor(registrar), in_academy(doctor, 42, "MD, DABMA")),
        "persons=2",
        "One is a licensed acupuncturist in Oakland, the other a physician in San Diego.",
    )


def academy_case(registrar: Registrar) -> Case:
    """Membership and the physicians' own board certificate are two things."""
    person = start(registrar, "Bertrand", "C.", "Hollisworth", "M", find_place("Tulsa", "OK"))
    return Case(
        "physician_with_dabma",
        (in_academy(person, 43, "MD, DABMA, FAAMA"),),
        "persons=1;kind=physician;license=state_does_not_license",
        "DABMA is the physicians' board, FAAMA a fellowship; neither is an NCCAOM certificate.",
    )


def physician_cases(registrar: Registrar) -> list[Case]:
    """All cases of this module."""
    return [build(registrar) for build in (licensed_physician_case, same_name_physician_case, academy_case)]
