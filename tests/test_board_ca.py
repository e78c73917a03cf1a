"""California: five layouts read by column name, only persons' licenses kept; the way to the file and its dead ends."""

from __future__ import annotations

import io
import json
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scrapy import Request

from crawler.box_folder import shared_link
from crawler.records import Record
from crawler.snapshots import Manifest, good_runs, runs
from crawler.spiders.board_ca import BoardCa
from crawler.troubles import Gate, SourceTrouble
from db.publish import current, read_rows
from pipeline.commands.source_facts import source_facts
from pipeline.normalize import read_person
from tests.conftest import REPO, Outcome, run_diplomate
from tests.fault_server import Answer, FaultSite, fault_site
from tests.reading import answer, read

sys.path.insert(0, str(REPO / "tests" / "sample"))

from building import Registrar
from make_sample import SAMPLE, make_cast
from write_board_ca import roster_files

DCA, BOX = "https://www.dca.ca.gov", "https://dca.app.box.com"
HTML, EXCEL = {"Content-Type": "text/html"}, {"Content-Type": "application/vnd.ms-excel"}
STANDARD = (
    "Agency Code|Agency Name|LicTypeCode|License Type|License Number|Indiv/Org|Org/Last Name|First Name|Middle Name|"
    "Suffix|Address Line 1|Address Line 2|City|County|State|Zip|Country|Original Issue Date|Expiration Date|"
    "License Status"
)
MEDICAL = (
    "Agency Name|License Type|Speciality Code|License Number|Indiv/Org|Org/Last Name|First Name|Middle Name|Suffix|"
    "Address Line 1|Address Line 2|City|County|State|Zip|Country|Original Issue Date|Expiration Date|School|"
    "Year Graduated|Degree|License Status"
)
MISTYPED = STANDARD.replace("Original Issue Date", "Original Isuue Date")
RENAMED = (
    "Agency Name|License Type Name|License Type Code|License Number|Indiv/Org|Last Name|First Name|Middle Name|Suffix|"
    "Address 1|Address 2|City|County|State|Zip Code|Country|Issue Date|Expiration Date|License Status|"
    "Status Effective Date"
)
SHORT = "LICENSE TYPE|LICENSE NUMBER|INDIV/ORG|ORG/LAST NAME|FIRST NAME|CITY|STATE|ZIP|EXPIRATION DATE|LICENSE STATUS"
LAYOUTS = {"standard": STANDARD, "medical": MEDICAL, "mistyped": MISTYPED, "renamed": RENAMED, "short": SHORT}
PERSON = {
    "License Type": "Acupuncturist",
    "License Number": "990037",
    "Indiv/Org": "I",
    "Org/Last Name": "FENNIMARSH",
    "First Name": "ODALYS",
    "Middle Name": "Q",
    "Address Line 1": "12 STARLING ROW",
    "City": "FRESNO",
    "County": "FRESNO",
    "State": "CA",
    "Zip": "937048382",
    "Country": "UNITED STATES",
    "Original Issue Date": "10-04-2008",
    "Expiration Date": "09-30-2028",
    "License Status": "Current",
    "School": "LOTUS RIDGE",
}


def row(number: int = 37, **changes: str) -> dict[str, str]:
    """One row in the standard layout's words; keyword `License_Type` stands for the column `License Type`."""
    base = PERSON | {"License Number": f"99{number:04}", "Org/Last Name": f"FENNIMARSH{chr(97 + number % 26).upper()}"}
    named = {"Org": "Org/Last Name", "Indiv": "Indiv/Org"}
    return base | {named.get(name, name.replace("_", " ")): value for name, value in changes.items()}


def text(*rows: dict[str, str], header: str = STANDARD, encoding: str = "utf-8", end: str = "\r\n") -> bytes:
    """A file in one of the layouts."""
    spelled = BoardCa.layout.spelled
    lines = ["\t".join(header.split("|"))]
    lines += ["\t".join(values.get(spelled(name), "") for name in header.split("|")) for values in rows]
    return "".join(line + end for line in lines).encode(encoding)


def people(count: int, **changes: str) -> list[dict[str, str]]:
    return [row(number, **changes) for number in range(count)]


def counts(number: int | str, kind: str = "Acupuncturist") -> bytes:
    return f"Agency Name,License Type Name,License Count\r\nAcupuncture Board,{kind},{number}\r\n".encode()


