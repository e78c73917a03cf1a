"""Hard cases of status and of what is claimed: licenses, certificates, exclusions, other professions.

In: the registrar of numbers. Out: Case values with the people, the right answer and the reason.
"""

from dataclasses import replace

from building import Registrar, at_board, in_directory, in_registry, seeded, start
from people import ACUPUNCTURIST, TEMPORARY_PERMIT, Case, Exclusion, Person, Taxonomy
from places import find_place


def with_both_numbers(registrar: Registrar, person: Person) -> Person:
    """The person in the registry with every Washington number; the live one is the primary line."""
    *old, live = [row.number for row in person.licenses]
    lines = [Taxonomy(*ACUPUNCTURIST, "WA", number, False) for number in old]
    lines.append(Taxonomy(*ACUPUNCTURIST, "WA", live, True))
    return in_registry(registrar, person, taxonomies=tuple(lines))


def permit_and_license_case(registrar: Registrar) -> Case:
    """An expired temporary permit before an active license."""
    person = start(registrar, "Tomas", "", "Lindquister", "M", find_place("Seattle", "WA"))
    permit = {"license_type": TEMPORARY_PERMIT, "status": "Expired", "number": "TP69000417"}
    dates = {"first_issued": "2016-02-09", "last_issued": "2016-02-09", "expires": "2016-08-09"}
    person = at_board(registrar, person, **permit, **dates)
    person = at_board(registrar, person, first_issued="2016-07-21")
    return Case(
        "expired_permit_active_license",
        (in_directory(registrar, with_both_numbers(registrar, person)),),
        "persons=1;license=active",
        "The temporary permit ran out, the full license is active; one NPI record names both numbers.",
    )


def reissued_number_case(registrar: Registrar) -> Case:
    """The board gave a new number; the registry has both."""
    person = start(registrar, "Nadia", "", "Belkacemi", "F", find_place("Bellingham", "WA"))
    first = {"first_issued": "2004-03-11", "last_issued": "2011-04-02", "expires": "2012-04-17"}
    second = {"first_issued": "2015-10-05", "last_issued": "2025-04-17", "expires": "2029-04-17"}
    person = at_board(registrar, person, status="Expired", **first)
    person = at_board(registrar, person, **second)
    return Case(
        "reissued_license_number",
        (with_both_numbers(registrar, person),),
        "persons=1;license=active",
        "Two numbers of one board for one person: the old one expired, the new one is active.",
    )


def mistyped_number_case(registrar: Registrar) -> Case:
    """The number in the registry belongs to somebody else at the board."""
    owner = start(registrar, "Vilhelm", "", "Sandqvister", "M", find_place("Spokane", "WA"))
    owner = at_board(registrar, owner)
    typist = start(registrar, "Ofelia", "", "Carrasquilla", "F", find_place("Olympia", "WA"))
    typist = at_board(registrar, typist)
    wrong = Taxonomy(*ACUPUNCTURIST, "WA", owner.licenses[0].number, True)
    return Case(
        "mistyped_license_number",
        (owner, in_registry(registrar, typist, taxonomies=(wrong,))),
        "persons=2",
        "The NPI record of the second carries the first one's license number; the names forbid the join.",
    )


BOARD_STATUSES = [
    ("revoked_license", "Dorian", "Achterbosch", "M", "Revoked", "revoked", "Yes", "2022-03-15"),
    ("suspended_license", "Marisol", "Quintanares", "F", "Suspended", "suspended", "Yes", "2027-09-08"),
    ("retired_license", "Harriet", "Ollerenshaw", "F", "Retired", "retired", "No", "2024-11-02"),
    ("inactive_license", "Ulrike", "Hasselbring", "F", "Inactive", "inactive", "No", "2028-01-19"),
    ("expired_license", "Percival", "Lockridge", "M", "Expired", "expired", "No", "2023-06-27"),
    ("deceased_licensee", "Augustin", "Fairclough", "M", "Deceased", "deceased", "No", "2021-12-05"),
]


def board_status_case(registrar: Registrar, row: tuple[str, ...]) -> Case:
    """One person whose Washington license has the status of the row."""
    case, given, family, sex, raw, status, action, expires = row
    person = start(registrar, given, "", family, sex, find_place("Tacoma", "WA"))
    dates = {"first_issued": "2011-09-14", "last_issued": "2020-06-01", "expires": expires}
    person = at_board(registrar, person, status=raw, action_taken=action, **dates)
    return Case(
        case,
        (in_registry(registrar, person),),
        f"persons=1;license={status}",
        f'The board\'s word is "{raw}", its action flag "{action}".',
    )


def lapsed_certificate_case(registrar: Registrar) -> Case:
    """The certifier's own card says that the certificate lapsed; the license is active."""
    person = start(registrar, "Ingrid", "", "Halvorsrud", "F", find_place("Port Townsend", "WA"))
    person = in_registry(registrar, at_board(registrar, person), credential="L.Ac., Dipl. O.M.")
    return Case(
        "lapsed_certificate",
        (in_directory(registrar, person, status="Lapsed Diplomate", designations=("OM",)),),
        "persons=1;certification=listed_inactive;license=active",
        'The directory prints "Lapsed Diplomate"; the NPI credential still claims Dipl. O.M.',
    )


def new_name_case(registrar: Registrar) -> Case:
    """A profile of 2026 that already carries the certifier's new name."""
    person = start(registrar, "Solveig", "", "Marchetto", "F", find_place("Seattle", "WA"))
    person = in_registry(registrar, at_board(registrar, person))
    return Case(
        "certifier_renamed",
        (in_directory(registrar, person, issuer="NCBAHM", designations=("OM",)),),
        "persons=1;certification=listed",
        "The profile prints NCBAHM where the others print NCCAOM; both are one issuer.",
    )


