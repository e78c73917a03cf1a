"""NPPES files of invented people for tests: rows as CMS prints them, in a file, in a ZIP."""

from __future__ import annotations

import csv
import io
import zipfile

from crawler.nppes_columns import ACUPUNCTURIST, CODES, HEADER

CODE = ACUPUNCTURIST.encode()
FULL, WEEK = "npidata_pfile_20050523-20261108.csv", "npidata_pfile_20261102-20261108.csv"
MONTHLY_NAME = "NPPES_Data_Dissemination_November_2026_V2.zip"
WEEKLY_NAME = "NPPES_Data_Dissemination_110226_110826_Weekly_V2.zip"
Row = dict[str, str]


def person(npi: str = "1999990017", **changes: str) -> Row:
    """An invented acupuncturist's row; a column is named by keyword with `_` for a blank."""
    return {
        "NPI": npi,
        "Entity Type Code": "1",
        "Provider Last Name (Legal Name)": "QUILLFEATHER",
        "Provider First Name": "ISOLDE",
        "Provider First Line Business Practice Location Address": "3 TEASEL COURT",
        "Provider Business Practice Location Address City Name": "OLYMPIA",
        "Provider Business Practice Location Address State Name": "WA",
        "Provider Business Practice Location Address Postal Code": "985010001",
        "Provider Business Practice Location Address Telephone Number": "3605550161",
        "Provider First Line Business Mailing Address": "PO BOX 1",
        "Provider Business Mailing Address State Name": "OR",
        "Last Update Date": "11/04/2026",
        "Healthcare Provider Taxonomy Code_1": ACUPUNCTURIST,
    } | {name.replace("_", " "): value for name, value in changes.items()}


def in_file(rows: list[Row], header: tuple[str, ...] = HEADER, end: str = "\n") -> bytes:
    """Rows as CMS writes them."""
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, header, restval="", quoting=csv.QUOTE_ALL, lineterminator=end)
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue().encode()


def in_zip(content: bytes, name: str = FULL, **more: bytes) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for member, body in ({name: content} | more).items():
            archive.writestr(member, body)
    return target.getvalue()


FIRM = {"NPI": "1999990025", "Entity Type Code": "2", "Healthcare Provider Taxonomy Code_1": ACUPUNCTURIST}
GONE = {"NPI": "1999990033", "NPI Deactivation Date": "11/03/2026"}
OTHER = person("1999990041", Provider_First_Name=f"NOT {ACUPUNCTURIST}") | {CODES[0]: "207Q00000X"}


def bomb() -> bytes:
    """An archive of one row, forty thousand times; made where it is asked for, for it takes its time."""
    header, row = in_file([GONE]).splitlines(keepends=True)
    return in_zip(header + row * 40_000)