def kept(*rows: dict[str, str], **how: str) -> tuple[list[Record], BoardCa]:
    """The records of a file, and the spider when it has ended."""
    spider = BoardCa()
    records = read(spider, text(*rows, **how))
    spider.closed("finished")
    return records, spider


@pytest.mark.parametrize("layout", LAYOUTS)
def test_every_layout_gives_the_same_person(layout: str) -> None:
    records, spider = kept(row(), header=LAYOUTS[layout])
    assert [record.source_key for record in records] == ["990037"]
    said = {"given_name": "ODALYS", "city": "FRESNO", "state": "CA", "zip": "937048382", "expires": "09-30-2028"}
    assert said.items() <= records[0].fields.items()
    assert records[0].partition == "CA"
    assert not spider.audit.unknown and not spider.audit.missing() and not spider.alarms


def test_schools_degrees_and_codes_are_not_kept() -> None:
    fields = kept(row(), header=MEDICAL)[0][0].fields
    assert not {"school", "degree"} & set(fields) and "LOTUS RIDGE" not in fields.values()


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"License_Type": "Acupuncture Wall License"}, "left out type: Acupuncture Wall License"),
        ({"License_Type": "Acupuncturist (WAL)"}, "left out type: Acupuncturist (WAL)"),
        ({"License_Type": "Acupuncture CE Provider"}, "left out type: Acupuncture CE Provider"),
        ({"License_Type": "Acupuncture Tutorial Program"}, "left out type: Acupuncture Tutorial Program"),
        ({"License_Type": "Psychologist"}, "left out type: Psychologist"),
        ({"License_Type": ""}, "left out type: none given"),
        ({"Indiv": "O"}, "organizations"),
        ({"Indiv": "", "First_Name": ""}, "organizations"),
    ],
)
def test_what_is_no_persons_license_is_counted_and_left_out(changes: dict[str, str], reason: str) -> None:
    records, spider = kept(row(1), row(2, **changes))
    assert [record.source_key for record in records] == ["990001"]
    assert spider.skipped[reason] == 1
    assert spider.skipped["rows in the files read"] == 2


def test_a_wall_license_is_no_second_license_of_the_person() -> None:
    wall = row(1, License_Type="Acupuncture Wall License", License_Number="WL990001")
    assert len(kept(row(1), wall)[0]) == 1


def test_another_type_of_persons_license_is_no_other_number() -> None:
    records, _ = kept(row(1), row(1, License_Type="Acupuncturist, Temporary"))
    assert [record.source_key for record in records] == ["990001", "Acupuncturist, Temporary 990001"]
    assert read_person(as_gathered(records[1]), source_facts()["board_ca"]).licenses[0].status == "limited"


def test_an_unknown_kind_of_holder_is_named() -> None:
    with pytest.raises(SourceTrouble, match="Indiv/Org is 'X' for '990002'"):
        kept(row(1), row(2, Indiv="X"))


def as_gathered(record: Record) -> dict[str, object]:
    return json.loads(record.to_line()) | {"record_id": record.id}


@pytest.mark.parametrize(
    ("word", "status"),
    [
        ("Current", "active"),
        ("ACTIVE", "active"),
        ("Delinquent", "expired"),
        ("CurrentInactive", "inactive"),
        ("Inactive", "inactive"),
        ("Expired", "expired"),
        ("Suspension", "suspended"),
    ],
)
def test_what_the_boards_words_mean(word: str, status: str) -> None:
    person = read_person(as_gathered(kept(row(License_Status=word))[0][0]), source_facts()["board_ca"])
    license = person.licenses[0]
    assert (license.status, license.status_raw, license.state, license.primary) == (status, word, "CA", True)
    assert (license.issued, license.expires, license.key) == ("2008-10-04", "2028-09-30", "CA:990037")
    assert (person.places[0].city, person.places[0].zip) == ("Fresno", "93704")
    assert not person.publishes_street


def test_a_place_abroad_is_none_and_a_street_is_no_city() -> None:
    records, _ = kept(row(1, Country="CANADA", City="TORONTO", State=""), row(2, City="4411 HERON GATE BLVD"))
    abroad, street = (read_person(as_gathered(record), source_facts()["board_ca"]) for record in records)
    assert abroad.places == () and "city" not in street.name.display
    assert "HERON" not in json.dumps(records[1].fields.get("city", ""))


