"""Every Socrata board reads all its rows or says why not, asks for nothing it does not want, and nothing twice."""

from __future__ import annotations

import csv
import io
import json
import re
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scrapy.http import TextResponse

from crawler import data_sets
from crawler.catalog import all_sources
from crawler.data_sets import DataSet, saved_rows
from crawler.health import Known, judge
from crawler.records import Record
from crawler.snapshots import Manifest, good_runs, make_snapshot
from crawler.socrata import NAMES, SocrataSource, columns_from, day_in, with_case, with_suffix
from crawler.spiders.board_co import BoardCo
from crawler.spiders.board_ct import BoardCt
from crawler.spiders.board_de import BoardDe
from crawler.spiders.board_il import BoardIl
from crawler.spiders.board_tx import BoardTx
from crawler.spiders.board_wa import BoardWa
from crawler.troubles import SourceTrouble
from pipeline.statuses import known_words
from tests.conftest import REPO, run_diplomate
from tests.fault_server import Answer, fault_site
from tests.socrata_host import Host, Reading, Row, reading

SAMPLE = REPO / "crawler" / "sample"
BOARDS = [source for source in all_sources() if issubclass(source, SocrataSource)]
BIRTH = re.compile(r"birth|dob|born", re.I)
every_board = pytest.mark.parametrize("board", BOARDS, ids=lambda board: board.name)


class BoardZz(SocrataSource):
    """A board that does not exist, stated as a new one would be: fifteen lines."""

    name, title, publisher = "board_zz", "Nowhere acupuncturists", "Nowhere Department of Health"
    covers, cadence_days, floor, ceiling = ("VT",), 1, 1, 3_000
    homepage, terms = "https://example.gov/lookup", "Open data."
    host, dataset = "data.example.gov", "abcd-1234"
    type_column, key_columns = "licensetype", ("licensenumber",)
    columns = columns_from(
        "licensenumber=license_number licensetype=license_type licensestatus=status lastname=family_name city state"
    )
    ignored = frozenset({"birthyear"})
    required = frozenset({"licensenumber", "lastname", "licensestatus"})
    words = {"status": "license_status:board_zz"}


def sample(board: type[SocrataSource], file: str = "rows") -> list[Row]:
    found: list[Row] = json.loads((SAMPLE / board.name / f"{file}.json").read_text())
    return found


def people(board: type[SocrataSource], number: int) -> list[Row]:
    """So many people of a board, each a copy of its sample's first with a name and a license of their own."""
    first = {name: value for name, value in sample(board)[0].items() if name != "linktoverifylicense"}
    named = [theirs for theirs, ours in board.columns.items() if ours in ("name", "family_name")]
    return [
        first | {board.key_columns[-1]: f"AC99{at:05}"} | {name: f"{first[name]}{at}" for name in named}
        for at in range(number)
    ]


def host_of(board: type[SocrataSource], rows: list[Row], **faults: object) -> Host:
    """A host with these rows, rows of another profession among them, and the columns the board has."""
    stranger, spider = {board.type_column: "Registered Nurse"}, board()
    tables, columns = {board.dataset: [stranger, *rows, stranger]}, {board.dataset: set(spider.roster.select)}
    if isinstance(spider, BoardDe):
        tables[spider.discipline.id] = []
        columns[spider.discipline.id] = set(spider.discipline.select)
    return Host(tables, columns=columns, **faults)  # type: ignore[arg-type]


def delaware() -> Host:
    """Delaware's sample with its discipline."""
    host = host_of(BoardDe, sample(BoardDe))
    host.tables["dz6p-akeq"] = sample(BoardDe, "discipline_rows")
    return host


def questions(host: Host, board: type[SocrataSource]) -> list[dict[str, str]]:
    return [query for query in host.asked if query["table"] == board.dataset]


def verdict(read: Reading) -> Manifest:
    """What the run's manifest would say."""
    words = {name: set(found) for name, found in known_words().items()}
    manifest = Manifest(read.spider.name, "run", "crawl", "2026-11-22T12:00:00Z")
    return judge(manifest, read.spider, {"finish_reason": "finished"}, Known(words, {}, mirrored=True))


