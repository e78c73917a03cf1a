"""The knobs of the test nation: how often each thing happens, as shares of people, of records or of licenses.

In: nothing. Out: `Shares`, whose defaults are the nation of the benchmarks. They were set from what is published about
the profession and its registers and from ordinary judgment before any linker was run on them.
"""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Shares:
    """Every default is a probability unless its comment says otherwise."""

    # Who they are.
    origins: dict[str, float] = field(
        default_factory=lambda: {
            "european": 0.600,
            "chinese": 0.180,
            "korean": 0.115,
            "vietnamese": 0.025,
            "japanese": 0.030,
            "hispanic": 0.050,
        }
    )
    women: dict[str, float] = field(
        default_factory=lambda: {
            "european": 0.74,
            "chinese": 0.54,
            "korean": 0.50,
            "vietnamese": 0.52,
            "japanese": 0.66,
            "hispanic": 0.64,
        }
    )
    physicians: float = 0.010
    strangers: float = 0.001  # people of the exclusion list who are no acupuncturists
    deceased: float = 0.008
    spouses: float = 0.015  # couples a person
    parent_child: float = 0.009  # pairs a person
    same_name_son: float = 0.20  # of fathers and sons
    suffix: float = 0.015  # of European and Hispanic men: Jr., II, III after a father outside the profession
    changed_surname_women: float = 0.07
    changed_surname_east_asian_women: float = 0.025
    goes_by_nickname: float = 0.22  # of people whose name has one

    # Where they practice; sizes of clinics are weights.
    clinic_sizes: tuple[tuple[int, float], ...] = (
        (1, 60), (2, 14), (3, 6), (4, 3.5), (5, 2), (6, 1.2), (8, 0.8), (12, 0.35), (20, 0.12), (45, 0.02),
    )  # fmt: skip
    same_origin_in_clinic: float = 0.60
    in_building_of_another_clinic: float = 0.10
    second_practice: float = 0.34
    works_at_home: float = 0.09
    own_phone_shown: float = 0.30  # of listings that a person fills in
    clinic_has_site: float = 0.90
    shown_on_site: float = 0.93
    own_site_beside_clinic: float = 0.50
    second_practice_site: float = 0.88
    former_clinic_still_shows: float = 0.14

    # Licenses.
    license_counts: tuple[tuple[int, float], ...] = ((0, 0.025), (1, 0.785), (2, 0.145), (3, 0.045))
    live: float = 0.80  # of licenses at the state of practice; elsewhere less
    live_elsewhere: float = 0.50
    disciplined: float = 0.004
    number_again: float = 0.006  # of licenses: lapsed, and issued anew to the same person under another number
    number_of_the_dead: float = 0.0008  # of licenses: the number was a dead person's
    address_of_record_is_home: float = 0.40

    # The federal registry.
    has_npi: float = 0.82
    stale: float = 0.33  # rows that still show an earlier practice
    stale_in_other_state: float = 0.22  # of people licensed in several: the old practice was there
    license_not_given: float = 0.13
    license_mistyped: float = 0.025
    other_licenses_given: float = 0.40
    two_npis: float = 0.003
    npi_of_a_colleague: float = 0.0005  # of clinic pages

    # Listings.
    certified_listed: float = 0.57
    no_phone_listed: float = 0.22
    no_address_listed: float = 0.03
    physicians_in_npi: float = 0.45
    excluded: float = 0.0008
    npi_on_site: float = 0.03
    license_on_site: float = 0.08

    # How names are printed (see spelling.py for each source's own habits).
    typo: float = 0.006
    swapped: float = 0.02  # of East Asian names in forms
    family_first_listed: float = 0.04  # of East Asian names in listings
    english_beside: dict[str, float] = field(
        default_factory=lambda: {"chinese": 0.32, "korean": 0.30, "vietnamese": 0.24, "japanese": 0.10}
    )
    english_legal: dict[str, float] = field(
        default_factory=lambda: {"chinese": 0.22, "korean": 0.24, "vietnamese": 0.18, "japanese": 0.08}
    )


SHARES = Shares()
