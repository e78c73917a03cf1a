"""North Carolina: a roster behind a scrolling page, without license numbers; what is refused, and how it is said."""

from __future__ import annotations

import json
from collections.abc import Callable
from html import escape
from pathlib import Path
from urllib.parse import parse_qs

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crawler.sample_site import SAMPLE
from crawler.snapshots import Manifest, good_runs, runs
from crawler.spiders.board_nc import BoardNc, nonce_in
from crawler.troubles import Gate, SourceTrouble
from tests.conftest import Outcome, run_diplomate
from tests.fault_server import Answer, FaultSite, fault_site
from tests.reading import read

SITE = "https://www.ncalb.com"
PAGE_ROWS = 10
NONCE = '<script>var staxx_infinite_scroll = {"nonce":"5a3b1e0042"};</script>'


def person(number: int, status: str = "Active") -> dict[str, str]:
    name = f"Quillan Featherby-{chr(65 + number // 26)}{chr(97 + number % 26)}"
    return {"h4": name, "city": "Asheville", "state": "NC", "zip": f"288{number:02}", "status": status}


def entry(row: dict[str, str], more: str = "") -> str:
    """One person as the site prints one; `h4` is the name."""
    spans = "".join(f'<span class="{name}">{escape(row.get(name, ""))}</span> ' for name in ("city", "state", "zip"))
    email = '<div class="email">quillan@example.com</div>'
    status = f'<div class="status">{escape(row["status"])}</div>' if "status" in row else ""
    return f'<div class="acupuncturist">\n\t<h4>{escape(row["h4"])}</h4><p>{spans}</p>{email}{status}{more}</div>'


def page(*entries: str, script: str = NONCE) -> bytes:
    return f"<!DOCTYPE html><html><body><h1>Directory</h1>{''.join(entries)}{script}</body></html>".encode()


def packed(*entries: str) -> Answer:
    """What the site answers a scroll with: HTML as one JSON text."""
    return Answer(json.dumps("".join(entries)).replace("/", "\\/").encode())


def board(people: int, first: Answer | None = None, **answers: Answer) -> Callable[[str, str], Answer]:
    """A board with so many people; `page_2=...` puts another answer in the place of one."""

    def answer(path: str, body: str) -> Answer:
        if not body:
            return first or Answer(page(), headers={"Content-Type": "text/html"})
        number = int(parse_qs(body)["args[paged]"][0])
        shown = [entry(person(at)) for at in range(people)][(number - 1) * PAGE_ROWS : number * PAGE_ROWS]
        return answers.get(f"page_{number}", packed(*shown))

    return answer


def crawl(data: Path, answer: Callable[[str, str], Answer], robots: bytes = b"") -> tuple[Outcome, FaultSite]:
    with fault_site(answer, robots) as site:
        mirrors = f"{SITE}={site.address}"
        return run_diplomate("crawl", "board_nc", data=data, DIPLOMATE_MIRRORS=mirrors, DIPLOMATE_DELAY="0"), site


def last(data: Path) -> Manifest:
    return runs(data, "board_nc")[-1][1]


@pytest.mark.parametrize(("people", "scrolls"), [(37, 4), (40, 5), (7, 2), (1, 2)])
def test_the_list_is_walked_to_its_end_and_no_further(tmp_path: Path, people: int, scrolls: int) -> None:
    done, site = crawl(tmp_path, board(people))
    assert done.code == 0, done.err
    assert last(tmp_path).rows == people and last(tmp_path).coverage == {"NC": True}
    assert len(site.asked) == 1 + scrolls


def test_the_people_the_page_already_shows_are_counted_once(tmp_path: Path) -> None:
    shown = [entry(person(at)) for at in range(PAGE_ROWS)]
    others = entry({**person(90), "h4": "Only On The Page Brackenthorn"})
    done, _ = crawl(tmp_path, board(25, Answer(page(*shown, others), headers={"Content-Type": "text/html"})))
    assert done.code == 0, done.err
    assert last(tmp_path).rows == 26


def test_no_email_and_no_number_is_kept(tmp_path: Path) -> None:
    crawl(tmp_path, board(12))
    records = list(good_runs(tmp_path, "board_nc")[0][0].records())
    assert {name for record in records for name in record.fields} == {"name", "city", "state", "zip", "status"}
    assert not any("@" in str(value) for record in records for value in record.fields.values())
    assert {record.partition for record in records} == {"NC"}


