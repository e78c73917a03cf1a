"""The rest of the exclusion list: invented people of other professions, and businesses.

In: nothing but the tables below. Out: Exclusion values. None of them shares a name with the cast.
"""

from building import Registrar, seeded
from people import Exclusion
from places import PLACES, STREETS

PEOPLE = [
    "ABERCORN|TIMOTHEA|L", "BARROWMAN|GIDEON|", "BELLWETHER|CANDACE|R", "BRANNOCKBURN|ISAIAH|",
    "CASTLEMAINE|ROXANNE|M", "CHERRINGTON|DWAYNE|", "DELACOURTE|YVETTE|A", "DUNNAWAY|MARLON|T",
    "ELDERKINS|SHONDA|", "FENWICKER|RANDALL|J", "GALLOWGLASS|TRINA|", "HARGRAVER|LAMONT|",
    "INCHBOLD|CRYSTAL|D", "JESSAMINE|RODERICK|", "KETTLEBURY|DENISE|", "LARKSPURR|OMAR|F",
    "MANDEVILLER|TAMIKA|", "NETHERCOTE|BRENT|W", "OAKENFELD|LUCRETIA|", "PRIDDLESTONE|HARVEY|",
    "QUARTERMAINE|JOLENE|S", "ROTHERHAM-VALE|SILAS|", "SEVENOAKER|PAULETTE|", "TANGLEWOOD|EUGENE|B",
    "UNDERHILLS|GLENDA|", "VENTNORRIS|CLIFTON|", "WHISTLECRAFT|RHONDA|K", "YARBOROUGHS|TERENCE|",
]  # fmt: skip

BUSINESSES = [
    ("BRIGHT LANTERN HOME HEALTH LLC", "OTHER BUSINESS", "HOME HEALTH AGENCY"),
    ("QUILLFERN DURABLE MEDICAL INC", "DME COMPANY", "DME - GENERAL"),
    ("SALTGRASS BILLING SERVICES CO", "OTHER BUSINESS", "BILLING SERVICE CO"),
    ("HERON GATE AMBULANCE CORP", "OTHER BUSINESS", "AMBULANCE COMPANY"),
    ("VESPER HILL PHARMACY INC", "OTHER BUSINESS", "PHARMACY"),
    ("NINEBARK WELLNESS CLINIC LLC", "OTHER BUSINESS", "CLINIC"),
    ("OSPREY LANDING ADULT HOME", "OTHER BUSINESS", "ADULT HOME"),
]

TRADES = [
    ("IND- LIC HC SERV PRO", "NURSE/NURSES AIDE"),
    ("IND- LIC HC SERV PRO", "CHIROPRACTIC"),
    ("IND- LIC HC SERV PRO", "PHARMACY TECHNICIAN"),
    ("EMPLOYEE - PRIVATE S", "PERSONAL CARE PROVID"),
    ("BUS OWNER/EXEC", "HOME HEALTH AGENCY"),
    ("INDIVIDUAL (UNAFFILI", "NO KNOWN AFFILIATION"),
]

KINDS = ["1128a1", "1128a2", "1128a3", "1128a4", "1128b4", "1128b4 ", "1128b14"]


def excluded_stranger(number: int, line: str) -> Exclusion:
    """One person of another profession, with an invented birth date to prove that it never gets out."""
    family, given, middle = line.split("|")
    rng = seeded(family.lower(), "exclusion")
    general, specialty = TRADES[number % len(TRADES)]
    place = rng.choice(PLACES[rng.choice(sorted(PLACES))])
    born = f"{rng.randint(1948, 1989)}{rng.randint(1, 12):02d}{rng.randint(1, 28):02d}"
    day = f"{rng.randint(2005, 2025)}{rng.randint(1, 12):02d}20"
    street = f"{rng.randint(11, 8999)} {rng.choice(STREETS)}".upper()
    return Exclusion(
        family,
        given,
        middle,
        "",
        general,
        specialty,
        "0000000000",
        born,
        street,
        place,
        rng.choice(KINDS),
        day,
    )


def excluded_business(registrar: Registrar, number: int) -> Exclusion:
    """One business; every other one has an NPI."""
    name, general, specialty = BUSINESSES[number]
    rng = seeded(name, "exclusion")
    place = rng.choice(PLACES[rng.choice(sorted(PLACES))])
    npi = registrar.npi() if number % 2 else "0000000000"
    street = f"{rng.randint(11, 8999)} {rng.choice(STREETS)}, STE {rng.randint(100, 900)}".upper()
    day = f"{rng.randint(2008, 2025)}{rng.randint(1, 12):02d}20"
    return Exclusion("", "", "", name, general, specialty, npi, "", street, place, rng.choice(KINDS), day)


def strangers(registrar: Registrar) -> list[Exclusion]:
    """Everybody and everything of this module, businesses first as in the real file."""
    businesses = [excluded_business(registrar, number) for number in range(len(BUSINESSES))]
    return businesses + [excluded_stranger(number, line) for number, line in enumerate(PEOPLE)]