@pytest.mark.parametrize(("city", "kept_city"), [("29 PALMS", True), ("FRESNO", True), ("PO BOX 12", False)])
def test_a_city_with_a_number_is_mostly_none(city: str, kept_city: bool) -> None:
    assert ("city" in kept(row(City=city))[0][0].fields) is kept_city


def test_a_day_of_no_calendar_is_said_and_many_are_a_trouble() -> None:
    records, spider = kept(row(1, Expiration_Date="02-30-2027"), row(2, Expiration_Date="00-00-0000"), row(3))
    assert ["expires" in record.fields for record in records[:2]] == [False, False]
    assert spider.alarms == [
        "board_ca: 1 dates could not be read ('02-30-2027' as expires of 990001); they were left out."
    ]
    spider = kept(*people(9, Original_Issue_Date="2008"))[1]
    assert "9 dates could not be read ('2008' as first_issued of 990000" in str(spider.troubles[0])


def test_two_different_rows_of_one_license_are_said() -> None:
    spider = kept(row(1), row(1, License_Status="Delinquent"))[1]
    assert "has two rows for 990001" in spider.alarms[0]
    assert not kept(row(1), row(1))[1].alarms


def test_a_row_without_status_or_number_is_refused() -> None:
    for missing in ({"License_Status": ""}, {"License_Number": ""}):
        with pytest.raises(SourceTrouble, match="has no"):
            kept(row(1, **missing))


CELL = st.text(st.characters(codec="utf-8", categories=["L", "M", "N", "P", "S", "Zs"]), max_size=12).map(str.strip)
NAME = CELL.filter(lambda name: name not in ("", "--", '"') and name.strip('"'))


@given(st.lists(st.tuples(NAME, NAME, CELL), min_size=1, max_size=8), st.sampled_from(["utf-8", "utf-8-sig", "utf-16"]))
def test_every_name_comes_back_under_its_own_number(names: list[tuple[str, str, str]], encoding: str) -> None:
    rows = [row(at, Org=quoted(a), First_Name=quoted(b), Suffix=quoted(c)) for at, (a, b, c) in enumerate(names)]
    records, _ = kept(*rows, encoding=encoding)
    found = {record.source_key: (record.fields["family_name"], record.fields["given_name"]) for record in records}
    assert found == {f"99{at:04}": (a, b) for at, (a, b, _) in enumerate(names)}


def quoted(cell: str) -> str:
    """As a spreadsheet saves it."""
    return '"' + cell.replace('"', '""') + '"' if '"' in cell else cell


Site = Callable[[str, str], Answer]


def department(index: str, files: dict[str, Answer] | None = None) -> Site:
    """The two hosts behind one mirror: the department's page, and whatever else is asked."""

    def answer(path: str, body: str) -> Answer:
        if path.startswith("/consumers"):
            return Answer(index.encode(), headers=HTML)
        return next((found for part, found in (files or {}).items() if part in path), Answer(b"gone", 404))

    return answer


def box_page(*items: tuple[str, str, int], pages: int = 1, page: int = 1) -> Answer:
    listed = [
        {"type": kind, "name": name, "id": number, "typedID": f"{kind[0]}_{number}"} for kind, name, number in items
    ]
    shown = {"items": listed, "pageCount": pages, "pageNumber": page}
    data = {"/app-api/enduserapp/shared-folder": shown, "/app-api/enduserapp/shared-item": {"sharedName": "abc"}}
    return Answer(f"<html><script>Box.postStreamData = {json.dumps(data)};</script></html>".encode(), headers=HTML)


def walk(site: Site) -> tuple[BoardCa, list[Record], list[str]]:
    """The spider's way through a site without Scrapy: what it found, and what it asked for."""
    spider, asked = BoardCa(), []
    records: list[Record] = []
    waiting = list(spider.first_requests())
    while waiting:
        request = waiting.pop(0)
        asked.append(request.url)
        parts = urlsplit(request.url)
        given = site(f"{parts.path}?{parts.query}", "")
        for found in request.callback(answer(given.body, request.url)):
            (waiting if isinstance(found, Request) else records).append(found)
    spider.closed("finished")
    return spider, records, asked


