"""Missouri: a ZIP behind a listing page; what else may stand in either place, and how it is said."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crawler.sample_site import SAMPLE
from crawler.snapshots import Manifest, good_runs, runs
from crawler.spiders.board_mo import BoardMo
from crawler.troubles import SourceTrouble
from db.publish import current, read_rows
from tests.conftest import Outcome, run_diplomate
from tests.fault_server import Answer, FaultSite, fault_site
from tests.reading import read
from tests.sample.write_board_mo import COLUMNS, TARGET, main

SITE = "https://pr.mo.gov"
HTML = {"Content-Type": "text/html"}
LINK = '<a href="downloadables/ACU.ZIP">ACU.ZIP</a> Acupuncturist<br>'
PORTAL = Answer(b"<html><title>License search</title><div class='slds-grid'></div></html>", headers=HTML)


def license(number: int, **changes: str) -> dict[str, str]:
    base = {"prc_first_name": "Tamsin", "prc_last_name": f"Birdwhistle{chr(97 + number)}", "ba_city": "Rolla"}
    said = {"lic_profession": "ACU", "lst_description": "Active", "les_description": "Not Expired"}
    days = {"lic_orig_issue_date": "2012-04-03 00:00:00", "lic_exp_date": "2028-02-29 00:00:00"}
    return base | said | days | {"lic_number": f"29990001{number:02}"} | changes


def text(rows: list[dict[str, str]], columns: list[str] | None = None) -> bytes:
    names = columns or COLUMNS
    lines = ["\t".join(names), *("\t".join(row.get(name, "") for name in names) for row in rows)]
    return "".join(f"{line}\r\n" for line in lines).encode()


def packed(**members: bytes) -> bytes:
    """A ZIP; a member's name is its keyword with the underscore for the dot."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name.replace("_", "."), content)
    return file.getvalue()


def listing(links: str = LINK) -> Answer:
    return Answer(f"<html><div id='main-content'>{links}</div></html>".encode(), headers=HTML)


def state(archive: bytes, page: Answer | None = None) -> Callable[[str, str], Answer]:
    """The state's site: its page, and the file behind every link of it."""

    def answer(path: str, body: str) -> Answer:
        shown = page or listing()
        return shown if path == "/listings-acu.asp" else Answer(archive, headers={"Content-Type": "application/zip"})

    return answer


def crawl(data: Path, answer: Callable[[str, str], Answer]) -> tuple[Outcome, FaultSite]:
    with fault_site(answer) as site:
        mirrors = f"{SITE}={site.address}"
        return run_diplomate("crawl", "board_mo", data=data, DIPLOMATE_MIRRORS=mirrors, DIPLOMATE_DELAY="0"), site


def last(data: Path) -> Manifest:
    return runs(data, "board_mo")[-1][1]


FEW = [license(number) for number in range(4)]
GOOD = packed(ACU_TXT=text(FEW), filedesc_txt=b"prc_first_name char(20)")


def test_the_zip_behind_the_link_is_read_whole(tmp_path: Path) -> None:
    done, site = crawl(tmp_path, state(GOOD))
    assert done.code == 0, done.err
    assert last(tmp_path).rows == 4 and last(tmp_path).coverage == {"MO": True}
    assert site.asked == ["/listings-acu.asp", "/downloadables/ACU.ZIP"]


@pytest.mark.parametrize(
    "links",
    [
        '<a href="/downloadables/acu.zip">Download</a>',
        '<a href="https://pr.mo.gov/files/list7.ZIP">Acupuncturists (ZIP)</a>',
        '<table><tr><td><a href="files/list7.ZIP">list7</a></td><td>Acupuncturist</td></tr></table>',
        '<a href="ACC.ZIP">ACC.ZIP</a> Accountancy<br><a href="ACU.ZIP">ACU.ZIP</a> Acupuncturist<br>',
    ],
)
@pytest.mark.everything
def test_the_link_is_known_by_its_name_or_its_words(tmp_path: Path, links: str) -> None:
    done, site = crawl(tmp_path, state(GOOD, listing(links)))
    assert done.code == 0, done.err
    assert len(site.asked) == 2 and "ACC" not in site.asked[1]


def zip_with(name: str) -> bytes:
    return packed(ACU_TXT=text(FEW)).replace(b"ACU.TXT", name.encode())


