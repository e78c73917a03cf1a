"""Prints the rosters of California and Florida: `python tests/sample/write_board_ca.py` writes both folders.

In: the cast. Out: file name -> text, in the formats of the two states' files: California's list, its counts and the
pages that lead to them; Florida's licensure file. On them stands whoever claims a license number of the state in the
NPI registry, at the address given there, and what a real file holds besides: organizations, wall licenses, other
professions, a damaged row. `make sample` writes them too; their rows of pages.csv stand there by hand.
"""

import json
from collections import Counter
from pathlib import Path
from random import Random

from building import plain_letters, seeded
from people import ACUPUNCTURIST, Person

SHARED = "inventedlicenseelistsinventedlic"
BOX = "https://dca.app.box.com"
CA_HEADER = (
    "Agency Code\tAgency Name\tLicTypeCode\tLicense Type\tLicense Number\tIndiv/Org\tOrg/Last Name\tFirst Name\t"
    "Middle Name\tSuffix\tAddress Line 1\tAddress Line 2\tCity\tCounty\tState\tZip\tCountry\tOriginal Issue Date\t"
    "Expiration Date\tLicense Status"
)
CA_COUNTIES = {
    "Los Angeles": "LOS ANGELES",
    "San Francisco": "SAN FRANCISCO",
    "San Diego": "SAN DIEGO",
    "Oakland": "ALAMEDA",
    "Sacramento": "SACRAMENTO",
    "Irvine": "ORANGE",
    "Santa Cruz": "SANTA CRUZ",
    "Fresno": "FRESNO",
}
# Counted from the end of the roster, so that no hard case is among them: what the board says besides "Current".
CA_STATUSES = {2: "Delinquent", 5: "CurrentInactive", 8: "Delinquent", 11: "Inactive", 18: "Suspension"}
FL_HEADER = (
    "pro_cde|Profession-Name|lic_id|Expire-Date|Original-Date|Rank-Code|License-Number|Status-Effective-Date|"
    "Board-Action-Indicator|License-Status-Description|Last-Name|First-Name|Middle-Name|Name-Suffix|Business-Name|"
    "License-Active-Status-Description|County|County-Description|Mailing-Address-Line1|Mailing-Address-line2|"
    "Mailing-Address-line3|Mailing-Address-City|Mailing-Address-State|Mailing-Address-ZIPcode|"
    "Mailing-Address-Area-Code|Mailing-Address-Phone-Number|Mailing-Address-Phone-Extension|"
    "Practice-Location-Address-Line1|Practice-Location-Address-line2|Practice-Location-Address-line3|"
    "Practice-Location-Address-City|Practice-Location-Address-State|Practice-Location-Address-ZIPcode|Email|Mod-Cdes|"
    "Prescribe-Ind|Dispensing-Ind|Birth-Year-Range|Other-License "
)
FL_STATUSES = {
    1: ("CLEAR", "INACTIVE"),
    3: ("DELINQUENT", "ACTIVE"),
    5: ("OBLIGATIONS", "ACTIVE"),
    7: ("NULL AND VOID", ""),
}
NOBODY_PRACTICES, CONFIDENTIAL = 2, 4
Row = list[str]


def roster(cast: list[Person], state: str) -> list[tuple[str, Person]]:
    """(digits of the license number, person), in order of number: who claims an acupuncture license of the state."""
    found = [
        ("".join(letter for letter in line.license_number if letter.isdigit()), person)
        for person in cast
        if person.registry
        for line in person.registry.taxonomies
        if line.code == ACUPUNCTURIST[0] and line.state == state and line.license_number
    ]
    return sorted(found, key=lambda pair: int(pair[0]))


def names(person: Person) -> Row:
    """Family, given and middle name and suffix in capitals without accents."""
    parts = (person.family, person.given, person.middle, person.suffix)
    return [plain_letters(part).upper().rstrip(".") for part in parts]


def day(rng: Random, first: int, last: int, sign: str) -> str:
    """A day of one of these years, month first."""
    return f"{rng.randint(1, 12):02d}{sign}{rng.randint(1, 28):02d}{sign}{rng.randint(first, last)}"


