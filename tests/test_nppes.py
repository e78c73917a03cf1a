"""The weekly and the monthly NPPES file: what a row says, which files are asked for, what counts as read."""

from __future__ import annotations

import json
import tracemalloc
from collections.abc import Callable
from pathlib import Path

import pytest
from scrapy import Request
from scrapy.http import HtmlResponse, Response

from crawler.nppes_columns import ACUPUNCTURIST, CODES, HEADER
from crawler.nppes_source import INDEX
from crawler.records import Record
from crawler.snapshots import EVERYTHING, make_snapshot
from crawler.spiders.nppes_monthly import NppesMonthly
from crawler.spiders.nppes_weekly import NppesWeekly
from crawler.troubles import Gate, SourceTrouble
from tests.benchmarks.nppes_file import make_file
from tests.nppes_answers import (
    FIRM,
    FULL,
    GONE,
    MONTHLY_NAME,
    OTHER,
    WEEK,
    WEEKLY_NAME,
    bomb,
    in_file,
    in_zip,
    person,
)


def response_of(content: bytes, tmp_path: Path, name: str = "file.zip") -> Response:
    """A big answer as the download handler gives it: its body is a file."""
    path = tmp_path / "body"
    path.write_bytes(content)
    snapshot = make_snapshot("GET", INDEX, "", 200, {}, b"", "2026-11-16T09:00:00Z", name)
    url = f"https://download.cms.gov/nppes/{name}"
    return Response(url, request=Request(url, meta={"big": True, "path": path, "snapshot": snapshot}))


def read_file(source: NppesMonthly | NppesWeekly, content: bytes, tmp_path: Path) -> list[Record]:
    """The records of one file, noted as a run notes them."""
    found = []
    for record in source.parse(response_of(content, tmp_path)):
        source.note_record(record)
        found.append(record)
    return found


def weekly(*known: str) -> NppesWeekly:
    source = NppesWeekly()
    source.known = set(known)
    return source


def test_the_monthly_file_is_read_whole(tmp_path: Path) -> None:
    source = NppesMonthly()
    (record,) = read_file(source, in_zip(in_file([person(), FIRM, GONE, OTHER])), tmp_path)
    assert (record.source_key, record.source_date, record.partition) == ("1999990017", "2026-11-04", "WA")
    assert record.fetched_at == "2026-11-16T09:00:00Z"
    assert record.url == "https://npiregistry.cms.hhs.gov/provider-view/1999990017"
    assert source.coverage() == {EVERYTHING: True}
    assert source.as_of == "2026-11-08T00:00:00Z"
    assert source.skipped == {"organizations": 1, "not acupuncturists by taxonomy": 1}
    assert "OR" not in json.dumps(record.fields["locations"]), "the mailing address is never read"


@pytest.mark.parametrize("place", CODES)
def test_any_of_the_15_taxonomies_counts(place: str, tmp_path: Path) -> None:
    row = person() | {CODES[0]: "207Q00000X"} | {place: ACUPUNCTURIST}
    assert len(read_file(NppesMonthly(), in_zip(in_file([row])), tmp_path)) == 1


def test_the_monthly_file_narrowed_to_a_state(tmp_path: Path) -> None:
    source = NppesMonthly(states=("WA",))
    elsewhere = person("1999990058", Provider_Business_Practice_Location_Address_State_Name="NV")
    assert len(read_file(source, in_zip(in_file([person(), elsewhere])), tmp_path)) == 1
    assert source.coverage() == {"WA": True}


def test_a_row_that_cannot_be_read_is_said_aloud_and_nobody_counts_as_gone(tmp_path: Path) -> None:
    source = NppesMonthly()
    content = in_file([person(), person("1999990058", Last_Update_Date="soon")])
    assert len(read_file(source, in_zip(content), tmp_path)) == 1
    assert source.coverage() == {EVERYTHING: False}
    assert source.alarms == ["nppes_monthly: A row cannot be used: 'soon' is no date. It was left out."]


def test_a_new_column_is_said_aloud_and_read_around(tmp_path: Path) -> None:
    source = NppesMonthly()
    header = (*HEADER[:30], "Provider Shoe Size", *HEADER[30:])
    (record,) = read_file(source, in_zip(in_file([person(Provider_Shoe_Size="43")], header)), tmp_path)
    assert record.fields["locations"][0]["city"] == "OLYMPIA"
    assert "'Provider Shoe Size' was never seen before" in source.alarms[0]
    assert not source.audit.unknown


@pytest.mark.parametrize("sex", ["Provider Gender Code", "Provider Sex Code"])
@pytest.mark.parametrize("last", ["Certification Date", ""])
def test_layouts_of_ten_years(sex: str, last: str, tmp_path: Path) -> None:
    header = tuple(
        sex if name == "Provider Sex Code" else name for name in HEADER if last or name != "Certification Date"
    )
    source = NppesMonthly()
    (record,) = read_file(source, in_zip(in_file([person() | {sex: "F"}], header)), tmp_path)
    assert record.fields["sex"] == "F"
    assert not source.alarms
    assert not source.audit.unknown and not source.audit.missing() - {"Provider Gender Code", "Provider Sex Code"}


def test_the_files_are_not_taken_for_one_another(tmp_path: Path) -> None:
    for source, name in ((NppesMonthly(), WEEK), (weekly(), FULL)):
        with pytest.raises(SourceTrouble, match="is a file of nppes_"):
            read_file(source, in_zip(in_file([person()]), name), tmp_path)