def test_all_six_boards_are_here() -> None:
    assert {"board_wa", "board_co", "board_ct", "board_de", "board_il", "board_tx"} <= {board.name for board in BOARDS}


@every_board
def test_rows_are_counted_first_then_read_in_order_with_wanted_columns_only(board: type[SocrataSource]) -> None:
    host = host_of(board, people(board, 5))
    read = reading(board, host)
    counting, rows = questions(host, board)
    assert counting["$group"] == board.type_column and "count(*)" in counting["$select"]
    assert rows["$order"] == ":id" and rows["$offset"] == "0"
    assert not any(BIRTH.search(value) for query in host.asked for value in query.values())
    assert not read.trouble and len(read.records) == 5
    assert read.spider.coverage() == {board.covers[0]: True}
    assert any("Acupunct" in name or "ACU" in name for name in read.spider.skipped), "the matched type is recorded"


@every_board
def test_no_birth_column_is_mapped(board: type[SocrataSource]) -> None:
    assert not any(BIRTH.search(name) for name in [*board.columns, *board.columns.values(), *board.asked_only])


@every_board
@pytest.mark.parametrize(("rows", "cap"), [(10, 3), (9, 3), (1, 1), (7, 6)])
def test_a_host_that_gives_few_rows_at_a_time_is_read_to_the_counted_number(
    board: type[SocrataSource], rows: int, cap: int
) -> None:
    """A short page is no end, and no page is asked for that cannot hold a row."""
    host = host_of(board, people(board, rows), cap=cap)
    read = reading(board, host)
    assert not read.trouble and len(read.records) == rows
    assert len(questions(host, board)) == 1 + -(-rows // cap)


@every_board
@pytest.mark.parametrize("rows", [4, 5, 6, 10])
def test_pages_of_our_own_size_lose_nothing(
    board: type[SocrataSource], rows: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(data_sets, "PAGE_ROWS", 5)
    host = host_of(board, people(board, rows))
    assert len(reading(board, host).records) == rows
    assert len(questions(host, board)) == 1 + -(-rows // 5)


@every_board
@pytest.mark.parametrize("cap", [3, 50_000])
def test_fewer_rows_than_counted_fail(board: type[SocrataSource], cap: int) -> None:
    read = reading(board, host_of(board, people(board, 6), surplus={board.dataset: 2}, cap=cap))
    assert "6 of 8 rows could be read; the page from row 7 on is empty" in read.trouble


@every_board
@pytest.mark.parametrize("cap", [3, 50_000])
def test_more_rows_than_counted_fail(board: type[SocrataSource], cap: int) -> None:
    read = reading(board, host_of(board, people(board, 6), surplus={board.dataset: -2}, cap=cap))
    assert "rows were sent where 4 were counted" in read.trouble


def test_a_surplus_behind_a_full_page_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(data_sets, "PAGE_ROWS", 5)
    read = reading(BoardTx, host_of(BoardTx, people(BoardTx, 11), surplus={BoardTx.dataset: -1}))
    assert "at least 11 rows were sent where 10 were counted" in read.trouble


@every_board
def test_rows_sent_twice_fail(board: type[SocrataSource]) -> None:
    """A host that shifts its rows between two pages: one comes twice, another never."""
    read = reading(
        board, host_of(board, people(board, 6), cap=3, order=lambda rows, at: rows[-1:] + rows if at else rows)
    )
    assert "3 of 6 rows could be read" in read.trouble and "rows of an earlier page again" in read.trouble


@every_board
def test_a_data_set_that_changes_between_two_pages_fails(board: type[SocrataSource]) -> None:
    host = host_of(board, people(board, 6), cap=3, changed=lambda at: f"Sat, 21 Nov 2026 0{at}:00:00 GMT")
    assert "was changed while it was read" in reading(board, host).trouble


@every_board
def test_a_renamed_column_is_named(board: type[SocrataSource]) -> None:
    host = host_of(board, people(board, 3))
    gone = next(theirs for theirs, ours in board.columns.items() if ours == "status")
    host.columns[board.dataset] -= {gone}
    host.tables[board.dataset] = [{k: v for k, v in row.items() if k != gone} for row in host.tables[board.dataset]]
    assert f"No such column: {gone}" in reading(board, host).trouble


@every_board
def test_a_host_without_acupuncture_is_a_failed_run(board: type[SocrataSource]) -> None:
    assert "license types of" in reading(board, host_of(board, [])).trouble


@every_board
def test_an_unknown_word_is_named(board: type[SocrataSource]) -> None:
    rows = people(board, 3)
    for field, vocabulary in board.words.items():
        column = next(theirs for theirs, ours in board.columns.items() if ours == field)
        strange = verdict(reading(board, host_of(board, [*rows[1:], rows[0] | {column: "Wobbly"}])))
        assert strange.result == "failed"
        assert any("'Wobbly'" in said and vocabulary in said for said in strange.troubles)
    assert verdict(reading(board, host_of(board, rows))).troubles == []


@every_board
def test_one_number_beside_two_names_stays_two_records(board: type[SocrataSource]) -> None:
    first, second = people(board, 2)
    key = {name: first[name] for name in board.key_columns}
    read = reading(board, host_of(board, [first, second | key]))
    assert len(read.records) == 2 and len(read.spider.alarms) == 1
    assert read.spider.coverage() == {board.covers[0]: True}


@every_board
def test_a_masked_number_is_nobodys_key(board: type[SocrataSource]) -> None:
    rows = [row | {board.key_columns[-1]: "19*****99"} for row in people(board, 3)]
    read = reading(board, host_of(board, rows))
    assert len(read.records) == 3 and not any("*" in key for key in read.records)
    assert not read.spider.alarms and read.spider.coverage() == {board.covers[0]: True}


def test_names_with_quotes_and_blanks_are_asked_for_to_the_letter() -> None:
    rows = people(BoardTx, 4)
    for row, name in zip(rows, ["Governor's Acupuncture Permit", "Acupuncturist ", "Acupuncturist", ""], strict=True):
        row["license_type"] = name
    host = host_of(BoardTx, rows)
    assert len(reading(BoardTx, host).records) == 3
    assert "'Governor''s Acupuncture Permit'" in host.asked[-1]["$where"]


def test_rows_nobody_asked_for_are_not_taken_for_the_counted_ones() -> None:
    """A host that ignores $where gives the right number of wrong rows."""
    rows = [row | {"license_type": "Physician License"} for row in people(BoardTx, 3)]
    read = reading(BoardTx, host_of(BoardTx, people(BoardTx, 3), order=lambda _, at: rows))
    assert "'Physician License', which was not asked for" in read.trouble


def test_a_detox_specialist_is_no_acupuncturist() -> None:
    rows = people(BoardDe, 3)
    read = reading(
        BoardDe, host_of(BoardDe, [*rows[1:], rows[0] | {"license_type": "Acupuncture Detoxification Specialist"}])
    )
    assert len(read.records) == 2
    assert read.spider.skipped["rows left out of the type Acupuncture Detoxification Specialist"] == 1


def test_a_new_board_is_fifteen_lines() -> None:
    row = {"licensetype": "Acupuncturist", "licensestatus": "Active", "lastname": "Ottoway", "birthyear": "1970"}
    rows = [row | {"licensenumber": f"ACU-{number}", "city": "Stowe", "state": "VT"} for number in range(7)]
    host = Host({"abcd-1234": rows}, cap=2)
    read = reading(BoardZz, host)
    assert verdict(read).result == "good" and len(read.records) == 7
    record = read.records["ACU-0"]
    assert record.fields["family_name"] == "Ottoway" and record.partition == "VT" and "1970" not in record.to_line()
    assert record.url == "https://data.example.gov/resource/abcd-1234.json?licensenumber=ACU-0"


@pytest.mark.parametrize("wrong", [["Ottoway"], {"value": "Ottoway"}])
def test_a_list_or_an_object_is_nobodys_name(wrong: object) -> None:
    """It was published as a person called "['Ottoway']"; an object without an address was lost without a word."""
    rows = people(BoardWa, 5)
    read = reading(BoardWa, host_of(BoardWa, [*rows[1:], rows[0] | {"lastname": wrong}]))
    assert "Where a text belongs stands" in read.trouble and "Ottoway" in read.trouble


# What is odd about each board.


def test_colorado_joins_the_cases_of_a_license_and_counts_rows_not_licenses() -> None:
    read = reading(BoardCo, host_of(BoardCo, sample(BoardCo)))
    twice = read.records["ACU 99002"].fields["discipline_cases"]
    assert [case["action"] for case in twice] == ["Letter of Admonition", "Stipulation"]
    assert read.spider.coverage() == {"CO": True} and len(read.records) == 5 < read.spider.roster.counted
    assert read.records["ACU 99001"].url.endswith("ACU.0099001")
    assert read.spider.skipped["firms"] == 1


@every_board
def test_a_row_that_names_nobody_is_no_firm_and_lets_nobody_go_missing(board: type[SocrataSource]) -> None:
    """A person whose name cells came empty was counted as a firm, and looked no longer listed."""
    rows = people(board, 6)
    named = [column for column, name in board.columns.items() if name in NAMES]
    read = reading(board, host_of(board, [*rows[1:], {key: rows[0][key] for key in rows[0] if key not in named}]))
    assert not read.trouble and len(read.records) == 5
    assert not read.spider.skipped["firms"] and read.spider.coverage() == {board.covers[0]: False}
    assert "1 rows name nobody" in " ".join(read.spider.last_alarms())


def test_colorado_believes_only_a_link_that_is_an_address() -> None:
    (row,) = people(BoardCo, 1)
    read = reading(BoardCo, host_of(BoardCo, [row | {"linktoverifylicense": {"url": "javascript:alert(1)"}}]))
    (record,) = read.records.values()
    assert record.url.startswith("https://data.colorado.gov/resource/")


def test_connecticut_dates_its_rows_and_leaves_firms_out() -> None:
    read = reading(BoardCt, host_of(BoardCt, sample(BoardCt)))
    assert {record.source_date for record in read.records.values()} == {"2026-11-21"}
    assert read.spider.skipped["firms"] == 1
    assert "address" not in read.spider.roster.select


def test_delaware_prints_firms_and_people_of_one_name_as_last_names() -> None:
    """A person of one name was counted as a firm, and looked no longer listed."""
    rows = people(BoardDe, 3)
    lone, firm = ({"first_name": "", "last_name": name} for name in ("Sukarno", "Acme Inc"))
    read = reading(BoardDe, host_of(BoardDe, [rows[0] | lone, rows[1] | firm, rows[2]]))
    assert read.spider.skipped["firms"] == 1 and len(read.records) == 2
    assert "Sukarno" in {record.fields["family_name"] for record in read.records.values()}


def test_delaware_attaches_a_case_by_number_and_last_name_and_never_by_one_of_them() -> None:
    host = delaware()
    stranger = {"license_type": "Acupuncture Practitioner", "item_text": "Probation", "disp_start": "2011-01-20"}
    host.tables["dz6p-akeq"] += [
        stranger | {"license_id_l": "Q9-0099001", "last_name": "Otherwood"},
        stranger | {"license_id_l": "Q9-0777777", "last_name": "PENHALLOW"},
        stranger | {"license_id_l": "q9 0099006", "last_name": "Bellwether"},
    ]
    read = reading(BoardDe, host)
    cases = {
        key: [case["action"] for case in record.fields.get("discipline_cases", [])]
        for key, record in read.records.items()
    }
    assert cases["Q9-0099001"] == [] and cases["Q9-0099006"] == ["Probation"]
    assert cases["Q9-0099002"] == ["Letter of Reprimand", "Remedial Education"]
    assert ["2 discipline cases" in alarm for alarm in read.spider.alarms] == [True]


def test_delaware_without_a_disciplined_acupuncturist_is_a_good_run() -> None:
    host = host_of(BoardDe, sample(BoardDe))
    host.tables["dz6p-akeq"] = [{"license_type": "Veterinarian"}]
    read = reading(BoardDe, host)
    assert verdict(read).result == "good"
    assert not any("discipline_cases" in record.fields for record in read.records.values())


def test_delaware_with_half_its_discipline_list_is_a_failed_run() -> None:
    host = delaware()
    host.surplus["dz6p-akeq"] = 1
    assert "board_de discipline: 3 of 4 rows" in reading(BoardDe, host).trouble


def test_illinois_reads_none_as_nothing_and_degrees_as_credentials() -> None:
    read = reading(BoardIl, host_of(BoardIl, sample(BoardIl)))
    assert "discipline_cases" not in read.records["198990001"].fields
    assert len(read.records["198990002"].fields["discipline_cases"]) == 2
    assert read.records["198990003"].fields["credential"] == "DAOM"
    assert read.spider.skipped["kept without a key: the number is masked"] == 2


def test_texas_counts_who_is_registered_and_not_licensed() -> None:
    read = reading(BoardTx, host_of(BoardTx, sample(BoardTx)))
    assert read.spider.skipped["kept, registered as active while the column currently_licensed says no"] == 1


# Files a person saved.


def saved(spider: SocrataSource, text: str) -> list[Record]:
    response = TextResponse("https://example.gov/", body=text, encoding="utf-8")
    response.request = next(iter(spider.first_requests()))
    response.meta["snapshot"] = make_snapshot("SAVED", response.url, "", 200, {}, response.body)
    return list(spider.read_page(response))


def export(rows: list[Row], headings: dict[str, str], delimiter: str = ",") -> str:
    text = io.StringIO()
    table = csv.DictWriter(text, list(headings), delimiter=delimiter, restval="")
    table.writerow(headings)
    table.writerows([{name: row.get(name, "") for name in headings} for row in rows])
    return text.getvalue()


@pytest.mark.parametrize("delimiter", [",", "\t"])
def test_a_downloaded_table_with_a_birth_date_is_read_without_it(delimiter: str) -> None:
    headings = {name: name.replace("_", " ").title() for name in [*BoardTx.columns, "date_of_birth"]}
    rows = [row | {"date_of_birth": "01/02/1961"} for row in sample(BoardTx)]
    spider = BoardTx()
    found = saved(spider, export([*rows, rows[0] | {"license_type": "Physician License"}], headings, delimiter))
    assert len(found) == 6 and spider.skipped["other professions"] == 1
    assert not spider.audit.unknown and "1961" not in "".join(record.to_line() for record in found)


def test_an_unknown_column_of_a_download_is_named() -> None:
    spider = BoardWa()
    saved(spider, json.dumps([sample(BoardWa)[0] | {"shoe_size": "9"}]))
    assert spider.audit.unknown == {"shoe_size"}


def test_delawares_roster_is_not_read_without_its_discipline() -> None:
    spider, roster = BoardDe(), json.dumps(sample(BoardDe))
    with pytest.raises(SourceTrouble, match=r"the discipline list .* is missing"):
        saved(spider, roster)
    assert saved(spider, json.dumps(sample(BoardDe, "discipline_rows"))) == []
    assert sum("discipline_cases" in record.fields for record in saved(spider, roster)) == 2


# The same over the network.


def test_a_board_is_crawled_through_a_real_server_that_gives_two_rows_at_a_time(tmp_path: Path) -> None:
    host = host_of(BoardTx, people(BoardTx, 5), cap=2)

    def answer(path: str, body: str) -> Answer:
        status, headers, content = host.answer(f"https://data.texas.gov{path}")
        return Answer(content, status, headers)

    with fault_site(answer) as site:
        settings = {"DIPLOMATE_MIRRORS": f"https://data.texas.gov={site.address}", "DIPLOMATE_DELAY": "0"}
        done = run_diplomate("crawl", "board_tx", data=tmp_path, **settings)
    assert done.code == 0, done.err
    manifest = good_runs(tmp_path, "board_tx")[0][1]
    assert manifest.rows == 5 and manifest.complete
    assert len(site.asked) == 4


def test_an_error_of_socrata_is_passed_on_in_its_words(tmp_path: Path) -> None:
    body = json.dumps({"code": "query.compiler.malformed", "error": True, "message": "Could not parse SoQL query"})
    with fault_site(lambda path, _: Answer(body.encode(), 400)) as site:
        settings = {"DIPLOMATE_MIRRORS": f"https://data.texas.gov={site.address}", "DIPLOMATE_DELAY": "0"}
        done = run_diplomate("crawl", "board_tx", data=tmp_path, **settings)
    assert done.code == 1
    assert (
        "https://data.texas.gov/resource/tm3v-pfq9.json answered with an error: Could not parse SoQL query." in done.err
    )


# Properties of the small parsers.

texts = st.text(max_size=30)


@given(rows=st.integers(1, 40), cap=st.integers(1, 12), page=st.integers(1, 12))
@settings(max_examples=80, deadline=None)
def test_whatever_the_page_sizes_every_row_is_read_once(rows: int, cap: int, page: int) -> None:
    table = DataSet("x", "abcd-1234", "kind", ("kind", "number"))
    host = Host({"abcd-1234": [{"kind": "A", "number": str(number)} for number in range(rows)]}, cap=cap)
    table.types, table.counted, found = ("A",), rows, []
    while not table.whole:
        query = "&".join(f"{name}={value}" for name, value in table.row_question().items())
        status, _, body = host.answer(f"https://x.gov/resource/abcd-1234.json?{query}")
        found += table.take(TextResponse("https://x.gov/", status, body=body, encoding="utf-8"))
    assert [row["number"] for row in found] == [str(number) for number in range(rows)]
    assert len(host.asked) == -(-rows // cap)


@given(texts)
def test_a_day_is_a_day_or_nothing(text: str) -> None:
    assert re.fullmatch(r"(\d{4}-\d{2}-\d{2})?", day_in({"on": text}, "on"))


def test_days_of_the_service_and_of_its_download() -> None:
    assert day_in({"on": "2026-11-21T00:00:00.000"}, "on") == day_in({"on": "11/21/2026"}, "on") == "2026-11-21"
    assert day_in({}, "on") == ""


@given(st.dictionaries(st.sampled_from(["status", "discipline_cases.action", "discipline_cases.reason"]), texts))
def test_a_case_takes_nothing_else_with_it(fields: dict[str, str]) -> None:
    read = with_case(fields)
    assert read.get("status") == fields.get("status")
    assert not any(name.startswith("discipline_cases.") for name in read)


@pytest.mark.parametrize(
    ("suffix", "kept", "credential"),
    [("Jr.", "Jr.", "MSOM"), ("III", "III", "MSOM"), ("DVM", None, "DVM, MSOM"), ("", None, "MSOM")],
)
def test_a_degree_is_no_suffix(suffix: str, kept: str | None, credential: str) -> None:
    fields = with_suffix({"credential": "MSOM"} | ({"suffix": suffix} if suffix else {}))
    assert (fields.get("suffix"), fields["credential"]) == (kept, credential)


@given(st.lists(st.dictionaries(st.sampled_from(["licenseno", "Birth Date"]), texts), max_size=4))
@settings(deadline=None)
def test_a_saved_file_is_read_or_refused_in_a_sentence(rows: list[dict[str, str]]) -> None:
    for body in (json.dumps(rows), export(rows, {"licenseno": "License No", "Birth Date": "Birth Date"})):
        response = TextResponse("https://example.gov/", body=body, encoding="utf-8")
        try:
            assert all(isinstance(row, dict) for row in saved_rows(response, frozenset({"license_no"})))
        except SourceTrouble as trouble:
            assert str(trouble).endswith(".")


def test_rows_printed_twice_unite_their_lists() -> None:
    one = Record("s", "1", "u", "a", "t", "", "CO", {"status": "Active", "cases": [{"n": "1"}, {"n": "2"}]})
    two = replace(one, sha256="b", fields={"status": "Revoked", "cases": [{"n": "2"}, {"n": "3"}]})
    both = one.combined(two)
    assert both.fields == {"status": "Revoked", "cases": [{"n": "1"}, {"n": "2"}, {"n": "3"}]}
    assert one.combined(one).fields == one.fields and both.also == ("a",)