def crawl(data: Path, answer: Site, robots: bytes = b"") -> tuple[Outcome, FaultSite]:
    with fault_site(answer, robots) as site:
        mirrors = f"{DCA}={site.address},{BOX}={site.address}"
        return run_diplomate("crawl", "board_ca", data=data, DIPLOMATE_MIRRORS=mirrors, DIPLOMATE_DELAY="0"), site


def last(data: Path) -> Manifest:
    return runs(data, "board_ca")[-1][1]


LINK = '<a href="/files/Acupuncture_Data00.xls?v=2">list</a>'
COUNTS_LINK = '<a href="/files/Acupuncture_Counts.csv">counts</a>'
SHARED = '<iframe src="https://dca.app.box.com/embed/s/abc?x=1"></iframe>'
LIST = Answer(text(*people(12)), headers=EXCEL)
FOUND = {"Data00": LIST, "Counts": Answer(counts(12), headers={"Content-Type": "text/csv"})}
BOARDS = box_page(("folder", "Accountancy_100", 1), ("folder", "Acupuncture_6500", 2))
FILES = box_page(("file", "Acupuncture_Data00.xls", 7), ("file", "Acupuncture_Counts.csv", 8), ("file", "x.pdf", 9))
SHARED_FILES = {"/folder/2": FILES, "file_id=f_7": LIST, "file_id=f_8": FOUND["Counts"]}


@pytest.mark.parametrize(
    ("site", "requests"),
    [
        (department(LINK, FOUND), 2),
        (department(LINK + COUNTS_LINK, FOUND), 3),
        (department('<a href="/get?id=7">ACUPUNCTURE_DATA00.XLS</a>', {"/get": LIST}), 2),
        (department(LINK + LINK.replace(".xls", ".csv"), {"xls": LIST}), 2),
        (department(SHARED, {"/s/abc/folder": FILES, "/s/abc": BOARDS} | SHARED_FILES), 5),
        (
            department(
                SHARED, {"page=2": BOARDS, **SHARED_FILES, "/s/abc": box_page(("folder", "Accountancy", 1), pages=2)}
            ),
            6,
        ),
    ],
    ids=[
        "a link",
        "a link and counts",
        "a link by its text",
        "two formats of one list",
        "a shared folder",
        "its page 2",
    ],
)
def test_the_way_to_the_file(site: Site, requests: int) -> None:
    spider, records, asked = walk(site)
    assert len(records) == 12 and len(asked) == requests
    assert spider.coverage() == {"CA": True} and not spider.troubles


@pytest.mark.parametrize(
    ("page", "link"),
    [
        ('<a href="https://dca.box.com/s/oss6?page=2">lists</a>', "https://dca.box.com/s/oss6"),
        ('<iframe src="https://app.box.com/embed_widget/s/oss6">', "https://app.box.com/s/oss6"),
        (r'{"url": "https:\/\/dca.app.box.com\/v\/Lists"}', "https://dca.app.box.com/v/Lists"),
        ('<a href="https://notbox.com/s/oss6">', ""),
        ('<a href="https://box.com/login">', ""),
    ],
)
def test_the_shared_link_of_a_page(page: str, link: str) -> None:
    assert shared_link(page) == link


DEAD_ENDS: dict[str, tuple[Site, type[SourceTrouble], str]] = {
    "no link": (department("<p>Licensee lists</p>"), SourceTrouble, "links to no list of the Acupuncture Board"),
    "a challenge": (department("<title>Just a moment...</title>"), Gate, "challenge instead of a list"),
    "a folder that asks for a password": (
        department(SHARED, {"/s/abc": Answer(b"<form><input type='password'></form>")}),
        Gate,
        "asks for a sign-in or a password",
    ),
    "a folder that shows nothing": (
        department(SHARED, {"/s/abc": Answer(b"<html></html>")}),
        SourceTrouble,
        "shows no files to a visitor",
    ),
    "a folder of another layout": (
        department(SHARED, {"/s/abc": Answer(b"<script>Box.postStreamData = {};</script>")}),
        SourceTrouble,
        "shows no list of a shared folder",
    ),
    "a cut list of files": (
        department(SHARED, {"/s/abc": Answer(b'<script>Box.postStreamData = {"a": ')}),
        SourceTrouble,
        "its list of files ends early",
    ),
    "a folder of other boards": (
        department(SHARED, {"/s/abc": box_page(("folder", "Architects", 3))}),
        SourceTrouble,
        "holds no list of the Acupuncture Board",
    ),
}