def test_the_weekly_file_is_never_the_whole_of_anything(tmp_path: Path) -> None:
    source = weekly()
    assert len(read_file(source, in_zip(in_file([person(), FIRM, GONE, OTHER]), WEEK), tmp_path)) == 1
    assert source.coverage() == {}
    assert source.skipped == {"organizations": 1, "deactivated": 1, "not acupuncturists by taxonomy": 1}


def test_a_known_number_that_left_is_withdrawn(tmp_path: Path) -> None:
    source = weekly(GONE["NPI"], OTHER["NPI"])
    found = read_file(source, in_zip(in_file([GONE, OTHER]), WEEK), tmp_path)
    assert [record.fields for record in found] == [
        {"npi": GONE["NPI"], "withdrawn_on": "2026-11-03"},
        {"npi": OTHER["NPI"], "withdrawn_on": "2026-11-04"},
    ]
    assert {record.source_date for record in found} == {"2026-11-08"}, "no older than the week that says so"


def test_a_number_of_last_week_is_known_this_week(tmp_path: Path) -> None:
    source = weekly()
    read_file(source, in_zip(in_file([person()]), WEEK), tmp_path)
    left = {"NPI": "1999990017", "NPI Deactivation Date": "11/12/2026"}
    later = "npidata_pfile_20261109-20261115.csv"
    (record,) = read_file(source, in_zip(in_file([left]), later), tmp_path)
    assert (record.fields["withdrawn_on"], record.source_date) == ("2026-11-12", "2026-11-15")
    assert source.as_of == "2026-11-15T00:00:00Z"


def test_a_reactivated_number_is_in_force(tmp_path: Path) -> None:
    back = person(NPI_Deactivation_Date="01/02/2020", NPI_Reactivation_Date="03/04/2021")
    (record,) = read_file(weekly("1999990017"), in_zip(in_file([back]), WEEK), tmp_path)
    assert "withdrawn_on" not in record.fields


def page(*names: str) -> HtmlResponse:
    links = "".join(f'<a href="{name}">x</a>' for name in names)
    return HtmlResponse(INDEX, body=f"<html>{links}</html>".encode(), encoding="utf-8")


def asked(source: NppesMonthly | NppesWeekly, *names: str) -> list[str]:
    return [request.url.rpartition("/")[2] for request in source.read_index(page(*names))]


LISTED = (
    "./NPPES_Data_Dissemination_December_2025_V2.zip",
    "NPPES_Data_Dissemination_October_2026_V2.zip",
    "https://download.cms.gov/nppes/NPPES_Data_Dissemination_November_2026.zip",
    "/nppes/NPPES_Data_Dissemination_November_2026_V2.zip",
    "https://elsewhere.example/nppes/NPPES_Data_Dissemination_January_2027_V2.zip",
    "./NPPES_Data_Dissemination_Smarch_2026_V2.zip",
    "./NPPES_Deactivated_NPI_Report_110926_V2.zip",
    "./NPPES_Data_Dissemination_110926_111526_Weekly_V2.zip",
    "./NPPES_Data_Dissemination_122925_010426_Weekly.zip",
    "./NPPES_Data_Dissemination_110226_110826_Weekly_V2.zip",
    "./NPPES_Data_Dissemination_110226_110826_Weekly.zip",
    "./NPPES_Data_Dissemination_110226_139926_Weekly_V2.zip",
)


def test_the_newest_monthly_file_is_asked_for() -> None:
    assert asked(NppesMonthly(), *LISTED) == [MONTHLY_NAME]
    assert asked(NppesMonthly(), *LISTED[:2]) == ["NPPES_Data_Dissemination_October_2026_V2.zip"]


def test_every_weekly_file_is_asked_for_the_oldest_first() -> None:
    assert asked(NppesWeekly(), *LISTED) == [
        "NPPES_Data_Dissemination_122925_010426_Weekly.zip",
        WEEKLY_NAME,
        "NPPES_Data_Dissemination_110926_111526_Weekly_V2.zip",
    ]


def test_a_page_without_files_is_a_trouble_and_a_challenge_a_gate() -> None:
    with pytest.raises(SourceTrouble, match="lists no file named like"):
        asked(NppesMonthly(), "./NPI_Files.pdf")
    with pytest.raises(Gate):
        list(NppesMonthly().read_index(HtmlResponse(INDEX, body=b"<title>Just a moment...</title>", encoding="utf-8")))


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"<html>Sorry</html>", "neither a ZIP archive nor a file of NPPES rows"),
        (in_zip(in_file([person()]))[:900], "no ZIP archive, or it is cut short"),
        (in_zip(b"x", "other.csv"), "holds no member named like"),
        (in_zip(in_file([person()]), **{"../evil.csv": b"x"}), "leads outside"),
        (in_zip(in_file([person()]), **{"b/" + FULL: b"x"}), "holds 2 members"),
        (bomb, "ZIP bomb"),
        (in_zip(b""), "This is no NPPES file"),
    ],
)
def test_an_answer_that_is_no_such_file(content: bytes | Callable[[], bytes], said: str, tmp_path: Path) -> None:
    with pytest.raises(SourceTrouble) as caught:
        read_file(NppesMonthly(), content() if callable(content) else content, tmp_path)
    assert said in str(caught.value)
    assert str(caught.value).startswith("https://download.cms.gov/nppes/file.zip: ")


def test_memory_does_not_grow_with_the_file(tmp_path: Path) -> None:
    """40 MB unpacked; what is held is a few blocks and the records in hand."""
    _, packed = make_file(tmp_path, 40_000_000)
    tracemalloc.start()
    source = NppesMonthly()
    response = response_of(packed.read_bytes(), tmp_path)
    tracemalloc.reset_peak()
    found = sum(1 for _ in source.parse(response))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert found > 100
    assert peak < 16 << 20
