"""Hard cases of who is who: one name for two people, two names for one.

In: the registrar of numbers. Out: Case values with the people, the right answer and the reason.
"""

from dataclasses import replace

from building import Registrar, at_board, in_directory, in_registry, open_office, start
from people import ACUPUNCTURIST, Case, Office, OtherName, Person, Taxonomy
from places import find_place


def same_name_case(registrar: Registrar) -> Case:
    """Two licensed people called Grace Lim; only the Spokane one is listed."""
    seattle = start(registrar, "Grace", "", "Lim", "F", find_place("Seattle", "WA"))
    spokane = start(registrar, "Grace", "", "Lim", "F", find_place("Spokane", "WA"))
    seattle = in_registry(registrar, at_board(registrar, seattle, middle="Eunhye"))
    spokane = in_registry(registrar, at_board(registrar, spokane, middle="Ai Choo"))
    return Case(
        "two_people_of_one_name",
        (seattle, in_directory(registrar, spokane)),
        "persons=2",
        "Two people called Grace Lim hold Washington licenses; each has an NPI of her own.",
    )


def name_change_case(registrar: Registrar) -> Case:
    """The board still has the old family name under the same license number."""
    person = start(registrar, "Aurelia", "", "Vandermeer", "F", find_place("Olympia", "WA"))
    person = at_board(registrar, person, family="Pinkowski")
    former = OtherName("AURELIA", "", "PINKOWSKI", "L.Ac.")
    person = in_registry(registrar, person, other_names=(former,))
    return Case(
        "name_change",
        (in_directory(registrar, person),),
        "persons=1;license=active",
        "The NPI registry has the new family name and the former one; the board has the former one only.",
    )


def swapped_chinese_case(registrar: Registrar) -> Case:
    """The directory prints the family name first and the given name in two pieces."""
    person = start(registrar, "Rulan", "", "Zhao", "F", find_place("Bellevue", "WA"))
    person = in_registry(registrar, at_board(registrar, person), given="RU LAN")
    return Case(
        "swapped_chinese_name",
        (in_directory(registrar, person, name="Zhao Ru Lan"),),
        "persons=1",
        "Board: given Rulan, family Zhao. NPI: RU LAN ZHAO. Directory: Zhao Ru Lan.",
    )


def swapped_korean_case(registrar: Registrar) -> Case:
    """The registry itself has given and family name the wrong way round."""
    person = start(registrar, "Da Hye", "", "Seo", "F", find_place("Tacoma", "WA"))
    person = in_registry(registrar, at_board(registrar, person), given="SEO", family="DAHYE")
    return Case(
        "swapped_korean_name",
        (in_directory(registrar, person, name="Seo Da-Hye"),),
        "persons=1",
        "Board: given Da Hye, family Seo. NPI: first name SEO, last name DAHYE. Directory: Seo Da-Hye.",
    )


def father_and_son_case(registrar: Registrar) -> Case:
    """Same name, same clinic; the roster has the suffix inside the family name."""
    place = find_place("Yakima", "WA")
    father = start(registrar, "Ernesto", "", "Villalobos", "M", place)
    son = start(registrar, "Ernesto", "", "Villalobos", "M", place, suffix="Jr.", office=father.office)
    father = in_registry(registrar, at_board(registrar, father, first_issued="1996-05-14"))
    son = at_board(registrar, son, family="Villalobos Jr", first_issued="2019-08-02")
    son = in_directory(registrar, in_registry(registrar, son))
    return Case(
        "father_and_son",
        (father, son),
        "persons=2",
        "Ernesto Villalobos and Ernesto Villalobos Jr. share a name, a clinic and a telephone.",
    )


def spouses_case(registrar: Registrar) -> Case:
    """A couple at one address with one telephone."""
    place = find_place("Ithaca", "NY")
    husband = start(registrar, "Anselm", "", "Dreyer", "M", place)
    wife = start(registrar, "Beatrix", "", "Dreyer", "F", place, office=husband.office)
    phone = husband.office.phone
    husband = in_directory(registrar, in_registry(registrar, husband), phone=phone)
    wife = in_directory(registrar, in_registry(registrar, wife), phone=phone)
    return Case(
        "spouses_at_one_address",
        (husband, wife),
        "persons=2",
        "One family name, one address, one telephone, two people.",
    )


def shared_phone_case(registrar: Registrar) -> Case:
    """Four colleagues of one clinic, all with the desk's telephone."""
    place = find_place("Gainesville", "FL")
    desk = open_office(registrar, "shared desk", place)
    names = [
        ("Morwenna", "Tulloch", "F"),
        ("Jorge", "Balmaceda", "M"),
        ("Meixiang", "Du", "F"),
        ("Ansel", "Rutherglen", "M"),
    ]
    colleagues = [start(registrar, given, "", family, sex, place, office=desk) for given, family, sex in names]
    registered = [in_registry(registrar, person) for person in colleagues[:3]]
    listed = [in_directory(registrar, person, phone=desk.phone) for person in (registered[0], colleagues[3])]
    return Case(
        "clinic_phone_shared_by_four",
        (listed[0], registered[1], registered[2], listed[1]),
        "persons=4",
        "One address and one telephone, four different names.",
    )


def middle_initial_case(registrar: Registrar) -> Case:
    """Same first and last name in one state, other initial, nothing else in common."""
    registered = start(registrar, "Darlene", "K", "Fairweather", "F", find_place("Fresno", "CA"))
    listed = start(registrar, "Darlene", "J.", "Fairweather", "F", find_place("San Diego", "CA"))
    return Case(
        "middle_initial_conflict",
        (in_registry(registrar, registered), in_directory(registrar, listed)),
        "persons=2",
        "K in the NPI registry in Fresno, J. in the directory in San Diego: not to be joined.",
    )