HTML = {"Content-Type": "text/html"}
FAULTS: dict[str, tuple[Callable[[str, str], Answer], str, str]] = {
    "a page without a code": (board(12, Answer(page(script=""), headers=HTML)), "holds no code (nonce)", "failed"),
    "the code refused": (board(12, page_1=Answer(b"-1")), "refused the code of the page (it answered -1)", "failed"),
    "no such question": (board(12, page_1=Answer(b"0")), "refused the code of the page (it answered 0)", "failed"),
    "the code refused later": (board(32, page_3=Answer(b"-1")), "it answered -1", "failed"),
    "refused by status": (board(12, page_1=Answer(b"-1", 403)), "refused us (status 403)", "blocked"),
    "refused in words": (
        board(12, page_1=Answer(b'{"success": false, "data": "no"}')),
        "refused to answer",
        "failed",
    ),
    "a challenge": (
        board(12, Answer(b"<html><title>Just a moment...</title></html>", headers=HTML)),
        "challenge instead of a list",
        "blocked",
    ),
    "nobody at all": (board(0), "shows nobody as its first page", "failed"),
    "a repeated page": (board(30, page_2=packed(*(entry(person(at)) for at in range(10)))), "same 10 rows", "failed"),
    "a cut answer": (board(30, page_2=Answer(b'"<div class=')), "is not JSON", "failed"),
    "a cut page": (board(30, Answer(page()[:120], headers=HTML)), "is cut short", "failed"),
    "another status word": (board(1, page_1=packed(entry(person(1, "Wobbly")))), "'Wobbly'", "failed"),
    "no status": (
        board(1, page_1=packed(entry({"h4": "Odo Larkmeadow"}))),
        "has no status",
        "failed",
    ),
    "no name": (board(1, page_1=packed(entry({**person(1), "h4": " "}))), "a person without a name", "failed"),
    "renamed status": (
        board(1, page_1=packed(entry(person(1)).replace('"status"', '"standing"'))),
        "has no status",
        "failed",
    ),
}


@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.everything
def test_a_fault_is_said_and_the_last_good_reading_stays(tmp_path: Path, fault: str) -> None:
    answer, sentence, result = FAULTS[fault]
    assert crawl(tmp_path, board(12))[0].code == 0
    done, _ = crawl(tmp_path, answer)
    assert done.code == 1 and sentence in done.err
    assert "Traceback" not in done.err
    assert last(tmp_path).result == result
    assert len(good_runs(tmp_path, "board_nc")) == 1


@pytest.mark.everything
def test_a_site_that_never_ends_is_left(tmp_path: Path) -> None:
    """Other people for ever: the ceiling of requests ends the run, and it does not count."""

    def endless(path: str, body: str) -> Answer:
        if not body:
            return Answer(page(), headers=HTML)
        number = int(parse_qs(body)["args[paged]"][0])
        return packed(entry({**person(1), "h4": f"Endless Brackenthorn {'I' * number}"}))

    done, site = crawl(tmp_path, endless)
    assert done.code == 1 and "requests were made" in done.err
    assert len(site.asked) <= BoardNc.request_ceiling


def test_a_part_never_seen_before_is_an_alarm_and_is_not_read(tmp_path: Path) -> None:
    more = '<div class="fax">919-555-0100</div><div class="rule"></div>'
    done, _ = crawl(tmp_path, board(1, page_1=packed(entry(person(1), more))))
    assert done.code == 1 and "a part 'fax' never seen before" in done.err
    assert good_runs(tmp_path, "board_nc")[0][1].rows == 1


@pytest.mark.parametrize(
    ("robots", "allowed"),
    [(b"User-agent: *\nDisallow: /wp-admin/\nAllow: /wp-admin/admin-ajax.php\n", True)]
    + [(b"User-agent: *\nDisallow: /wp-admin/\n", False)],
)
def test_robots_txt_decides_whether_the_list_may_be_asked(tmp_path: Path, robots: bytes, allowed: bool) -> None:
    done, site = crawl(tmp_path, board(12), robots)
    assert (done.code == 0) is allowed
    assert ("robots.txt of www.ncalb.com forbids" in done.err) is not allowed
    assert any("admin-ajax" in path for path in site.asked) is allowed