@pytest.mark.parametrize("end", DEAD_ENDS)
def test_where_the_way_ends_a_person_is_told_how_to_go_on(end: str) -> None:
    site, kind, sentence = DEAD_ENDS[end]
    with pytest.raises(kind) as trouble:
        walk(site)
    assert sentence in str(trouble.value)
    assert "diplomate import board_ca FILE" in str(trouble.value) or kind is Gate


@pytest.mark.parametrize(
    ("body", "sentence"),
    [
        (b"<html>Sorry</html>", "Data00.xls?v=2: This is not a licensee list of California's DCA: it is a web page"),
        (LIST.body[:-90], "The file is cut short: line 13 ends in the middle of a row"),
        (text(*people(3), header=STANDARD.replace("License Status", "X")), "the column 'License Status' is missing"),
    ],
)
def test_a_file_that_is_not_the_list_is_refused(body: bytes, sentence: str) -> None:
    with pytest.raises(SourceTrouble) as trouble:
        walk(department(LINK, {"Data00": Answer(body)}))
    assert sentence in str(trouble.value)


@pytest.mark.parametrize(
    ("counted", "sentence"),
    [
        (counts('"1,013"'), "the list holds 12 licenses of the type 'Acupuncturist', the board counts 1013."),
        (counts(13), "the board counts 13"),
        (counts(11), "the board counts 11"),
        (counts(13, "ACUPUNCTURIST"), "the board counts 13"),
    ],
)
def test_fewer_or_more_than_the_board_counts_is_a_trouble(counted: bytes, sentence: str) -> None:
    spider, _, _ = walk(department(LINK + COUNTS_LINK, FOUND | {"Counts": Answer(counted)}))
    assert len(spider.troubles) == 1 and sentence in str(spider.troubles[0])


def test_counts_that_are_none_are_refused() -> None:
    with pytest.raises(SourceTrouble, match="count 'many' of 'Acupuncturist' is no number"):
        walk(department(LINK + COUNTS_LINK, FOUND | {"Counts": Answer(counts("many"))}))


FAULTS: dict[str, tuple[dict[str, Answer], str]] = {
    "gone": ({}, "answered with status 404"),
    "an unknown status word": ({"Data00": Answer(text(*people(3, License_Status="Wobbly")))}, "'Wobbly'"),
    "an unknown column": (
        {"Data00": Answer(text(*people(3), header=STANDARD + "|Shoe Size"))},
        "'Shoe Size' was never seen before",
    ),
    "other professions": (
        {"Data00": Answer(text(*people(3, License_Type="Psychologist")))},
        "no acupuncturist was found; left out: 3 left out type: Psychologist",
    ),
    "fewer than counted": (FOUND | {"Counts": Answer(counts(99))}, "the board counts 99"),
}


@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.everything
def test_a_fault_is_said_and_nothing_counts(tmp_path: Path, fault: str) -> None:
    files, sentence = FAULTS[fault]
    done, _ = crawl(tmp_path, department(LINK + COUNTS_LINK * ("Counts" in files), files))
    assert done.code == 1 and sentence in done.err, done.err
    assert "Traceback" not in done.err
    assert last(tmp_path).result == "failed" and not good_runs(tmp_path, "board_ca")


def test_robots_txt_of_the_folder_is_obeyed(tmp_path: Path) -> None:
    answer = department(SHARED, {"/s/abc/folder": FILES, "/s/abc": BOARDS} | SHARED_FILES)
    done, site = crawl(tmp_path, answer, b"User-agent: *\nDisallow: /index.php\n")
    assert "robots.txt of dca.app.box.com forbids" in done.err and "diplomate import board_ca FILE" in done.err
    assert not any("index.php" in path for path in site.asked)


def test_a_few_broken_rows_are_said_and_do_not_spoil_the_count(tmp_path: Path) -> None:
    body = LIST.body + b"990099\tbroken\tin two\r\n"
    done, _ = crawl(tmp_path, department(LINK + COUNTS_LINK, {"Data00": Answer(body), "Counts": Answer(counts(13))}))
    assert "1 rows (line 14) do not hold the 20 values of the header" in done.err
    assert last(tmp_path).result == "good" and last(tmp_path).rows == 12


