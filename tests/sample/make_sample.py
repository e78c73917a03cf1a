"""Makes the bundled sample: `python tests/sample/make_sample.py` writes crawler/sample and cases.csv.

In: the cast of this folder's modules. Out: files in the byte formats of the five sources. Deterministic:
a second run writes the same bytes, and files that the cast no longer needs are removed. Folders and rows of
pages.csv that belong to other sources are written by hand and stay as they are; the rosters of California and
Florida (`write_board_ca`) follow the cast, too.
"""

import shutil
from pathlib import Path

from building import Registrar
from cases_identity import identity_cases
from cases_status import status_cases
from exclusion_rows import strangers
from ordinary_people import ordinary_people
from people import Case, Person
from physicians import ordinary_physicians, physician_cases
from write_aama import academy_files
from write_board import board_files
from write_board_ca import write_rosters
from write_cases import cases_csv, readme
from write_leie import exclusion_files
from write_ncbahm import directory_files
from write_npi import registry_files
from write_pages import SOURCES, pages_file, split_pages

HERE = Path(__file__).resolve().parent
SAMPLE = HERE.parents[1] / "crawler" / "sample"


def make_cast(registrar: Registrar) -> tuple[list[Person], list[Case]]:
    """Everybody, and the hard cases among them.

    Raises ValueError with the slug when two people would get the same one.
    """
    cases = identity_cases(registrar) + status_cases(registrar) + physician_cases(registrar)
    cast = [person for case in cases for person in case.people]
    cast += ordinary_people(registrar) + ordinary_physicians(registrar)
    seen: set[str] = set()
    for person in cast:
        if person.slug in seen:
            raise ValueError(f"two people with the slug {person.slug!r}")
        seen.add(person.slug)
    return cast, cases


def sample_files() -> tuple[dict[str, str], str]:
    """The generator's files of crawler/sample by name (pages.csv: its own rows), and the text of cases.csv."""
    registrar = Registrar()
    cast, cases = make_cast(registrar)
    files = registry_files(cast) | directory_files(cast) | academy_files(cast) | board_files(cast)
    files |= exclusion_files(cast, strangers(registrar))
    files |= pages_file(cast, sorted(files))
    return files | {"README.md": readme(cast, cases)}, cases_csv(cases)


def rows_by_hand(folder: Path) -> str:
    """The rows of pages.csv that belong to sources the generator does not write; "" where there is no table.

    Raises csv.Error when the quotation marks of a row do not match.
    """
    pages = folder / "pages.csv"
    return split_pages(pages.read_bytes().decode("utf-8-sig"))[1] if pages.exists() else ""


def write_sample(folder: Path = SAMPLE, cases_file: Path = HERE / "cases.csv") -> int:
    """Writes the files of SOURCES and returns how many bytes; raises csv.Error before it removes anything."""
    files, cases = sample_files()
    files["pages.csv"] += rows_by_hand(folder)
    for source in SOURCES:
        shutil.rmtree(folder / source, ignore_errors=True)
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text.encode())
    cases_file.write_bytes(cases.encode())
    return sum(len(text.encode()) for text in files.values())


if __name__ == "__main__":
    print(f"wrote {write_sample() + write_rosters(SAMPLE, make_cast(Registrar())[0]):,} bytes to {SAMPLE}")