def california_row(number: str, person: Person, status: str) -> Row:
    """A person's license: 20 values, at the address of the NPI registry."""
    rng = seeded(person.slug, "california")
    office = person.registry.office if person.registry else person.office
    place = office.place
    state = ["", place.state] if place.state != "CA" else [CA_COUNTIES[place.city], "CA"]
    until = day(rng, 2024, 2025, "-") if status == "Delinquent" else day(rng, 2028, 2031, "-")
    head = ["6500", "Acupuncture Board", "6501", "Acupuncturist", number, "I"]
    address = [office.street.upper(), office.unit.upper(), place.city.upper(), *state]
    dates = [day(rng, 1996, 2022, "-"), until]
    code = f"{place.zip_code}{rng.randint(1001, 9899)}"
    return [*head, *names(person), *address, code, "UNITED STATES", *dates, status]


def besides(row: Row, kind: str, number: str, organization: str = "") -> Row:
    """The row as another entry of the board's file: a wall license, a program, an organization."""
    other = [*row[:2], "6502", kind, number, *row[5:]]
    return [*other[:5], "O", organization, "", "", "", *other[10:]] if organization else other


def california_list(cast: list[Person]) -> str:
    """The tab-separated list."""
    people = roster(cast, "CA")
    last = len(people) - 1
    rows = [
        california_row(number, person, CA_STATUSES.get(last - at, "Current"))
        for at, (number, person) in enumerate(people)
    ]
    corporation = besides(rows[1], "Acupuncturist", "999001", "WINTERMERE & DAUGHTERS ACUPUNCTURE INC")
    rows += [
        [*corporation[:2], "6501", *corporation[3:]],
        besides(rows[3], "Acupuncture Wall License", "WL990001"),
        besides(rows[3], "Acupuncture Wall License", "WL990002"),
        besides(rows[6], "Acupuncture Tutorial Program", "TP9901"),
        besides(rows[2], "Continuing Education Provider", "CEP9901", "LOTUS RIDGE SEMINARS"),
    ]
    return "".join("\t".join(row) + "\r\n" for row in [[CA_HEADER], *rows])


def california_counts(lines: list[str]) -> str:
    """How many licenses of each type the list holds."""
    counts = Counter(line.split("\t")[3] for line in lines)
    rows = "".join(f'Acupuncture Board,{kind},"{counts[kind]:,}"\r\n' for kind in sorted(counts))
    return "Agency Name,License Type Name,License Count\r\n" + rows


def box_page(title: str, folder: int, items: list[tuple[str, str, int]]) -> str:
    """A page of the shared folder; its list stands in the script."""
    letters = {"folder": "d", "file": "f"}
    listed = [
        {"typedID": f"{letters[kind]}_{number}", "type": kind, "id": number, "name": name, "parentFolderID": folder}
        for kind, name, number in items
    ]
    shown = {"currentFolderID": folder, "currentFolderName": title, "pageCount": 1, "pageNumber": 1, "items": listed}
    data = {
        "/app-api/enduserapp/shared-item": {"sharedName": SHARED, "itemType": "folder", "itemID": folder},
        "/app-api/enduserapp/shared-folder": shown,
    }
    script = f"<script>Box.config = {{}}; Box.postStreamData = {json.dumps(data)};</script>"
    head = f"<!DOCTYPE html>\n<html><head><title>{title}</title></head>\n"
    return f"{head}<body><div id='app'></div>{script}</body></html>\n"


