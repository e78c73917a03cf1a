"""Florida: acupuncturists out of a file of every profession, its damage and its fillers, and the gate before it."""

from __future__ import annotations

import json
import tracemalloc
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scrapy import Request
from scrapy.http import Response

from crawler.records import Record
from crawler.snapshots import Manifest, good_runs, runs
from crawler.spiders.board_fl import COLUMNS, IGNORED, PAGE, BoardFl
from crawler.troubles import Gate, SourceTrouble
from db.publish import current, read_rows
from pipeline.commands.source_facts import source_facts
from pipeline.normalize import read_person
from tests.conftest import REPO, Outcome, run_diplomate
from tests.fault_server import Answer, FaultSite, fault_site
from tests.reading import answer, read

HOST = "https://data-download.mqa.flhealthsource.gov"
HEADER = (REPO / "crawler" / "sample" / "board_fl" / "LIC_ALL.txt").read_text().splitlines()[0]
NAMES = [name.strip() for name in HEADER.split("|")]
PERSON = {
    "pro_cde": "1901",
    "Profession-Name": "Acupuncturist",
    "lic_id": "4711",
    "Expire-Date": "02/28/2028",
    "Original-Date": "03/09/2004",
    "Rank-Code": "AP",
    "License-Number": "99042",
    "Status-Effective-Date": "03/09/2022",
    "Board-Action-Indicator": "N",
    "License-Status-Description": "CLEAR",
    "License-Active-Status-Description": "ACTIVE",
    "Last-Name": "FENNIMARSH",
    "First-Name": "ODALYS",
    "Middle-Name": "Q",
    "Mailing-Address-Line1": "9 CANDLEWICK CT",
    "Mailing-Address-City": "OCALA",
    "Mailing-Address-State": "FL",
    "Mailing-Address-ZIPcode": "344700000",
    "Mailing-Address-Phone-Number": "5550142",
    "Practice-Location-Address-Line1": "12 STARLING ROW",
    "Practice-Location-Address-City": "TAMPA",
    "Practice-Location-Address-State": "FL",
    "Practice-Location-Address-ZIPcode": "336061234",
    "Email": "odalys@mail.example.com",
    "Birth-Year-Range": "40 - 50",
}


def line(number: int = 0, changes: dict[str, str] | None = None, behind: str = "|") -> str:
    """One row: 39 values between pipes, and a pipe behind the last."""
    values = PERSON | {"lic_id": str(4711 + number), "License-Number": f"99{number:03}"} | (changes or {})
    return "|".join(values.get(name, "") for name in NAMES) + behind


def text(*lines: str, header: str = HEADER, encoding: str = "utf-8") -> bytes:
    return "".join(f"{row}\r\n" for row in [header, *lines]).encode(encoding)


NURSE = line(900, {"Profession-Name": "Registered Nurse", "pro_cde": "1701"})


def kept(*lines: str, header: str = HEADER) -> tuple[list[Record], BoardFl]:
    spider = BoardFl()
    records = read(spider, text(*lines, header=header))
    spider.closed("finished")
    return records, spider


def fields_of(**changes: str) -> dict[str, object]:
    return kept(line(0, {name.replace("_", "-"): value for name, value in changes.items()}))[0][0].fields


def test_all_39_columns_are_mapped_or_left_out() -> None:
    assert len(NAMES) == 39 and set(NAMES) == set(COLUMNS) | IGNORED
    spider = kept(line())[1]
    assert not spider.audit.unknown and not spider.audit.missing()


def test_a_person_is_kept_with_the_practice_location_alone() -> None:
    records, spider = kept(NURSE, line(), NURSE)
    assert [record.source_key for record in records] == ["4711"]
    assert records[0].url.endswith("LicenseVerification?LicInd=4711&ProCde=1901")
    assert records[0].fields["city"] == "TAMPA" and records[0].fields["place_is"] == "practice location"
    assert spider.skipped["rows in the files read"] == 3
    told = json.dumps(records[0].fields)
    assert not any(private in told for private in ("CANDLEWICK", "OCALA", "5550142", "odalys@", "40 - 50", "34470"))