def claim_without_listing_case(registrar: Registrar) -> Case:
    """The registry's credential claims a certificate; the directory does not know the person."""
    person = start(registrar, "Fiona", "", "Castellanos-Reid", "F", find_place("Montclair", "NJ"))
    return Case(
        "claim_without_listing",
        (in_registry(registrar, person, credential="Dipl. Ac. (NCCAOM), L.Ac."),),
        "persons=1;certification=claimed",
        "Only the person's own NPI credential says so.",
    )


def opted_out_case(registrar: Registrar) -> Case:
    """Listing is voluntary: licensed, says Dipl. O.M., stays out of the directory."""
    person = start(registrar, "Rosalind", "P", "Thackeray", "F", find_place("Bellevue", "WA"))
    person = in_registry(registrar, at_board(registrar, person), credential="EAMP, Dipl. O.M.")
    return Case(
        "opted_out_diplomate",
        (person,),
        "persons=1;certification=claimed;license=active",
        "Absence from the opt-in directory is no evidence; the claim stands as a claim.",
    )


def neither_case(registrar: Registrar) -> Case:
    """Licensed, listed nowhere, claims nothing."""
    person = start(registrar, "Gordon", "", "Pellewick", "M", find_place("Vancouver", "WA"))
    return Case(
        "neither_listing_nor_claim",
        (in_registry(registrar, at_board(registrar, person), credential="L.Ac."),),
        "persons=1;certification=no_evidence;license=active",
        "The state's listing was read completely and nobody claims a certificate.",
    )


def counselor(registrar: Registrar, given: str, family: str, sex: str, line: Taxonomy, credential: str) -> Person:
    """A New Jersey counselor whose letters look like an acupuncturist's."""
    person = start(registrar, given, "", family, sex, find_place("Cherry Hill", "NJ"))
    return in_registry(registrar, person, credential=credential, taxonomies=(line,))


def counselors_case(registrar: Registrar) -> Case:
    """LAC is also an associate counselor and an addiction counselor."""
    mental = Taxonomy("101YM0800X", "Counselor, Mental Health", "NJ", "37AC99071300", True)
    addiction = Taxonomy("101YA0400X", "Counselor, Addiction (Substance Use Disorder)", "NJ", "37LC99044100", True)
    people = (
        counselor(registrar, "Brooke", "Ansdellow", "F", mental, "MA, LAC"),
        counselor(registrar, "Curtis", "Wenderby", "M", addiction, "LCADC, LAC"),
    )
    return Case(
        "counselors_called_lac",
        people,
        "persons=0",
        "Neither has an acupuncture taxonomy: not practitioners, whatever the letters say.",
    )


def excluded(person: Person, npi: str, reinstated_on: str = "00000000", specialty: str = "THERAPIST") -> Person:
    """The person with a row of the exclusion list under the same name and state."""
    rng = seeded(person.slug, "birth date")
    row = Exclusion(
        family=person.family.upper(),
        given=person.given.upper(),
        middle=person.middle.upper(),
        business="",
        general="IND- LIC HC SERV PRO",
        specialty=specialty,
        npi=npi,
        birth_date=f"19{rng.randint(48, 89)}{rng.randint(1, 12):02d}{rng.randint(1, 28):02d}",
        street=person.office.street.upper(),
        place=person.office.place,
        kind="1128b4",
        excluded_on="20210520",
        reinstated_on=reinstated_on,
    )
    return replace(person, exclusion=row)


def exclusion_by_npi_case(registrar: Registrar) -> Case:
    """NPI and name agree."""
    person = in_registry(registrar, start(registrar, "Leopold", "A", "Marchesini", "M", find_place("Tampa", "FL")))
    assert person.registry is not None
    return Case(
        "exclusion_with_npi",
        (excluded(person, person.registry.npi, specialty="ACUPUNCTURIST"),),
        "persons=1;exclusion=confirmed",
        "The row of the exclusion list carries this NPI and this name.",
    )


def exclusion_by_name_case(registrar: Registrar) -> Case:
    """Name and state agree, no NPI, other city, other profession."""
    person = start(registrar, "Delphine", "", "Marchbanks", "F", find_place("Santa Cruz", "CA"))
    person = in_directory(registrar, in_registry(registrar, person))
    row = excluded(person, "0000000000", specialty="NURSE/NURSES AIDE").exclusion
    assert row is not None
    row = replace(row, street="77 CANDLEWICK CT", place=find_place("Irvine", "CA"), kind="1128a2")
    return Case(
        "exclusion_of_the_same_name",
        (replace(person, exclusion=row),),
        "persons=1;exclusion=not_confirmed",
        "Only name and state agree: never shown as if it were about this practitioner.",
    )


def reinstated_case(registrar: Registrar) -> Case:
    """Excluded once, reinstated since."""
    person = in_registry(registrar, start(registrar, "Conrad", "", "Ostrowiecki", "M", find_place("Rochester", "NY")))
    assert person.registry is not None
    return Case(
        "reinstated",
        (excluded(person, person.registry.npi, reinstated_on="20240718", specialty="CHIROPRACTIC"),),
        "persons=1;exclusion=reinstated",
        "The row has a reinstatement date: not a current exclusion.",
    )


def status_cases(registrar: Registrar) -> list[Case]:
    """All cases of this module."""
    builders = [
        permit_and_license_case, reissued_number_case, mistyped_number_case, lapsed_certificate_case,
        new_name_case, claim_without_listing_case, opted_out_case, neither_case, counselors_case,
        exclusion_by_npi_case, exclusion_by_name_case, reinstated_case,
    ]  # fmt: skip
    statuses = [board_status_case(registrar, row) for row in BOARD_STATUSES]
    return statuses + [build(registrar) for build in builders]