def packed(**members: bytes) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(f"Acupuncture_6500/{name.replace('__', '.')}", content)
    return file.getvalue()


def brought(tmp_path: Path, *files: Path) -> Outcome:
    return run_diplomate("import", "board_ca", *map(str, files), data=tmp_path / "data")


def saved(folder: Path, name: str, body: bytes) -> Path:
    folder.mkdir(exist_ok=True)
    path = folder / name
    path.write_bytes(body)
    return path


def test_a_folder_a_zip_and_single_files_are_read_alike(tmp_path: Path) -> None:
    folder = tmp_path / "folder"
    listed, counted = saved(folder, "Acupuncture_Data00.xls", LIST.body), saved(folder, "z_Counts.csv", counts(12))
    archive = saved(tmp_path, "6500.zip", packed(Acupuncture_Data00__xls=LIST.body, Acupuncture_Counts__csv=counts(12)))
    for files in ([folder], [counted, listed], [archive]):
        done = brought(tmp_path, *files)
        assert done.code == 0, done.err
        assert last(tmp_path / "data").rows == 12
        assert last(tmp_path / "data").coverage == {"CA": True}, "the board's own count was met"


def test_a_list_without_its_count_says_nothing_of_anybody_else(tmp_path: Path) -> None:
    assert brought(tmp_path, saved(tmp_path, "Acupuncture_Data00.txt", text(*people(4), encoding="utf-16"))).code == 0
    assert not last(tmp_path / "data").complete


@pytest.mark.parametrize(
    ("body", "sentence"),
    [
        (
            b"<html>Licensee lists</html>",
            "wrong.xls: This is not a licensee list of California's DCA: it is a web page",
        ),
        (
            b"\xd0\xcf\x11\xe0\xa1\xb1",
            "wrong.xls: This is not a licensee list of California's DCA: it is a binary Excel",
        ),
        (packed(workbook__xml=b"<x/>"), "holds no member named like"),
        (b"name,city\nx,y\n", "the column 'First Name' is missing; its first line begins 'name,city'"),
        (text(row(1, City="x" * 1_500_000)), "Line 2 is longer than 1,000,000 bytes"),
    ],
)
@pytest.mark.everything
def test_another_file_is_refused_by_name(tmp_path: Path, body: bytes, sentence: str) -> None:
    done = brought(tmp_path, saved(tmp_path, "wrong.xls", body))
    assert done.code == 1 and sentence in done.err
    assert "wrong.xls" in done.err and not good_runs(tmp_path / "data", "board_ca")


def test_damaged_text_is_said_aloud(tmp_path: Path) -> None:
    odd = text(row(1, Org="MUÑOZ"), encoding="cp1252") + text(row(2, City="FRES\x00NO")).split(b"\n", 1)[1]
    done = brought(tmp_path, saved(tmp_path, "Acupuncture_Data00.xls", odd))
    assert done.code == 1
    assert "Acupuncture_Data00.xls: 1 rows are not UTF-8 text and were read as Windows-1252" in done.err
    assert "Acupuncture_Data00.xls: 1 rows (line 3) do not hold the 20 values" in done.err
    assert [record.fields["family_name"] for record in good_runs(tmp_path / "data", "board_ca")[0][0].records()] == [
        "MUÑOZ"
    ]


def test_the_samples_rosters_are_what_the_script_writes() -> None:
    for name, written in roster_files(make_cast(Registrar())[0]).items():
        assert (SAMPLE / name).read_bytes() == written.encode(), f"{name}: run `make sample`"


def test_what_is_published_of_the_sample(sample_data: Path) -> None:
    path = current(sample_data)
    assert path
    records = [found for found in read_rows(path, "records") if found["source"] == "board_ca"]
    assert {found["match_level"] for found in records} == {"confirmed"}
    assert not any("street" in json.loads(found["fields"]) for found in records)
    owners = {found["practitioner_id"] for found in records}
    assert len(owners) == len(records), "a wall license or a program became a license"
    licenses = [found for found in read_rows(path, "licenses") if found["state"] == "CA"]
    statuses = {found["status"] for found in licenses if found["source_kind"] == "primary"}
    assert statuses == {"active", "expired", "inactive", "suspended"}