def test_a_saved_page_is_read_as_it_is(tmp_path: Path) -> None:
    saved = tmp_path / "directory.html"
    saved.write_bytes(page(*(entry(person(at)) for at in range(23)), script=""))
    done = run_diplomate("import", "board_nc", str(saved), data=tmp_path / "data")
    assert done.code == 0, done.err
    manifest = last(tmp_path / "data")
    assert manifest.rows == 23 and not manifest.complete, "a part of the roster says nothing of anybody else"


def test_a_row_without_a_number_is_never_matched_by_one(tmp_path: Path) -> None:
    """The board's word counts, the number stays empty, and no sentence speaks of a number the list cannot hold."""
    crawl(tmp_path, board(12))
    assert run_diplomate("build", data=tmp_path).code == 0
    found = json.loads(run_diplomate("check", "--state", "NC", "--license", "12", "--json", data=tmp_path).out)
    assert found["candidates"] == []
    named = json.loads(run_diplomate("check", "Quillan Featherby-Ac", "--state", "NC", "--json", data=tmp_path).out)
    licenses = named["candidates"][0]["licenses"]
    assert [(item["number"] or "", item["status"]) for item in licenses] == [("", "active")]
    assert "license  " not in json.dumps(named)


def test_the_code_of_the_lists_own_script_is_taken() -> None:
    page = (SAMPLE / "board_nc" / "directory.html").read_text()
    assert nonce_in(page) == "5a3b1e0042"
    assert nonce_in(page.replace("staxx", "other").replace("5a3b1e0042", "ffff")) == "0a0a0a0a0a"
    assert nonce_in("<p>nonce</p>") == ""


def test_two_people_of_one_name_and_place_stay_two() -> None:
    twins = [entry(person(1)), entry(person(1)), entry(person(1, "Inactive"))]
    keys = [record.source_key for record in read(BoardNc(), page(*twins))]
    assert len(set(keys)) == 2 and keys[0] == keys[1]


def test_labels_wrappers_and_other_classes_do_not_matter() -> None:
    body = (
        '<div class="card acupuncturist"><h4 class="title"><a href="#">Odalys Thornquist</a></h4><div class="place">'
        '<span class="city">Boone,</span><span class="state">NC</span><span class="zip"> 28607 </span></div>'
        '<div class="status"><b>License Status:</b> Active</div></div>'
    )
    source = BoardNc()
    fields = read(source, page(body))[0].fields
    assert fields == {"name": "Odalys Thornquist", "city": "Boone", "state": "NC", "zip": "28607", "status": "Active"}
    assert not source.alarms


@pytest.mark.parametrize("body", [b"", b'""', b"null", b"[]", b'{"success": true, "data": ""}', b'{"html": null}'])
def test_an_empty_answer_shows_nobody(body: bytes) -> None:
    assert read(BoardNc(), body) == []


def test_html_in_any_packing_is_the_same() -> None:
    html = entry(person(3))
    packings = [html, json.dumps(html), json.dumps({"success": True, "data": {"html": html}})]
    found = [[record.fields for record in read(BoardNc(), text.encode())] for text in packings]
    assert found[0] and found[0] == found[1] == found[2]


@settings(max_examples=150, deadline=None)
@given(st.binary(max_size=300) | st.text(max_size=200).map(str.encode))
def test_any_bytes_give_rows_or_a_sentence(body: bytes) -> None:
    try:
        read(BoardNc(), body)
    except SourceTrouble as trouble:
        assert str(trouble).endswith((".", ")")) or isinstance(trouble, Gate)


TEXT = st.text(st.characters(exclude_categories=("Cs", "Cc")), min_size=1, max_size=30).filter(
    lambda text: any(letter.isalnum() for letter in text)
)


@settings(max_examples=150, deadline=None)
@given(st.lists(st.fixed_dictionaries({"h4": TEXT, "city": TEXT, "zip": TEXT, "status": TEXT}), max_size=12))
def test_every_entry_gives_one_row_with_what_it_prints(rows: list[dict[str, str]]) -> None:
    records = read(BoardNc(), json.dumps("".join(map(entry, rows))).encode())
    assert len(records) == len(rows)
    for record, row in zip(records, rows, strict=True):
        assert squeezed(record.fields["name"]) == squeezed(row["h4"])


def squeezed(text: str) -> str:
    return "".join(letter for letter in text if letter.isalnum())