@pytest.mark.parametrize("behind", ["|", ""])
@pytest.mark.parametrize("header", [HEADER, HEADER.strip(), HEADER.strip() + "|", HEADER.upper()])
def test_pipes_behind_rows_and_header_are_as_they_come(behind: str, header: str) -> None:
    records, spider = kept(line(behind=behind), line(1, behind=behind), header=header)
    assert [record.fields["family_name"] for record in records] == ["FENNIMARSH"] * 2
    assert not spider.alarms


@pytest.mark.parametrize(
    ("said", "status"),
    [
        (("CLEAR", "ACTIVE"), "active"),
        (("CLEAR", "INACTIVE"), "inactive"),
        (("CLEAR", ""), "active"),
        (("DELINQUENT", "ACTIVE"), "expired"),
        (("DELINQUENT", "INACTIVE"), "expired"),
        (("NULL AND VOID", ""), "expired"),
        (("NULL AND VOID", "INACTIVE"), "expired"),
        (("RETIRED", "INACTIVE"), "retired"),
        (("REVOKED", ""), "revoked"),
        (("EMERG SUSPENS", "ACTIVE"), "suspended"),
        (("VOL RELINQ", ""), "surrendered"),
        (("PROBATION", "ACTIVE"), "limited"),
        (("OBLIGATIONS", "ACTIVE"), "limited"),
        (("OBLIGATIONS", "INACTIVE"), "inactive"),
    ],
)
def test_what_the_two_words_mean_together(said: tuple[str, str], status: str) -> None:
    names = ("License-Status-Description", "License-Active-Status-Description")
    record = kept(line(0, dict(zip(names, said, strict=True))))[0][0]
    license = read_person(as_gathered(record), source_facts()["board_fl"]).licenses[0]
    assert (license.status, license.status_raw) == (status, ": ".join(filter(None, said)))
    assert record.fields.get("status_reason", "") == said[1]
    assert (license.issued, license.expires, license.key) == ("2004-03-09", "2028-02-28", "FL:99000")


def as_gathered(record: Record) -> dict[str, object]:
    return json.loads(record.to_line()) | {"record_id": record.id}


@pytest.mark.parametrize(("flag", "disciplined"), [("Y", True), ("N", False), ("", False)])
def test_a_board_action_is_said_to_exist_and_no_more(flag: str, disciplined: bool) -> None:
    record = kept(line(0, {"Board-Action-Indicator": flag}))[0][0]
    license = read_person(as_gathered(record), source_facts()["board_fl"]).licenses[0]
    assert (license.disciplined, license.discipline) == (disciplined, "Yes" if disciplined else "")
    assert license.status == "active"


CONFIDENTIAL, HIDDEN = "*** CONFIDENTIAL ***", {"Practice_Location_Address_Line1": "*** CONFIDENTIAL ***"}
PRACTICE = "Practice_Location_Address_"


@pytest.mark.parametrize(
    ("changes", "place"),
    [
        ({}, ("TAMPA", "practice location")),
        ({f"{PRACTICE}Line1": "NOT PRACTICING"}, ("OCALA", "mailing address")),
        ({f"{PRACTICE}Line1": "none"}, ("OCALA", "mailing address")),
        ({f"{PRACTICE}City": "", f"{PRACTICE}Line1": ""}, ("OCALA", "mailing address")),
        ({f"{PRACTICE}City": "*** NOT AVAILABLE ***"}, ("OCALA", "mailing address")),
        ({f"{PRACTICE}State": "**"}, ("OCALA", "mailing address")),
        ({f"{PRACTICE}Line1": CONFIDENTIAL}, None),
        ({f"{PRACTICE}City": CONFIDENTIAL, f"{PRACTICE}ZIPcode": "*****"}, None),
        (
            {f"{PRACTICE}Line1": "NOT PRACTICING", "Mailing_Address_City": "TORONTO", "Mailing_Address_State": "ON"},
            None,
        ),
        ({f"{PRACTICE}City": "", "Mailing_Address_City": "12 CANDLEWICK CT"}, None),
    ],
)
def test_fillers_are_no_places_and_a_confidential_address_stays_so(
    changes: dict[str, str], place: tuple[str, str] | None
) -> None:
    fields = fields_of(**changes)
    assert (fields.get("city"), fields.get("place_is")) == (place or (None, None))
    assert "CONFIDENTIAL" not in str(fields) and "PRACTICING" not in str(fields)
    if place and place[1] == "mailing address":
        assert "zip" not in fields and "street" not in fields


