"""Makes the sample's NPPES files: `python tests/sample/write_nppes.py` writes them and prints their sizes.

In: a few of the cast as the NPI registry shows them. Out: crawler/sample/nppes_monthly and nppes_weekly: CMS's page and
three ZIPs in the format of 2026 (330 quoted columns, dates MM/DD/YYYY, the side files that nobody reads). Some people
are older here than in the registry's answers, some newer, one is the same; the other rows are other professions, firms
and deactivated numbers. The weekly files deactivate nobody of the cast: the demonstration reads all sources at once.
"""

import csv
import io
import zipfile
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

from building import Registrar, check_digit
from crawler.nppes_columns import ABROAD, HEADER, MAILING, PRACTICE
from make_sample import make_cast
from people import ACUPUNCTURIST, Person, RegistryEntry
from write_npi import address

SAMPLE = Path(__file__).resolve().parents[2] / "crawler" / "sample"
BY_HAND = (2026, 11, 16, 7, 15, 0)
PAGE = """<!DOCTYPE html>
<html lang="en"><head><title>NPI Files</title></head><body>
<h1>NPPES Downloadable Files</h1>
<p>Version 1 is no longer supported as of March 3, 2026.</p>
<h2>Full Replacement Monthly NPI File</h2>
<ul><li><a href="./{monthly}" id="DDSMTH.ZIP.D">NPPES Data Dissemination V.2 (November 2026)</a></li></ul>
<h2>Full Replacement Monthly NPI Deactivation File</h2>
<ul><li><a href="./NPPES_Deactivated_NPI_Report_110926_V2.zip">Monthly Deactivation V.2</a></li></ul>
<h2>Weekly Incremental NPI File</h2>
<ul>{weekly}</ul>
</body></html>
"""
MONTHLY = ("nppes_monthly/NPPES_Data_Dissemination_November_2026_V2.zip", "20050523-20261108")
WEEKLY = (
    ("nppes_weekly/NPPES_Data_Dissemination_110226_110826_Weekly_V2.zip", "20261102-20261108"),
    ("nppes_weekly/NPPES_Data_Dissemination_110926_111526_Weekly_V2.zip", "20261109-20261115"),
)
Row = dict[str, str]


def day(iso: str) -> str:
    """2026-11-08 as 11/08/2026."""
    year, month, number = iso.split("-")
    return f"{month}/{number}/{year}"


def number(nine_digits: int) -> str:
    return f"{nine_digits}{check_digit(str(nine_digits))}"


def place(shown: dict[str, object], kind: str) -> Row:
    """The columns of one address; the file prints telephone numbers as digits alone."""
    first, second = (f"Provider {line} Line {kind} Address" for line in ("First", "Second"))
    start = f"Provider {kind} Address"
    return {
        first: str(shown["address_1"]),
        second: str(shown.get("address_2", "")),
        f"{start} City Name": str(shown["city"]),
        f"{start} State Name": str(shown["state"]),
        f"{start} Postal Code": str(shown["postal_code"]),
        f"{start} {ABROAD}": "US",
        f"{start} Telephone Number": str(shown["telephone_number"]).replace("-", ""),
    }


def taxonomy(place: int, code: str, license_number: str, state: str, primary: str) -> Row:
    return {
        f"Healthcare Provider Taxonomy Code_{place}": code,
        f"Provider License Number_{place}": license_number,
        f"Provider License Number State Code_{place}": state,
        f"Healthcare Provider Primary Taxonomy Switch_{place}": primary,
    }


def person(entry: RegistryEntry, slug: str) -> Row:
    """One of the cast as the file prints a person."""
    row = {
        "NPI": entry.npi,
        "Entity Type Code": "1",
        "Provider Last Name (Legal Name)": entry.family,
        "Provider First Name": entry.given,
        "Provider Middle Name": entry.middle.rstrip("."),
        "Provider Name Prefix Text": entry.prefix,
        "Provider Credential Text": entry.credential,
        "Provider Enumeration Date": day(entry.enumerated),
        "Last Update Date": day(entry.updated),
        "Provider Sex Code": entry.sex,
        "Is Sole Proprietor": entry.sole_proprietor[0],
        "Certification Date": day(entry.updated),
    }
    row |= place(address(entry.mailing, "MAILING", slug), MAILING)
    row |= place(address(entry.office, "LOCATION", slug), PRACTICE)
    for position, line in enumerate(entry.taxonomies, start=1):
        row |= taxonomy(position, line.code, line.license_number or "", line.state or "", "Y" if line.primary else "N")
    for other in entry.other_names[:1]:
        row |= {
            "Provider Other Last Name": other.family,
            "Provider Other First Name": other.given,
            "Provider Other Middle Name": other.middle,
            "Provider Other Credential Text": other.credential,
            "Provider Other Last Name Type Code": other.code,
        }
    return row


def firm(npi: str, name: str, street: str, code: str) -> Row:
    shown = {"address_1": street, "city": "OLYMPIA", "state": "WA", "postal_code": "985010001"}
    row = {"NPI": npi, "Entity Type Code": "2", "Provider Organization Name (Legal Business Name)": name}
    row |= {"Provider Enumeration Date": "05/06/2019", "Last Update Date": "05/06/2019"}
    return row | place(shown | {"telephone_number": "360-555-0177"}, PRACTICE) | taxonomy(1, code, "", "", "Y")


def deactivated(npi: str, on: str) -> Row:
    """All that is left of a deactivated number."""
    return {"NPI": npi, "NPI Deactivation Date": on}


