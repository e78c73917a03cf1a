"""Writes Missouri's ZIP of the bundled sample: invented acupuncturists in the state's own layout, the same bytes twice.

In: nothing. Out: `crawler/sample/board_mo/ACU.ZIP`. Run it by hand after a change:
`python tests/sample/write_board_mo.py`.
"""

from __future__ import annotations

import zipfile
from pathlib import Path

TARGET = Path(__file__).parents[2] / "crawler" / "sample" / "board_mo" / "ACU.ZIP"
MADE = (2026, 11, 20, 1, 30, 0)
COLUMNS = """prc_first_name prc_middle_name prc_last_name prc_suffix ba_address ba_2address ba_city ba_state
ba_zip ba_cnty ba_cntry lic_profession lic_number lst_description lic_orig_issue_date lic_exp_date
discipline les_description prc_dba_name clas_description ctype_description cl_description
prc_entity_name rel_type rel_first_name rel_middle_name rel_last_name rel_suffix rel_prc_name
rel_lic_number rel_addr1 rel_addr2 rel_city rel_state rel_zip_code ld_description employer_name
school_name certification_title""".split()
PEOPLE = [
    "Corisande,Wren,Applewhistle,,1200 Sample Quarry Rd,,Columbia,MO,65201,Boone,2999000101,2012-04-03",
    "Ignatius,,Farthingale,III,88 Model Ave,Suite 4,Saint Louis,MO,631030042,St. Louis City,2999000102,2005-09-14",
    "Tamsin,N/A,Okoro-Birdwhistle,,,,,,,,2999000103,2019-01-22",
    "Leocadia,M,Stonecatcher,,400 Model Ln,,Overland Park,KS,66210,Unknown/Out of State,2999000104,2016-06-30",
    "Peregrine,A.,Dunmallow,,7 Nowhere Plz,,Springfield,MO,65806,Greene,2999000105,1901-01-01",
    "Xanthippe,,Kettlewright,,15 Paper Mill Ct,,Kansas City,MO,64111,Jackson,2999000106,2021-11-08",
    "Octavio,,Sørbjerg-Lindt,,,,Rolla,MO,65401,Phelps,2999000107,2008-02-19",
]
SPECIAL: dict[str, dict[str, str]] = {
    "2999000102": {"prc_dba_name": "Farthingale Acupuncture LLC"},
    "2999000103": {"les_description": "Not Current", "lic_exp_date": "2026-02-28 00:00:00"},
    "2999000105": {"discipline": "Yes"},
    "2999000106": {"clas_description": "Temporary"},
}
ABOUT = "Layout of the data file (sample of invented people)\r\nprc_first_name\tchar(20)\r\nprc_last_name\tchar(35)\r\n"


def row_of(line: str) -> dict[str, str]:
    """One license; the issue day carries the midnight that the state prints."""
    names = [*COLUMNS[:10], "lic_number", "lic_orig_issue_date"]
    row = dict(zip(names, line.split(","), strict=True))
    row |= {"ba_cntry": "USA" if row["ba_city"] else "", "lic_profession": "ACU", "lst_description": "Active"}
    row |= {"les_description": "Not Expired", "lic_exp_date": "2028-02-29 00:00:00", "discipline": "No"}
    row["lic_orig_issue_date"] += " 00:00:00"
    return row | SPECIAL.get(row["lic_number"], {})


def rows() -> list[dict[str, str]]:
    """Everybody, one of them twice: the list repeats a license for each firm that is related to it."""
    found = [row_of(line) for line in PEOPLE]
    related = {"rel_type": "Employer", "rel_prc_name": "Invented Clinic Holdings", "rel_city": "Columbia"}
    return [*found, found[0] | related]


def table(found: list[dict[str, str]]) -> bytes:
    """The TXT: tab-delimited under one header line."""
    lines = ["\t".join(COLUMNS)] + ["\t".join(row.get(name, "") for name in COLUMNS) for row in found]
    return "".join(f"{line}\r\n" for line in lines).encode()


def packed(members: dict[str, bytes]) -> dict[zipfile.ZipInfo, bytes]:
    """Members with a fixed time, so that two runs write the same bytes."""
    return {zipfile.ZipInfo(name, MADE): content for name, content in members.items()}


def write(target: Path, members: dict[str, bytes]) -> None:
    """The ZIP, deflated."""
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for info, content in packed(members).items():
            info.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(info, content)


def main() -> None:
    TARGET.parent.mkdir(parents=True, exist_ok=True)
    write(TARGET, {"ACU.TXT": table(rows()), "filedesc.txt": ABOUT.encode()})


if __name__ == "__main__":
    main()