def test_organizations_are_counted_and_left_out() -> None:
    firm = line(1, {"Last-Name": "", "First-Name": "", "Business-Name": "TIDEWATER NEEDLES LLC"})
    school = line(2, {"Profession-Name": "Nursing School", "Business-Name": "SCHOOL OF ACUPUNCTURE"})
    records, spider = kept(line(), firm, school)
    assert [record.source_key for record in records] == ["4711"]
    assert spider.skipped["organizations"] == spider.skipped["other professions that mention acupuncture"] == 1


def test_a_quotation_mark_is_a_letter_like_any_other() -> None:
    fields = fields_of(Name_Suffix='"DE', Middle_Name='"')
    assert (fields["suffix"], fields["middle_name"]) == ('"DE', '"')


BROKEN = line(1, {"Mailing-Address-Line1": "12 PIPE|ORGAN WAY"})


def test_a_row_with_a_pipe_too_many_is_said_when_it_could_be_an_acupuncturist() -> None:
    records, spider = kept(line(), BROKEN, line(2))
    assert [record.source_key for record in records] == ["4711", "4713"]
    assert "1 rows (line 3) do not hold the 39 values of the header" in spider.alarms[0]


def test_broken_rows_of_others_are_only_counted() -> None:
    _, spider = kept(line(), BROKEN.replace("Acupuncturist", "Registered Nurse"), line(2))
    assert not spider.alarms and spider.skipped["damaged rows of other professions"] == 1


def test_a_row_torn_in_two_lines_shifts_nothing() -> None:
    halves = line(1).replace("12 STARLING ROW", "12 STARLING\r\nROW")
    records, spider = kept(line(), halves, line(2))
    assert [record.fields["city"] for record in records] == ["TAMPA"] * 2
    assert len(spider.alarms) == 1 and spider.skipped["damaged rows of other professions"] == 1


def test_too_many_broken_rows_are_a_trouble() -> None:
    with pytest.raises(SourceTrouble, match=r"4 rows .* more than 3 are not tolerated"):
        kept(*[line(at) for at in range(9)], *[BROKEN] * 4)


CELL = st.text(
    st.characters(exclude_characters="|\n\r\x00", exclude_categories=["Cs", "Zs", "Zl", "Zp", "Cc"]), max_size=9
)


@given(st.lists(st.fixed_dictionaries({"Last-Name": CELL, "First-Name": CELL, "Middle-Name": CELL}), max_size=6))
def test_every_name_comes_back_under_its_own_number(people: list[dict[str, str]]) -> None:
    records, _ = kept(*(line(at, person) for at, person in enumerate(people)))
    found = {record.source_key: record.fields for record in records}
    for at, person in enumerate(people):
        if person["Last-Name"].strip() or person["First-Name"].strip():
            said = found.get(str(4711 + at), {})
            wanted = {"family_name": person["Last-Name"], "given_name": person["First-Name"]}
            assert {name: said.get(name, "") for name in wanted} == {
                name: "" if value == "--" else value for name, value in wanted.items()
            }


def test_a_row_without_its_key_is_refused() -> None:
    with pytest.raises(SourceTrouble, match="'99042' has no lic_id"):
        kept(line(0, {"lic_id": "", "License-Number": "99042"}))