def california_files(cast: list[Person]) -> dict[str, str]:
    """The department's page, the folder, the board's folder in it, and its two files."""
    text = california_list(cast)
    boards = [
        ("folder", "Accountancy_100", 990010001),
        ("folder", "Acupuncture_6500", 990010002),
        ("folder", "Architects_600", 990010003),
    ]
    files = [("file", "Acupuncture_Counts.csv", 990020001), ("file", "Acupuncture_Data00.xls", 990020002)]
    index = (
        "<!DOCTYPE html>\n<html><head><title>Public Information - Licensee Lists</title></head>\n<body>"
        "<p>Data is refreshed at the beginning of each month, for non-commercial use only.</p>"
        f'<iframe src="{BOX}/embed/s/{SHARED}?sortColumn=name"></iframe></body></html>\n'
    )
    return {
        "board_ca/index.html": index,
        "board_ca/folder.html": box_page("Public Information", 990010000, boards),
        "board_ca/folder_acupuncture.html": box_page("Acupuncture_6500", 990010002, files),
        "board_ca/Acupuncture_Data00.xls": text,
        "board_ca/Acupuncture_Counts.csv": california_counts(text.splitlines()[1:]),
    }


def florida_row(at: int, number: str, person: Person) -> Row:
    """A person's license: 39 values; mail goes to an invented home, telephone and e-mail are there to be left out."""
    rng = seeded(person.slug, "florida")
    status, activity = FL_STATUSES.get(at, ("CLEAR", "ACTIVE"))
    office = person.registry.office if person.registry else person.office
    place = [office.place.city.upper(), office.place.state, f"{office.place.zip_code}{rng.randint(1001, 9899)}"]
    until = "02/28/2028" if status in ("CLEAR", "OBLIGATIONS") else "02/28/2024"
    head = ["1901", "Acupuncturist", str(990100 + 7 * at), until, day(rng, 1996, 2022, "/"), "AP", number]
    standing = [day(rng, 2022, 2025, "/"), "Y" if status == "OBLIGATIONS" else "N", status]
    home = [f"{rng.randint(100, 999)} CANDLEWICK CT", "", "", *place, "850", "5550100", ""]
    practice = [office.street.upper(), office.unit.upper(), "", *place]
    if at == NOBODY_PRACTICES:
        practice = ["NOT PRACTICING", "", "", "", "", ""]
    if at == CONFIDENTIAL:
        home = practice = ["*** CONFIDENTIAL ***", "", "", "*** CONFIDENTIAL ***", "**", "*****"]
        home = [*home, "", "", ""]
    tail = [f"person{at}@mail.example.com", "", "N", "N", "40 - 50", ""]
    return [*head, *standing, *names(person), "", activity, "23", "SAMPLE", *home, *practice, *tail]


def florida_file(cast: list[Person]) -> dict[str, str]:
    """The licensure file: other professions before and behind, a row of theirs with a pipe too many."""
    rows = [florida_row(at, number, person) for at, (number, person) in enumerate(roster(cast, "FL"))]
    nurse = ["1701", "Registered Nurse", "990001", *rows[0][3:5], "RN", "9990001", *rows[0][7:10], "MARROWBY", "OSWIN"]
    nurse = [*nurse, "", "", '"DE', *rows[0][15:]]
    torn = [*nurse[:2], "990002", *nurse[3:]]
    firm = [*rows[0][:2], "990003", *rows[0][3:6], "99999", *rows[0][7:10], "", "", "", "", "TIDEWATER NEEDLES LLC"]
    firm = [*firm, *rows[0][15:]]
    torn[18] = "12 PIPE|ORGAN WAY"
    lines = [nurse, *rows[:4], torn, *rows[4:], firm]
    text = "".join("|".join(line) + "|\r\n" for line in lines)
    return {"board_fl/LIC_ALL.txt": FL_HEADER + "\r\n" + text}


def roster_files(cast: list[Person]) -> dict[str, str]:
    """Everything of both folders."""
    return california_files(cast) | florida_file(cast)


def write_rosters(folder: Path, cast: list[Person]) -> int:
    """Writes both folders and returns how many bytes."""
    files = roster_files(cast)
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text.encode())
    return sum(len(text.encode()) for text in files.values())


if __name__ == "__main__":
    from building import Registrar
    from make_sample import SAMPLE, make_cast

    print(f"wrote {write_rosters(SAMPLE, make_cast(Registrar())[0]):,} bytes to {SAMPLE}")
