"""Readings of a part: what was not read must never be said of anybody. Each case once happened or was shown to."""

from __future__ import annotations

import json
import os
from collections import Counter
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest

from crawler.snapshots import good_runs
from db.publish import current, read_rows
from tests.conftest import REPO, Outcome, run_diplomate
from tests.fault_server import Answer, fault_site

PAGES = REPO / "crawler" / "sample" / "ncbahm"


def certifications(data: Path, state: str = "WA") -> Counter[str]:
    rows = read_rows(current(data) or Path(), "practitioners")
    return Counter(row["certification"] for row in rows if row["state"] == state)


def import_page(data: Path, folder: Path, text: str, name: str = "page.html", **options: str) -> Outcome:
    (folder / name).write_text(text)
    arguments = [part for option, value in options.items() for part in (f"--{option}", value)]
    return run_diplomate("import", "ncbahm", str(folder / name), *arguments, data=data)


def test_a_card_without_its_status_is_refused_not_taken_as_listed(data: Path, tmp_path: Path) -> None:
    page = (PAGES / "list_WA_1.html").read_text().replace('class="gendar"', 'class="gender"')
    done = import_page(data, tmp_path, page)
    assert done.code == 1 and "shows no status" in done.err


def test_a_list_narrowed_to_a_city_is_no_reading_of_its_state(data: Path, tmp_path: Path) -> None:
    before = certifications(data)
    page = (PAGES / "list_HI_1.html").read_text().replace("StateCode=HI", "StateCode=WA&amp;City=Hilo")
    assert import_page(data, tmp_path, page).code == 0
    assert run_diplomate("build", data=data).code == 0
    assert certifications(data)["no_evidence"] <= before["no_evidence"]
    assert certifications(data)["listed"] >= before["listed"]


def test_a_much_shorter_list_is_read_in_part(data: Path, tmp_path: Path) -> None:
    page = (PAGES / "list_HI_1.html").read_text().replace("StateCode=HI", "StateCode=WA")
    done = import_page(data, tmp_path, page)
    assert done.code == 1 and "less than half of the last whole reading" in done.err
    assert run_diplomate("build", data=data).code == 0
    assert certifications(data)["listed"] >= 30


def test_a_list_is_as_old_as_its_oldest_page(tmp_path: Path) -> None:
    folder, data = tmp_path / "saved", tmp_path / "data"
    folder.mkdir()
    for number, month in (("1", "02"), ("2", "11")):
        path = folder / f"list_WA_{number}.html"
        path.write_bytes((PAGES / path.name).read_bytes())
        stamp = Path(path).stat().st_mtime_ns // 10**9 if month == "11" else 1_770_000_000
        os.utime(path, (stamp, stamp))
    assert run_diplomate("import", "ncbahm", str(folder), data=data).code == 0
    assert run_diplomate("build", data=data).code == 0
    assert certifications(data)["no_evidence"] == 0