BOMB = packed(ACU_TXT=b"prc_first_name\t" + b"0" * 120_000_000)
FAULTS: dict[str, tuple[Callable[[str, str], Answer], str, str]] = {
    "a portal in place of the page": (state(GOOD, PORTAL), "links to no ZIP of acupuncturists", "failed"),
    "the page is gone": (state(GOOD, Answer(b"gone", 404)), "links to no ZIP of acupuncturists", "failed"),
    "another board's page": (
        state(GOOD, listing('<a href="ACC.ZIP">Accountancy</a>')),
        "links to no ZIP of acupuncturists",
        "failed",
    ),
    "a challenge": (
        state(GOOD, Answer(b"<title>Just a moment...</title>", headers=HTML)),
        "challenge instead of a list",
        "blocked",
    ),
    "a web page in place of the ZIP": (state(b"<html>Sorry</html>"), "is a web page", "failed"),
    "a cut ZIP": (state(GOOD[:-60]), "no ZIP archive, or it is cut short", "failed"),
    "a damaged ZIP": (state(GOOD[:90] + b"\xff\xff\xff" + GOOD[93:]), "damaged", "failed"),
    "nothing": (state(b""), "the column 'lic_number' is missing", "failed"),
    "no list in the ZIP": (state(packed(filedesc_txt=b"char(20)")), "holds no", "failed"),
    "two lists in the ZIP": (state(packed(ACU_TXT=text(FEW), ACT_TXT=text(FEW))), "2 members", "failed"),
    "a name that leads outside": (state(zip_with("../U.TX")), "leads outside", "failed"),
    "a ZIP bomb": (state(BOMB), "unpacks to", "failed"),
    "a renamed column": (
        state(packed(ACU_TXT=text(FEW, ["lic_no" if name == "lic_number" else name for name in COLUMNS]))),
        "the column 'lic_number' is missing",
        "failed",
    ),
    "an added column": (
        state(packed(ACU_TXT=text(FEW, [*COLUMNS, "shoe_size"]))),
        "'shoe_size' was never seen before",
        "failed",
    ),
    "an unknown word": (
        state(packed(ACU_TXT=text([license(1, lst_description="Wobbly")]))),
        "the status 'Wobbly'",
        "failed",
    ),
    "an unknown second word": (
        state(packed(ACU_TXT=text([license(1, les_description="Wobbly")]))),
        "the status_reason 'Wobbly'",
        "failed",
    ),
    "another profession": (
        state(packed(ACU_TXT=text([license(1, lic_profession="CHB")] * 3))),
        "None of its 3 rows is an acupuncturist's: lic_profession is 'CHB'",
        "failed",
    ),
    "no row": (state(packed(ACU_TXT=text([]))), "no acupuncturist was found", "failed"),
    "no number": (state(packed(ACU_TXT=text([license(1, lic_number="")]))), "has no license number", "failed"),
    "a cut text": (state(packed(ACU_TXT=text(FEW)[:-30])), "cut short", "failed"),
}


@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.everything
def test_a_fault_is_said_and_the_last_good_list_stays(tmp_path: Path, fault: str) -> None:
    answer, sentence, result = FAULTS[fault]
    assert crawl(tmp_path, state(GOOD))[0].code == 0
    done, _ = crawl(tmp_path, answer)
    assert done.code == 1 and sentence in done.err
    assert "Traceback" not in done.err
    assert last(tmp_path).result == result
    assert [manifest.rows for _, manifest in good_runs(tmp_path, "board_mo")] == [4]


@pytest.mark.parametrize(
    "fault", ["a portal in place of the page", "the page is gone", "a cut ZIP", "another profession"]
)
def test_what_a_person_can_do_stands_beside_the_trouble(tmp_path: Path, fault: str) -> None:
    done, _ = crawl(tmp_path, FAULTS[fault][0])
    assert "diplomate import board_mo FILE.zip" in done.err


def test_a_site_that_does_not_answer_says_what_a_person_can_do(tmp_path: Path) -> None:
    """As in 2022, when the state's certificate could not be verified."""
    nobody = f"{SITE}=http://127.0.0.1:9"
    done = run_diplomate("crawl", "board_mo", data=tmp_path, DIPLOMATE_MIRRORS=nobody, DIPLOMATE_DELAY="0")
    assert done.code == 1 and "diplomate import board_mo FILE.zip" in done.err


@pytest.mark.parametrize("name", ["ACU.ZIP", "missouri.zip", "ACU.TXT", "list.txt"])
def test_a_person_may_bring_the_zip_or_the_text_out_of_it(tmp_path: Path, name: str) -> None:
    file = tmp_path / name
    file.write_bytes(GOOD if name.lower().endswith("zip") else text(FEW))
    done = run_diplomate("import", "board_mo", str(file), data=tmp_path / "data")
    assert done.code == 0, done.err
    assert last(tmp_path / "data").rows == 4


def test_a_file_of_another_board_is_named(tmp_path: Path) -> None:
    file = tmp_path / "CHB.TXT"
    file.write_bytes(text([license(1, lic_profession="CHB")]))
    done = run_diplomate("import", "board_mo", str(file), data=tmp_path / "data")
    assert done.code == 1 and "CHB.TXT: None of its 1 rows is an acupuncturist's" in done.err


