"""How fast a roster is answered, and whether its memory grows with its length.

    python -m tests.benchmarks.roster_speed --data FOLDER [--rows 1000 10000 100000] [--kind csv xlsx]

Makes rosters from a published file: 70 of 100 rows name somebody exactly (with a license number, an NPI, or only the
state), 10 have a typing error, 10 name nobody, 10 are numbers alone. Each is answered in a process of its own; printed
are rows a second, the peak memory, and its ratio to that of the shortest roster.
"""

from __future__ import annotations

import argparse
import csv
import os
import random
import sqlite3
import subprocess
import sys
import tempfile
import time
import zipfile
from collections.abc import Iterator
from pathlib import Path
from xml.sax.saxutils import escape

Row = tuple[str, ...]
HEADINGS = ("Employee ID", "Last Name", "First Name", "Lic #", "License State", "NPI", "Office")
PEOPLE = (
    "SELECT p.given_name, p.family_name, l.number, l.state, p.npi FROM practitioners p JOIN licenses l"
    " ON l.practitioner_id = p.id WHERE l.source_kind = 'primary' AND l.number <> '' AND p.family_name <> ''"
    " GROUP BY p.id"
)
UNKNOWN = ("Brexnor", "Quilvane", "Tamsworthy", "Ostrelund", "Vyncaster", "Jorblatt", "Elphinwick", "Zarnhollow")


def people(database: Path) -> list[Row]:
    connection = sqlite3.connect(f"file:{database}?mode=ro", uri=True)
    return [tuple(str(cell or "") for cell in row) for row in connection.execute(PEOPLE)]


def mistyped(name: str, luck: random.Random) -> str:
    """Two letters change places, or one is lost."""
    if len(name) < 4:
        return name + name[-1:]
    place = luck.randrange(1, len(name) - 2)
    swapped = name[:place] + name[place + 1] + name[place] + name[place + 2 :]
    return luck.choice((swapped, name[:place] + name[place + 1 :]))


def roster_row(known: list[Row], luck: random.Random) -> Row:
    given, family, number, state, npi = luck.choice(known)
    kind = luck.randrange(100)
    if kind < 40:
        return family, given, number, state, ""
    if kind < 55:
        return family, given, "", state, npi
    if kind < 70:
        return family, given, "", state, ""
    if kind < 80:
        return mistyped(family, luck), given, luck.choice((number, "")), state, ""
    if kind < 90:
        other = luck.choice(UNKNOWN) + luck.choice(("", "e", "son", "ley"))
        first = luck.choice((given, luck.choice(UNKNOWN)))
        return other, first, luck.choice((f"ZZ{luck.randrange(10**6)}", "")), state, ""
    return ("", "", number, state, "") if kind < 95 or not npi else ("", "", "", "", npi)


def roster_rows(known: list[Row], length: int) -> Iterator[Row]:
    luck = random.Random(5)
    for number in range(length):
        yield (f"E{number:06}", *roster_row(known, luck), f"Office {number % 97}")


def write_csv(path: Path, rows: Iterator[Row]) -> None:
    with path.open("w", encoding="utf-8", newline="") as text:
        csv.writer(text).writerows((HEADINGS, *rows))


def write_xlsx(path: Path, rows: Iterator[Row]) -> None:
    """As Excel writes it: every different text once in a table of its own, cells with its number."""
    texts: dict[str, int] = {}
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        with archive.open("xl/worksheets/sheet1.xml", "w") as sheet:
            sheet.write(f'<worksheet xmlns="{MAIN}"><sheetData>'.encode())
            for number, row in enumerate((HEADINGS, *rows), start=1):
                cells = (
                    f'<c t="s"><v>{texts.setdefault(text, len(texts))}</v></c>' if text else "<c/>" for text in row
                )
                sheet.write(f'<row r="{number}" ht="15" customHeight="1">{"".join(cells)}</row>'.encode())
            sheet.write(b"</sheetData></worksheet>")
        items = "".join(f"<si><t>{escape(text)}</t></si>" for text in texts)
        archive.writestr("xl/sharedStrings.xml", f'<sst xmlns="{MAIN}">{items}</sst>')
        archive.writestr("xl/workbook.xml", WORKBOOK)
        archive.writestr("xl/_rels/workbook.xml.rels", LINKS)


MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
WORKBOOK = f'<workbook xmlns="{MAIN}" xmlns:r="{OFFICE}"><sheets><sheet name="Staff" r:id="r1"/></sheets></workbook>'
LINKS = (
    '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
    f'<Relationship Id="r1" Type="{OFFICE}/worksheet" Target="worksheets/sheet1.xml"/></Relationships>'
)
WRITERS = {"csv": write_csv, "xlsx": write_xlsx}


# A process counts the memory of the one that started it as its own peak, so a small one starts what is measured.
MEASURER = """
import resource, subprocess, sys
run = subprocess.run(sys.argv[1:], stderr=subprocess.PIPE, text=True)
used = resource.getrusage(resource.RUSAGE_CHILDREN)
print(run.returncode, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024)
print(run.stderr)
"""


def measured(data: Path, roster: Path, out: Path) -> tuple[float, float, float, str]:
    """Seconds by the clock and of the processor, peak memory in MB, and what came to which outcome."""
    call = [sys.executable, "-m", "pipeline.commands.main", "check", "--roster", str(roster), "--out", str(out)]
    env = os.environ | {"DIPLOMATE_DATA": str(data)}
    begun = time.perf_counter()
    run = subprocess.run([sys.executable, "-c", MEASURER, *call], env=env, capture_output=True, text=True, check=True)
    seconds = time.perf_counter() - begun
    first, *said = run.stdout.splitlines()
    code, busy, peak = first.split()
    if code not in ("0", "1"):
        raise SystemExit("\n".join(said))
    return seconds, float(busy), float(peak), next((line for line in said if " rows: " in line), "")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--rows", type=int, nargs="+", default=[1_000, 10_000, 100_000])
    parser.add_argument("--kind", choices=sorted(WRITERS), nargs="+", default=["csv", "xlsx"])
    chosen = parser.parse_args()
    known = people(chosen.data / "current")
    with tempfile.TemporaryDirectory() as folder:
        for kind in chosen.kind:
            least = 0.0
            for length in chosen.rows:
                roster = Path(folder) / f"roster.{kind}"
                WRITERS[kind](roster, roster_rows(known, length))
                seconds, busy, peak, counts = measured(chosen.data, roster, Path(folder) / "out.csv")
                least = least or peak
                print(f"{kind:<5}{length:>8,} rows {seconds:7.1f} s ({busy:.1f} s of processor)", end="")
                print(f" {length / seconds:8,.0f} rows/s", end="")
                print(f" {peak:7,.0f} MB, {peak / least:.2f} of the shortest. {counts}", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