def test_a_page_cut_short_is_refused(data: Path, tmp_path: Path) -> None:
    text = (PAGES / "list_WA_1.html").read_text()
    done = import_page(data, tmp_path, text[: len(text) // 2])
    assert done.code == 1 and "cut short" in done.err


def test_a_list_and_its_profiles_become_one_record_that_cites_both(tmp_path: Path) -> None:
    data, card = tmp_path / "data", "list_HI_1.html"
    text = (PAGES / card).read_text()
    link = text.split("AgencyClientId=")[1].split('"')[0]
    profile = next(path for path in PAGES.glob("profile_*") if f"profile_{path.stem[8:]}" in page_of(link))
    folder = tmp_path / "saved"
    folder.mkdir()
    (folder / card).write_text(text)
    address = f"https://directory.ncbahm.org/FAP/PractitionerDetail?AgencyClientId={link}"
    (folder / "profile.html").write_text(f"<!-- saved from url=(0090){address} -->\n{profile.read_text()}")
    assert run_diplomate("import", "ncbahm", str(folder), data=data).code == 0
    run, _ = good_runs(data, "ncbahm")[0]
    record = next(record for record in run.records() if record.source_key == link)
    assert record.fields["status"] and record.fields["languages"]
    cited = b"".join(run.body(digest) for digest in (record.sha256, *record.also))
    assert record.fields["status"].encode() in cited


def page_of(link: str) -> str:
    rows = (REPO / "crawler/sample/pages.csv").read_text().splitlines()
    return next(row for row in rows if link in row)


def test_a_crawled_profile_cites_the_list_it_was_found_on(sample_data: Path) -> None:
    run, _ = good_runs(sample_data, "ncbahm")[0]
    for record in run.records():
        cited = b"".join(run.body(digest) for digest in (record.sha256, *record.also))
        assert record.fields["status"].encode() in cited


def excluded(count: int) -> Answer:
    header = "LASTNAME,FIRSTNAME,MIDNAME,BUSNAME,GENERAL,SPECIALTY,UPIN,NPI,DOB,ADDRESS,CITY,STATE,ZIP,EXCLTYPE,"
    header += "EXCLDATE,REINDATE,WAIVERDATE,WVRSTATE\n"
    row = "DOE,JANE{},,,NURSE,NURSE,,0000000000,19700101,1 A ST,RENO,NV,89501,1128b4,20200101,00000000,00000000,\n"
    return Answer((header + "".join(row.format(number) for number in range(count))).encode())


def test_narrowing_by_state_does_not_lower_the_guard_of_a_source_read_whole(data: Path) -> None:
    with fault_site(lambda path, body: excluded(2)) as site:
        mirrors = f"https://oig.hhs.gov={site.address}"
        done = run_diplomate(
            "crawl", "leie", "--state", "WA", data=data, DIPLOMATE_MIRRORS=mirrors, DIPLOMATE_DELAY="0"
        )
    assert done.code == 1 and "less than half" in done.err


def test_a_board_of_another_state_is_not_asked(data: Path) -> None:
    done = run_diplomate(
        "crawl", "board_wa", "--state", "OR", data=data, DIPLOMATE_MIRRORS="https://data.wa.gov=http://127.0.0.1:9"
    )
    assert done.code == 0 and "speaks for that state" in done.err


def crowded(path: str) -> Answer:
    """A registry in which one ZIP code holds more people than it shows, and which does not heed a last name."""
    asked = dict(parse_qsl(urlsplit(path).query))
    full = "07030".startswith(asked.get("postal_code", "").rstrip("*"))
    skip = int(asked["skip"])
    rows = [provider(number) for number in range(skip, skip + 200)] if full else []
    return Answer(json.dumps({"result_count": len(rows), "results": rows}).encode())


def provider(number: int) -> dict[str, Any]:
    basic = {"first_name": "ODALYS", "last_name": f"WINTERHALTER {number}", "status": "A"}
    taxonomies = [{"code": "171100000X", "desc": "Acupuncturist", "state": "NJ", "license": "", "primary": True}]
    return {
        "number": f"{1999000000 + number}",
        "enumeration_type": "NPI-1",
        "basic": basic,
        "addresses": [],
        "taxonomies": taxonomies,
    }


def test_a_registry_that_does_not_heed_the_question_is_not_asked_on(tmp_path: Path) -> None:
    """Two beginnings of a name with the same people: thousands of questions would all be full."""
    with fault_site(lambda path, body: crowded(path)) as site:
        mirrors = f"https://npiregistry.cms.hhs.gov={site.address}"
        done = run_diplomate(
            "crawl", "npi_registry", "--state", "NJ", data=tmp_path, DIPLOMATE_MIRRORS=mirrors, DIPLOMATE_DELAY="0"
        )
    assert done.code == 1 and "shows the same 200 rows as an earlier page" in done.err
    assert good_runs(tmp_path, "npi_registry") == []
    assert len(site.asked) < 200, "a hundred two-digit ZIP parts, ten more for each digit; no thousands of names"


def test_records_changed_after_the_run_are_not_used(data: Path) -> None:
    run, _ = good_runs(data, "board_wa")[0]
    path = run.folder / "records.jsonl"
    path.write_text("\n".join(path.read_text().splitlines()[:5]) + "\n")
    published = (data / "current").resolve()
    done = run_diplomate("build", data=data)
    assert done.code == 1 and "was changed after its run ended" in done.err
    assert (data / "current").resolve() == published


@pytest.mark.parametrize(("name", "sentence"), [("manifest.json", "is damaged"), ("records.jsonl", "was changed")])
def test_a_damaged_run_is_named(data: Path, name: str, sentence: str) -> None:
    run, _ = good_runs(data, "board_wa")[0]
    (run.folder / name).write_text("{")
    done = run_diplomate("build", data=data)
    assert done.code == 1
    assert name in done.err and sentence in done.err and "unforeseen" not in done.err