def entry_of(cast: list[Person], slug: str, **changes: object) -> Row:
    """A member of the cast, as the registry shows them but for these changes."""
    found = next(item.registry for item in cast if item.slug == slug)
    assert found is not None
    return person(replace(found, **changes), slug)  # type: ignore[arg-type]


def newcomer(cast: list[Person]) -> Row:
    """Somebody whom only the files show, in a state where the cast has nobody; the code is the third of three."""
    row = entry_of(cast, "desmond-ottoline-tacoma", enumerated="2026-11-03", updated="2026-11-03")
    row |= {"NPI": number(199999101), "Provider Last Name (Legal Name)": "BRACKENRIDGE-VOSS"}
    row |= {"Provider First Name": "OTTOLINE", "Provider Sex Code": "F", "Provider Other Last Name": "QUILLFEATHER"}
    row |= {"Provider Other First Name": "OTTOLINE", "Provider Other Last Name Type Code": "1"}
    row |= place(
        {
            "address_1": "14 COTTONTAIL WALK",
            "address_2": 'THE "OLD" MILL,\nREAR DOOR',
            "city": "RENO",
            "state": "NV",
            "postal_code": "895010001",
            "telephone_number": "775-555-0143",
        },
        PRACTICE,
    )
    row |= taxonomy(1, "111N00000X", "B99001", "NV", "N") | taxonomy(2, "225700000X", "", "", "N")
    return row | taxonomy(3, ACUPUNCTURIST[0], "99017", "NV", "Y")


def other_professions(cast: list[Person]) -> list[Row]:
    """Rows that are none of ours: a counselor called LAC, firms (one named like the code), deactivated numbers."""
    counselor = entry_of(cast, "desmond-ottoline-tacoma", credential="LAC") | {"NPI": number(199999202)}
    counselor |= {"Provider Last Name (Legal Name)": "ANSDELLOW-PIKE", "Provider First Name": "THADDEUS"}
    return [
        counselor | taxonomy(1, "101YA0400X", "LAC990017", "WA", "Y"),
        firm(number(199999303), "SEVEN WILLOWS ACUPUNCTURE PLLC", "1 NINEBARK AVE", ACUPUNCTURIST[0]),
        firm(number(199999404), f'THE "{ACUPUNCTURIST[0]}" BOOKSHOP, LLC', "2 NINEBARK AVE", "333600000X"),
        deactivated(number(199999505), "11/04/2026"),
    ]


def files_of(cast: list[Person]) -> dict[tuple[str, str], list[Row]]:
    """The rows of each file."""
    montesinos, vondrak = "rafael-e-montesinos-olympia", "petra-vondrak-yakima"
    monthly = [
        entry_of(cast, "desmond-ottoline-tacoma"),
        entry_of(cast, "khanh-luong-seattle", credential="LAC", updated="2015-03-09"),
        entry_of(cast, montesinos),
        entry_of(cast, vondrak, credential="DACM, L.Ac.", updated="2026-10-19"),
        newcomer(cast),
    ]
    first = [entry_of(cast, vondrak, credential="DACM, L.Ac., FABORM", updated="2026-11-04"), newcomer(cast)]
    second = [entry_of(cast, montesinos, credential="DAOM, LIC. AC.", updated="2026-11-12")]
    others = other_professions(cast)
    return {MONTHLY: others + monthly, WEEKLY[0]: first + others, WEEKLY[1]: [*others[1:], *second]}


def table(columns: Iterable[str], rows: list[Row]) -> str:
    """A file as CMS writes it: every value in quotes, no value left out."""
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, list(columns), restval="", quoting=csv.QUOTE_ALL, lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()


def archive(period: str, rows: list[Row]) -> bytes:
    """The ZIP: the main file among its side files, dated the same on every run."""
    main, target = f"npidata_pfile_{period}", io.BytesIO()
    members = {
        f"endpoint_pfile_{period}.csv": '"NPI","Endpoint Type"\n',
        f"{main}.csv": table(HEADER, rows),
        f"{main}_fileheader.csv": table(HEADER, []),
        "NPPES_Data_Dissemination_Readme_v.2.pdf": "%PDF-1.4\n",
        f"othername_pfile_{period}.csv": '"NPI","Provider Other Organization Name"\n',
        f"pl_pfile_{period}.csv": '"NPI","Provider Secondary Practice Location Address- Address Line 1"\n',
    }
    with zipfile.ZipFile(target, "w") as made:
        for name, text in members.items():
            info = zipfile.ZipInfo(name, BY_HAND)
            info.compress_type = zipfile.ZIP_DEFLATED
            made.writestr(info, text)
    return target.getvalue()


def write_nppes(folder: Path = SAMPLE) -> int:
    """Write the page and the ZIPs; how many bytes."""
    cast, _ = make_cast(Registrar())
    files = {name: archive(period, rows) for (name, period), rows in files_of(cast).items()}
    items = [
        f'<li><a href="./{Path(name).name}">NPPES Data Dissemination V.2 - Weekly Update</a></li>' for name, _ in WEEKLY
    ]
    page = PAGE.format(monthly=Path(MONTHLY[0]).name, weekly="\n".join(items))
    files["nppes_monthly/NPI_Files.html"] = page.encode()
    for name, content in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)
    return sum(map(len, files.values()))


if __name__ == "__main__":
    print(f"{write_nppes()} bytes written")