def test_other_professions_and_firms_are_counted_by_name() -> None:
    rows = [license(1), license(2, lic_profession="CHB"), license(3, lic_profession="CHB")]
    firm = license(4, prc_first_name="", prc_last_name="", prc_entity_name="Invented Clinic")
    source = BoardMo()
    assert [record.source_key for record in read(source, text([*rows, firm]))] == ["2999000101"]
    assert source.skipped["rows of the profession 'CHB'"] == 2 and source.skipped["licenses of firms"] == 1


def test_the_code_of_the_linked_file_is_another_name_of_the_profession(tmp_path: Path) -> None:
    """Whether the state's code is ACU was never seen: the name of a ZIP that is said to be ours may be another."""
    archive = packed(LAC_TXT=text([license(1, lic_profession="LAC")]))
    page = listing('<a href="downloadables/LAC.ZIP">LAC.ZIP</a> Acupuncturist<br>')
    done, _ = crawl(tmp_path, state(archive, page))
    assert done.code == 0, done.err
    assert last(tmp_path).rows == 1


def test_nothing_of_other_people_and_no_filler_is_kept() -> None:
    related = {"rel_first_name": "Odo", "rel_last_name": "Larkmeadow", "rel_lic_number": "1", "ba_cnty": "Boone"}
    filled = {"prc_middle_name": "N/A", "lic_orig_issue_date": "1901-01-01 00:00:00", "ba_city": "12 Paper Mill Ct"}
    fields = read(BoardMo(), text([license(1, **related, **filled)]))[0].fields
    assert fields == {
        "given_name": "Tamsin",
        "family_name": "Birdwhistleb",
        "license_type": "ACU",
        "license_number": "2999000101",
        "status": "Active",
        "status_reason": "Not Expired",
        "expires": "2028-02-29",
    }


def test_a_discipline_word_that_is_no_yes_or_no_is_said_aloud() -> None:
    source = BoardMo()
    read(source, text([license(1, discipline="Public Reprimand"), license(2, discipline="No")]))
    assert source.alarms == ["board_mo: the column 'discipline' says 'Public Reprimand'; look at what it means."]


def test_letters_of_windows_are_read_and_said() -> None:
    source = BoardMo()
    body = text([license(1, prc_last_name="Sørbjerg-Lindt")]).decode().encode("cp1252")
    assert read(source, body)[0].fields["family_name"] == "Sørbjerg-Lindt"
    assert "Windows-1252" in source.alarms[0]


def test_the_worse_of_both_words_is_shown_and_absence_is_not_taken_for_more(tmp_path: Path) -> None:
    lapsed, temporary = license(1, les_description="Not Current"), license(2, clas_description="Temporary")
    assert crawl(tmp_path, state(packed(ACU_TXT=text([license(0), lapsed, temporary]))))[0].code == 0
    assert run_diplomate("build", data=tmp_path).code == 0
    rows = read_rows(current(tmp_path) or Path(), "licenses")
    found = {row["number"][-2:]: (row["status"], row["status_raw"]) for row in rows}
    assert found == {
        "00": ("active", "Active: Not Expired"),
        "01": ("expired", "Active: Not Current"),
        "02": ("limited", "Active: Not Expired"),
    }


def test_the_samples_zip_is_what_the_script_writes() -> None:
    before = TARGET.read_bytes()
    main()
    assert TARGET.read_bytes() == before
    assert len(read(BoardMo(), (SAMPLE / "board_mo" / "ACU.ZIP").read_bytes())) == 8


@settings(max_examples=150, deadline=None)
@given(st.binary(max_size=400) | st.binary(max_size=60).map(lambda noise: text(FEW) + noise))
def test_any_bytes_give_rows_or_a_sentence(body: bytes) -> None:
    try:
        read(BoardMo(), body)
    except SourceTrouble as trouble:
        assert str(trouble)


WORD = st.text(st.characters(exclude_categories=("Cs", "Cc", "Zs", "Zl", "Zp")), min_size=1, max_size=20).filter(
    lambda word: word not in ("--",) and word.casefold() not in ("n/a", "na", "null") and '"' not in word
)


@settings(max_examples=100, deadline=None)
@given(st.lists(st.tuples(WORD, WORD), min_size=1, max_size=20), st.booleans())
def test_every_license_comes_back_under_its_own_columns(names: list[tuple[str, str]], zipped: bool) -> None:
    rows = [license(0, prc_first_name=a, prc_last_name=b, lic_number=f"1{n}") for n, (a, b) in enumerate(names)]
    body = packed(ACU_TXT=text(rows)) if zipped else text(rows)
    found = [(record.fields["given_name"], record.fields["family_name"]) for record in read(BoardMo(), body)]
    assert found == [(a.strip(), b.strip()) for a, b in names]