def hyphen_case(registrar: Registrar) -> Case:
    """The registry drops the hyphen; a second listing form keeps it."""
    person = start(registrar, "Camille", "", "Beaumont-Sakai", "F", find_place("Honolulu", "HI"))
    person = in_registry(registrar, person, family="BEAUMONT SAKAI")
    return Case(
        "hyphenated_surname",
        (in_directory(registrar, person),),
        "persons=1",
        "NPI: BEAUMONT SAKAI. Directory: Beaumont-Sakai.",
    )


def diacritics_case(registrar: Registrar) -> Case:
    """The registry has no accents, the directory has all of them."""
    person = start(registrar, "Zoé", "", "Muñoz Belgrán", "F", find_place("Sacramento", "CA"))
    return Case(
        "diacritics",
        (in_directory(registrar, in_registry(registrar, person)),),
        "persons=1",
        "NPI: ZOE MUNOZ BELGRAN. Directory: Zoé Muñoz Belgrán.",
    )


def initials_case(registrar: Registrar) -> Case:
    """The directory prints initials for both given names."""
    person = start(registrar, "Juniper", "Rose", "Stallworth", "F", find_place("Iowa City", "IA"))
    person = in_registry(registrar, person)
    return Case(
        "initials",
        (in_directory(registrar, person, name="J. R. Stallworth", phone=person.office.phone, office=person.office),),
        "persons=1",
        "NPI: JUNIPER ROSE STALLWORTH. Directory: J. R. Stallworth, same street and telephone.",
    )


def capitals_case(registrar: Registrar) -> Case:
    """The roster shouts one name and keeps the others in mixed case."""
    person = start(registrar, "Branimir", "", "Kovacevski", "M", find_place("Vancouver", "WA"))
    person = at_board(registrar, person, given="BRANIMIR", family="KOVACEVSKI")
    return Case(
        "all_capitals_at_the_board",
        (in_directory(registrar, person),),
        "persons=1",
        "The board prints KOVACEVSKI, BRANIMIR; the directory prints Branimir Kovacevski.",
    )


def two_states_case(registrar: Registrar) -> Case:
    """One NPI, licensed in New Jersey and New York, with an office in each."""
    person = start(registrar, "Yusuf", "", "Haddaway", "M", find_place("Jersey City", "NJ"))
    second = open_office(registrar, person.slug, find_place("New York", "NY"))
    lines = (
        Taxonomy(*ACUPUNCTURIST, "NJ", registrar.license_number("NJ"), True),
        Taxonomy(*ACUPUNCTURIST, "NY", registrar.license_number("NY"), False),
    )
    person = in_registry(registrar, person, taxonomies=lines, more_offices=(second,))
    return Case(
        "licensed_in_two_states",
        (in_directory(registrar, person),),
        "persons=1;license_states=NJ,NY",
        "The answers for New Jersey and New York both hold this NPI.",
    )


def stuck_credentials_case(registrar: Registrar) -> Case:
    """The directory's name field holds the letters as well."""
    person = start(registrar, "Evelina", "", "Torvaldsen", "F", find_place("San Francisco", "CA"))
    person = in_registry(registrar, person)
    return Case(
        "credentials_stuck_to_the_name",
        (in_directory(registrar, person, name="Evelina Torvaldsen DACM, L.Ac."),),
        "persons=1",
        "The directory's name field also holds DACM, L.Ac.; about one listing in ten is like that.",
    )


def far_mailing_case(registrar: Registrar) -> Case:
    """Practice in Washington, mail to California: in the answers for both states."""
    person = start(registrar, "Isidore", "", "Lamplighter", "M", find_place("Seattle", "WA"))
    mailing = open_office(registrar, person.slug, find_place("Oakland", "CA"))
    person = in_registry(registrar, at_board(registrar, person), mailing=mailing)
    return Case(
        "mailing_address_in_another_state",
        (person,),
        "persons=1;state=WA",
        "The answers for Washington and California both hold this NPI; the mailing address is never shown.",
    )


def physician_neighbor(registrar: Registrar) -> Person:
    """The licensed acupuncturist who shares the name of a physician; see cases_physicians."""
    person = start(registrar, "Alan", "", "Whitcombe", "M", find_place("Oakland", "CA"))
    return in_directory(registrar, in_registry(registrar, person))


def post_office_box_case(registrar: Registrar) -> Case:
    """No street anywhere, only a box."""
    place = find_place("Kihei", "HI")
    box = Office("PO Box 5107", "", place, registrar.phone(place))
    person = start(registrar, "Kaimana", "", "Lorrimer", "M", place, office=box)
    return Case(
        "post_office_box_only",
        (in_registry(registrar, person),),
        "persons=1",
        "No street address at all; shown with city and ZIP.",
    )


def home_office_case(registrar: Registrar) -> Case:
    """The practice location is plainly an apartment and must not be shown as a clinic."""
    place = find_place("Brooklyn", "NY")
    home = replace(open_office(registrar, "home", place), unit="APT 3B")
    person = start(registrar, "Sunniva", "", "Prakashan", "F", place, office=home)
    return Case(
        "practice_location_is_a_home",
        (in_registry(registrar, person),),
        "persons=1;street=hidden",
        "The practice location of the NPI registry is an apartment.",
    )


def identity_cases(registrar: Registrar) -> list[Case]:
    """All cases of this module."""
    builders = [
        same_name_case, name_change_case, swapped_chinese_case, swapped_korean_case, father_and_son_case,
        spouses_case, shared_phone_case, middle_initial_case, hyphen_case, diacritics_case, initials_case,
        capitals_case, two_states_case, post_office_box_case, home_office_case, stuck_credentials_case,
        far_mailing_case,
    ]  # fmt: skip
    return [build(registrar) for build in builders]