def moved(status: int, location: str) -> Response:
    page = answer(b"")
    return page.replace(url=PAGE, status=status, headers={"Location": location})


@pytest.mark.parametrize(
    "location",
    [
        "https://login.example.com/authorize",
        "/Account/SignIn?ReturnUrl=%2FLicensureData",
        "https://mqa.b2clogin.com/oauth2/v2.0/authorize?p=policy",
    ],
)
def test_a_sign_in_is_a_gate_that_is_not_even_asked(location: str) -> None:
    with pytest.raises(Gate, match="diplomate import board_fl FILE"):
        list(BoardFl().parse(moved(302, location)))


def test_a_page_that_moved_on_its_own_host_is_followed() -> None:
    (request,) = BoardFl().parse(moved(301, "/data/LicensureData"))
    assert isinstance(request, Request)
    assert request.url == f"{HOST}/data/LicensureData" and request.meta["big"]


@pytest.mark.parametrize(
    ("page", "kind", "sentence"),
    [
        (b"<html><input id='email'><input type='password'></html>", Gate, "asks for a sign-in"),
        (b"<html><a href='/MicrosoftIdentity/Account/SignIn'>Sign in</a></html>", Gate, "asks for a sign-in"),
        (b"<html><title>Just a moment...</title></html>", Gate, "challenge instead of a list"),
        (b"<html>Maintenance</html>", SourceTrouble, "holds no licensure file"),
        (b"pro_cde|what\n", SourceTrouble, "is not the licensure file of Florida's Department of Health"),
    ],
)
def test_what_is_no_file_is_told_apart(page: bytes, kind: type[SourceTrouble], sentence: str) -> None:
    with pytest.raises(kind) as trouble:
        list(BoardFl().parse(answer(page, PAGE)))
    assert sentence in str(trouble.value)


def test_a_link_to_the_whole_file_is_followed() -> None:
    page = b"<a href='?fileName=LIC_ALL.zip&handler=Download'>current</a><a href='?fileName=PROF_ALL.zip'>all</a>"
    (request,) = BoardFl().parse(answer(b"<html>" + page, PAGE))
    assert isinstance(request, Request) and request.url == f"{PAGE}?fileName=PROF_ALL.zip"


def crawl(data: Path, site_answer: Callable[[str, str], Answer]) -> tuple[Outcome, FaultSite]:
    with fault_site(site_answer) as site:
        mirrors = f"{HOST}={site.address}"
        return run_diplomate("crawl", "board_fl", data=data, DIPLOMATE_MIRRORS=mirrors, DIPLOMATE_DELAY="0"), site


def last(data: Path) -> Manifest:
    return runs(data, "board_fl")[-1][1]


def test_the_gate_is_knocked_at_once_and_the_old_data_stays(tmp_path: Path) -> None:
    whole = text(*(line(at) for at in range(5)))
    assert crawl(tmp_path, lambda path, body: Answer(whole, headers={"Content-Type": "text/plain"}))[0].code == 0
    assert last(tmp_path).coverage == {"FL": True}
    done, site = crawl(tmp_path, lambda path, body: Answer(b"", 302, {"Location": "https://signin.example.com/x"}))
    assert done.code == 1 and last(tmp_path).result == "blocked"
    assert "sends us to a sign-in (signin.example.com)" in done.err and "diplomate import board_fl" in done.err
    assert len(site.asked) == 1
    assert good_runs(tmp_path, "board_fl")[-1][1].rows == 5


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"License-Status-Description": "WOBBLY"}, "the status 'WOBBLY' (3 rows) is unknown"),
        ({"License-Active-Status-Description": "SOMEWHAT"}, "the status_reason 'SOMEWHAT' (3 rows) is unknown"),
        ({"License-Status-Description": ""}, "the row '4711' has no status"),
    ],
)
@pytest.mark.everything
def test_words_that_no_rule_knows_stop_the_run(tmp_path: Path, changes: dict[str, str], sentence: str) -> None:
    body = text(*(line(at, changes) for at in range(3)))
    done, _ = crawl(tmp_path, lambda path, _: Answer(body, headers={"Content-Type": "text/plain"}))
    assert done.code == 1 and sentence in done.err
    assert not good_runs(tmp_path, "board_fl")


