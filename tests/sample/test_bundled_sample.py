"""The bundled sample keeps its promises: nobody real, everything parses, counts agree, same bytes twice.

The comparison with real names reads the folder named by DIPLOMATE_REAL_DATA and skips where it is absent.
"""

import csv
import json
import os
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from building import Registrar, check_digit, plain_letters
from make_sample import HERE, SAMPLE, make_cast, sample_files
from people import Case, Person
from places import PLACES
from sample_folder import differing, table_faults

REAL_DATA = Path(os.environ.get("DIPLOMATE_REAL_DATA", HERE.parents[2] / "shared" / "data"))
Name = frozenset[str]


@pytest.fixture(scope="module")
def cast() -> list[Person]:
    """Everybody of the sample."""
    return make_cast(Registrar())[0]


@pytest.fixture(scope="module")
def cases() -> list[Case]:
    """The hard cases."""
    return make_cast(Registrar())[1]


@pytest.fixture(scope="module")
def files() -> dict[str, str]:
    """The files of crawler/sample as the script makes them."""
    return sample_files()[0]


def test_the_committed_files_are_what_the_script_writes(files: dict[str, str]) -> None:
    assert not differing(SAMPLE, files), "run `make sample`"
    assert (HERE / "cases.csv").read_bytes() == sample_files()[1].encode()


def test_the_cast_covers_eight_states_and_is_large_enough(cast: list[Person]) -> None:
    assert len(cast) >= 170
    assert {person.office.place.state for person in cast} == set(PLACES)
    assert all(any(not key.startswith("leie:") for key in person.source_keys()) for person in cast)
    assert sum(len(person.source_keys()) > 1 for person in cast) > len(cast) / 2


def test_no_key_belongs_to_two_people(cast: list[Person]) -> None:
    keys = [key for person in cast for key in person.source_keys()]
    assert len(keys) == len(set(keys))


def test_every_npi_passes_the_luhn_check(files: dict[str, str]) -> None:
    numbers = re.findall(r'"number": "(\d+)"|,"(1999\d{6})",', "".join(files.values()))
    npis = {left or right for left, right in numbers}
    assert npis and all(npi.startswith("1999") and npi[9] == check_digit(npi[:9]) for npi in npis)


def test_every_telephone_number_is_reserved_for_fiction(files: dict[str, str]) -> None:
    text = "".join(text for name, text in files.items() if name.endswith((".json", ".html")))
    phones = re.findall(r"\(?\b\d{3}\)?[-. ]\d{3}[-. ]\d{4}\b", text)
    assert phones and all(re.search(r"555[-. ]01\d\d$", phone) for phone in phones)


def test_registry_answers_agree_with_their_counts(files: dict[str, str]) -> None:
    for name, text in files.items():
        if name.startswith("npi_registry/"):
            answer = json.loads(text)
            assert answer["result_count"] == len(answer["results"]) < 200


def test_directory_pages_agree_with_their_counts(files: dict[str, str], cast: list[Person]) -> None:
    for state in sorted({person.listing.state for person in cast if person.listing}):
        pages = [text for name, text in files.items() if name.startswith(f"ncbahm/list_{state}_")]
        cards = sum(page.count('class="result-card__item"') for page in pages)
        assert all(f">{cards} Practitioners found<" in page for page in pages)
        assert all(f'id="hdnlastpage" value="{len(pages)}"' in page for page in pages)
    assert {f"ncbahm/list_{state}_2.html" for state in ("WA", "CA")} <= set(files)


def test_academy_pages_agree_with_their_counts(files: dict[str, str]) -> None:
    pages = [json.loads(text) for name, text in files.items() if name.startswith("aama/results_")]
    assert len(pages) >= 2 and sum(page["count"] for page in pages) == pages[0]["total_count"]
    assert all(page["count"] == len(page["results"]) for page in pages)


def test_board_counts_agree_with_the_rows(files: dict[str, str]) -> None:
    counts = {row["credentialtype"]: int(row["count"]) for row in json.loads(files["board_wa/types.json"])}
    rows = json.loads(files["board_wa/rows.json"])
    for kind in {row["credentialtype"] for row in rows}:
        assert counts[kind] == sum(row["credentialtype"] == kind for row in rows)
    active = [row for row in rows if row["status"] == "Active"]
    assert all("2028" <= row["expirationdate"] < "2032" for row in active)


def test_the_exclusion_list_has_18_columns(files: dict[str, str]) -> None:
    rows = list(csv.reader(files["leie/UPDATED.csv"].splitlines()))
    assert len(rows) > 35 and {len(row) for row in rows} == {18}


def test_every_page_of_the_table_exists_and_every_file_has_an_address() -> None:
    assert not table_faults(SAMPLE)


def test_every_hard_case_names_records_that_exist(files: dict[str, str], cases: list[Case]) -> None:
    text = "".join(files.values())
    keys = [key.split(":")[1] for case in cases for person in case.people for key in person.source_keys()]
    assert all(key.split(" ")[0] in text for key in keys)
    assert len({case.case for case in cases}) == len(cases)


def test_the_sample_is_small(files: dict[str, str]) -> None:
    assert sum(len(text.encode()) for text in files.values()) < 1_200_000


def spelled(*parts: str) -> Name:
    """The words of a name, in any order, without accents and single letters."""
    words = re.split(r"[^a-z]+", plain_letters(" ".join(parts)).lower())
    return frozenset(word for word in words if len(word) > 1)


def registry_names(folder: Path) -> Iterator[Name]:
    """First and last names of the real registry answers."""
    for path in folder.glob("npi_api/*.json"):
        for result in json.loads(path.read_text(encoding="utf-8")).get("results", []):
            basic = result["basic"]
            yield spelled(basic.get("first_name", ""), basic.get("last_name", ""))


def tabular_names(folder: Path) -> Iterator[Name]:
    """First and last names of the real NPPES and exclusion files."""
    columns = [("Provider First Name", "Provider Last Name (Legal Name)"), ("FIRSTNAME", "LASTNAME")]
    for path in [*folder.glob("nppes/npidata_slice*.csv"), *folder.glob("leie/*.csv")]:
        with path.open(encoding="utf-8", errors="replace", newline="") as lines:
            for row in csv.DictReader(lines):
                yield from (spelled(row[a] or "", row[b] or "") for a, b in columns if a in row and b in row)


def page_names(folder: Path) -> Iterator[Name]:
    """Names of the real directory pages and of the academy's answers."""
    for path in folder.glob("ncbahm/*.html"):
        text = path.read_text(encoding="utf-8", errors="replace")
        found = re.findall(r"View the profile of ([^\"]+)\"|<h2>([^<]+)</h2>", text)
        yield from (spelled(left or right) for left, right in found)
    for path in folder.glob("aama/*.json"):
        for result in json.loads(path.read_text(encoding="utf-8")).get("results", []):
            yield spelled(result["title"].split(",")[0])


@pytest.mark.skipif(not REAL_DATA.is_dir(), reason=f"no real data in {REAL_DATA}")
def test_nobody_in_the_sample_has_the_name_of_a_real_record(cast: list[Person]) -> None:
    real = {*registry_names(REAL_DATA), *tabular_names(REAL_DATA), *page_names(REAL_DATA)}
    assert len(real) > 1000
    assert not [p.name for p in cast if {spelled(p.given, p.family), spelled(p.name)} & real]