def brought(tmp_path: Path, *files: Path) -> Outcome:
    return run_diplomate("import", "board_fl", *map(str, files), data=tmp_path / "data")


def test_a_zip_the_text_and_a_folder_of_both_are_read_alike(tmp_path: Path) -> None:
    folder = tmp_path / "folder"
    folder.mkdir()
    body = text(NURSE, *(line(at) for at in range(4)), NURSE)
    (folder / "LIC_ALL.txt").write_bytes(body)
    with zipfile.ZipFile(folder / "PROF_ALL.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("dbdumps/ldms/PROF_ALL.txt", body)
        archive.writestr("readme.txt", "columns")
    for files in ([folder / "LIC_ALL.txt"], [folder / "PROF_ALL.zip"], [folder]):
        done = brought(tmp_path, *files)
        assert done.code == 0, done.err
        assert last(tmp_path / "data").rows == 4
        assert not last(tmp_path / "data").complete, "so few rows are no whole register"


@pytest.mark.parametrize(
    ("body", "sentence"),
    [
        (
            b"<html>Sign in</html>",
            "LIC_ALL.zip: This is not the licensure file of Florida's Department of Health: it is a",
        ),
        (text(line(), header="a|b"), "the column 'Board-Action-Indicator' is missing"),
        (text(line(), line(1))[:-40], "LIC_ALL.zip: The file is cut short: line 3 ends in the middle of a row"),
        (b"PK\x03\x04 and no archive", "is no ZIP archive, or it is cut short or damaged"),
        (text(line(0, {"Email": "x" * 1_200_000})), "Line 2 is longer than 1,000,000 bytes"),
        (text(NURSE), "no acupuncturist was found; left out: 1 rows in the files read"),
    ],
)
@pytest.mark.everything
def test_another_file_is_refused_by_name(tmp_path: Path, body: bytes, sentence: str) -> None:
    path = tmp_path / "LIC_ALL.zip"
    path.write_bytes(body)
    done = brought(tmp_path, path)
    assert done.code == 1 and sentence in done.err, done.err
    assert not good_runs(tmp_path / "data", "board_fl")


def test_a_large_file_is_read_as_a_stream(tmp_path: Path) -> None:
    """36 MB of nurses and one acupuncturist: the memory stays that of a few blocks."""
    path = tmp_path / "PROF_ALL.txt"
    with path.open("wb") as file:
        file.write(text(line()))
        for _ in range(160):
            file.write(f"{NURSE}\r\n".encode() * 1_000)
    tracemalloc.start()
    records = list(BoardFl().read_page(answer(b"", PAGE, path)))
    assert tracemalloc.get_traced_memory()[1] < 12_000_000
    tracemalloc.stop()
    assert len(records) == 1 and path.stat().st_size > 36_000_000


def test_what_is_published_of_the_sample(sample_data: Path) -> None:
    path = current(sample_data)
    assert path
    records = [found for found in read_rows(path, "records") if found["source"] == "board_fl"]
    assert len(records) == 13 and {found["match_level"] for found in records} == {"confirmed"}
    told = json.dumps(records)
    assert not any("street" in json.loads(found["fields"]) for found in records)
    assert not any(private in told for private in ("CANDLEWICK", "5550100", "@mail.example.com", "40 - 50"))
    licenses = [found for found in read_rows(path, "licenses") if found["state"] == "FL"]
    board = [found for found in licenses if found["source_kind"] == "primary"]
    assert {found["status"] for found in board} == {"active", "inactive", "expired", "limited"}
    assert [found["discipline"] for found in board if found["discipline"]] == ["Yes"]
