"""The website through its own client: every page, file, closed door and hostile text."""

from __future__ import annotations

import asyncio
import csv
import hashlib
import io
import json
import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote, urlencode, urljoin, urlsplit
from xml.etree import ElementTree

import httpx
import pytest
from datasette.plugins import pm

from db.publish import publish
from db.site import HERE, Site, make_app, make_datasette
from db.whole_files import write_whole_files
from tests.tiny_database import BUILT_AT, publish_tiny, tiny_tables

HOSTILE = [
    "<script>alert(1)</script>",
    "\"'><img src=x onerror=alert(1)>",
    "javascript:alert(1)",
    "' OR 1=1 --",
    "x" * 10_000,
    "\u202e\u200fabc\u0000",
    "{{ 7*7 }}{% raw %}",
    "../../etc/passwd",
    "a%00b",
]
PAGES = ["/", "/find", "/check", "/check/list", "/states", "/states/WA", "/sources", "/changes", "/methods", "/data"]
# Words that would pass a verdict on a person; the last is known to occur, and proves that the search works.
FORBIDDEN = [
    "not certified",
    "unlicensed",
    "not licensed",
    "fake",
    "fraud",
    "excluded person",
    "❌",
    "✗",
    "✘",
]
OWN_SCRIPT = re.compile(r'<script defer src="/static/(?:map|leaflet/leaflet)\.js\?v=[0-9a-f]{12}"></script>')
WHOLE_FILES = r"^/data/(?P<name>[a-z_]+(\.spreadsheet)?\.(csv|json|parquet))$"
KNOWN_TO_OCCUR = "pre-check from public sources"


class Visitor:
    """Asks pages of one site, one after the other, without a network."""

    def __init__(self, path: Path) -> None:
        self.runner = asyncio.Runner()
        self.site: Site = make_datasette(path)

    def get(self, path: str) -> httpx.Response:
        return self.runner.run(self.site.client.get(path))

    def send(self, path: str, text: str, **headers: str) -> httpx.Response:
        return self.runner.run(self.site.client.post(path, data={"list": text}, headers=headers))


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Visitor]:
    visitor = Visitor(publish_tiny(tmp_path_factory.mktemp("data")))
    yield visitor
    visitor.runner.close()


@pytest.mark.parametrize("path", PAGES)
def test_every_page_says_that_it_is_a_pre_check_how_old_and_how_to_correct(site: Visitor, path: str) -> None:
    answer = site.get(path)
    assert answer.status_code == 200 and '<html lang="en">' in answer.text
    assert "not primary source verification" in answer.text
    assert "Built 2026-11-22" in answer.text and 'href="/methods#correct"' in answer.text
    assert "<script" not in answer.text and "<style" not in answer.text and " style=" not in answer.text


def test_no_link_of_the_site_is_dead_and_every_page_is_linked(site: Visitor) -> None:
    seen, waiting = {"/"}, ["/"]
    while waiting:
        path = waiting.pop(0)
        answer = site.get(path)
        assert answer.status_code in {200, 301}, path
        if "text/html" not in answer.headers.get("content-type", ""):
            continue
        for href in re.findall(r' (?:href|action|formaction)="([^"]*)"', answer.text):
            target = urljoin(path, href.replace("&amp;", "&")).partition("#")[0]
            if target.startswith("/") and target not in seen and worth_following(target):
                seen.add(target)
                waiting.append(target)
    assert {"/practitioner/p01", "/states/AL", "/diplomate/runs", "/diplomate/practitioners/p01"} <= seen
    reached = {urlsplit(target).path for target in seen}
    routes = {pattern for found in pm.hook.register_routes(datasette=site.site) for pattern, _ in found}
    not_linked = {route for route in routes if not any(re.match(route, path) for path in reached)}
    assert not_linked == {r"^/robots\.txt$", WHOLE_FILES}, "a robot asks by itself; whole files have their own test"


def worth_following(target: str) -> bool:
    """Follow everything once, but not every combination of filters, nor Datasette's own of facets."""
    path, query = urlsplit(target).path, urlsplit(target).query
    if path.startswith("/diplomate/"):
        return query in {"", "_stream=on&_size=max&_dl=1", "_size=max"}
    return query.count("=") <= 1


def test_every_fragment_of_a_practitioner_page_leads_somewhere(site: Visitor) -> None:
    methods = site.get("/methods").text
    for rule in re.findall(r'href="/methods#([^"]+)"', site.get("/practitioner/p03").text):
        assert f'id="{rule}"' in methods


def test_the_practitioner_page_shows_tags_reasons_records_and_correction(site: Visitor) -> None:
    text = site.get("/practitioner/p01").text
    for part in (
        "Listed by the certifier", "License active", "12 Example Street", "in its words: “Certified Diplomate”",
        "AC60000101", "certification listed", "license number, state and name agree", "ab" * 32,
        'href="https://lookup-wa.example/"', "Correction for practitioner p01", "Imelda Rosenkrantz",
    ):  # fmt: skip
        assert part in text, part


def test_every_record_says_why_it_was_joined_with_the_evidence_and_its_weights(site: Visitor) -> None:
    text = site.get("/practitioner/p01").text.partition('id="evidence"')[2]
    for part in (
        "Joined with", "What made the join with r-wa-p01.", "What made the join with r-nc-p01.",
        "the same license number", "+12.0", "another city", "-2.5", "a phone on one side at most", "Model 1-abc",
        'href="/methods#joined"', "99.9 of 100",
    ):  # fmt: skip
        assert part in text, part
    assert text.count("<summary>Joined with") == 2, "each link is told once"
    records = site.get("/practitioner/p01.json").json()["evidence"]
    assert sorted(link["rule"] for record in records for link in record["links"]) == ["evidence", "license"]


def test_no_page_of_a_practitioner_speaks_of_a_pair_that_was_not_joined(site: Visitor) -> None:
    for page in ("/practitioner/p02", "/practitioner/p11", "/practitioner/p11.json", "/check?npi=1999999911"):
        assert "Not enough to join" not in site.get(page).text


def test_the_methods_page_says_what_the_levels_mean_and_how_often_they_are_right(site: Visitor) -> None:
    section = site.get("/methods").text.partition('id="joined"')[2].partition("</section>")[0]
    for part in (
        "A number agrees, and a name that fits it.",
        "99.9 of 100",
        "0.99935",
        "2026-11-21",
        "250,000",
        "1-abc",
    ):
        assert part in section, part
    assert "sources: a + b" not in section and "0.99991" not in section, "the largest nation, without single pairs"


def test_the_methods_page_says_when_nothing_was_measured(tmp_path: Path) -> None:
    visitor = Visitor(publish(tiny_tables() | {"link_accuracy": []}, tmp_path, BUILT_AT))
    assert "Not measured yet" in visitor.get("/methods").text


def test_what_changed_under_an_earlier_id_stands_on_the_page(tmp_path: Path) -> None:
    tables = tiny_tables()
    tables["changes"][0]["practitioner_id"] = "p00"
    visitor = Visitor(publish(tables, tmp_path, BUILT_AT))
    assert [row["id"] for row in visitor.get("/practitioner/p01.json").json()["changes"]] == ["h1"]


def test_a_street_is_shown_only_when_the_row_has_one(site: Visitor) -> None:
    assert "Example Street" not in site.get("/practitioner/p02").text


def test_needs_review_stands_beside_the_tags_and_in_lists(site: Visitor) -> None:
    for path in (
        "/practitioner/p03",
        "/find?q=fennell",
        "/check?name=Bartholomew+O%27Fennell&license=AC60000103&state=WA",
    ):
        assert "The board shows another given name" in site.get(path).text


def test_an_exclusion_is_a_possible_match_everywhere(site: Visitor) -> None:
    for path in ("/practitioner/p06", "/check?npi=1999999906"):
        text = site.get(path).text
        assert "Possible match on the federal exclusion list" in text
        assert 'href="https://exclusions.oig.hhs.gov/"' in text


def test_the_practitioner_page_shows_the_age_of_an_exclusion(site: Visitor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("db.ages.now", lambda: BUILT_AT)
    section = site.get("/practitioner/p06").text.partition('aria-labelledby="exclusion"')[2].partition("</section>")[0]
    assert "2 days ago" in section and "Verify it at" in section and "exclusions.oig.hhs.gov" in section


@pytest.mark.parametrize("question", ["name=Peregrine+Yamanote", "state=WA&license=60000106", "npi=1999999906&name=Xi"])
def test_check_shows_no_discipline_and_no_exclusion_below_confirmed(site: Visitor, question: str) -> None:
    card = site.get(f"/check?{question}").text.partition('class="answer"')[2].partition("</article>")[0].casefold()
    assert "peregrine yamanote" in card and "no evidence found" in card
    assert [word for word in ("suspend", "exclu", "board order") if word in card] == []
    assert "license details are shown when" in card and card.count('href="/practitioner/p06"') == 2


def test_every_snapshot_of_a_record_is_named(site: Visitor) -> None:
    assert f"also read from <code>{'cd' * 32}</code>" in site.get("/practitioner/p01").text
    document = site.get("/practitioner/p01.json").json()
    assert ["cd" * 32] in [record["other_sha256"] for record in document["evidence"]]
    assert "withheld" not in document


def test_no_robots_file_names_a_sitemap_that_is_not_there(site: Visitor) -> None:
    assert site.get("/sitemap.xml").status_code == 404
    assert "sitemap" not in site.get("/robots.txt").text.casefold()


def test_an_old_id_leads_to_the_new_one(site: Visitor) -> None:
    for ending in ("", ".json", ".vcf"):
        answer = site.get(f"/practitioner/p00{ending}")
        assert answer.status_code == 301 and answer.headers["location"] == f"/practitioner/p01{ending}"
        assert answer.headers["cache-control"] == "max-age=60", "a merge can be taken back"


def test_a_chain_of_old_ids_ends_and_an_id_that_is_gone_says_so(tmp_path: Path) -> None:
    tables = tiny_tables()
    led = {"q1": "q2", "q2": "q3", "q3": "p01", "lost": "gone", "round": "turn", "turn": "round"}
    tables["redirects"] += [{"old_id": old, "new_id": new} for old, new in led.items()]
    visitor = Visitor(publish(tables, tmp_path, BUILT_AT))
    assert visitor.get("/practitioner/q1.json").headers["location"] == "/practitioner/p01.json"
    for nobody in ("lost", "round"):
        assert visitor.get(f"/practitioner/{nobody}").status_code == 404


def test_an_unknown_id_says_what_to_do(site: Visitor) -> None:
    answer = site.get("/practitioner/nobody")
    assert answer.status_code == 404 and 'href="/check"' in answer.text
    assert site.get("/practitioner/nobody.json").json()["status"] == 404


def test_only_web_addresses_become_links(site: Visitor) -> None:
    text = site.get("/practitioner/p03").text
    assert "javascript:alert(1)" in text and 'href="javascript:' not in text
    assert 'href="https://clinic.example/"' in site.get("/practitioner/p01").text


def test_files_of_a_practitioner(site: Visitor) -> None:
    document = site.get("/practitioner/p01.json").json()
    assert document["practitioner"]["zip"] == "98101" and len(document["evidence"]) == 3
    assert "name_key" not in document["practitioner"]
    card = site.get("/practitioner/p01.vcf")
    assert card.headers["content-type"].startswith("text/vcard") and card.text.startswith("BEGIN:VCARD\r\n")
    assert all(len(line) <= 75 for line in card.text.split("\r\n"))


def test_find_files_are_whole_and_take_the_same_words(site: Visitor) -> None:
    rows = list(csv.DictReader(io.StringIO(site.get("/find.csv").text)))
    assert len(rows) == 12 and {row["zip"] for row in rows} >= {"98101"}
    assert site.get("/find.json?state=WA&certification=listed").json()["total"] == 2
    places = site.get("/find.geojson?near=98402&miles=5").json()
    assert [feature["id"] for feature in places["features"]] == ["p05", "p03"]
    assert places["features"][0]["geometry"]["coordinates"] == [-122.4432, 47.2535]


def test_csv_is_safe_for_spreadsheets_unless_raw(tmp_path: Path) -> None:
    tables = tiny_tables()
    tables["practitioners"][0]["clinic"] = "=1+1"
    visitor = Visitor(publish(tables, tmp_path, BUILT_AT))
    assert "'=1+1" in visitor.get("/find.csv").text
    assert ",=1+1" in visitor.get("/find.csv?raw=1").text and "'=1+1" not in visitor.get("/find.csv?raw=1").text


def test_check_answers_as_page_and_json_and_no_cache_keeps_names(site: Visitor) -> None:
    page = site.get("/check?name=Orsolya+Thistlewood&state=WA")
    assert "Implied by the license" in page.text and "no-store" in page.headers["cache-control"]
    document = site.get("/check.json?name=Orsolya+Thistlewood&state=WA").json()
    assert document["outcome"] == "found" and document["candidates"][0]["id"] == "p05"


def test_a_question_that_cannot_be_asked_is_400_with_a_sentence(site: Visitor) -> None:
    assert site.get("/check?license=12").status_code == 400
    assert "needs its state" in site.get("/check.json?license=12").json()["error"]
    assert site.get("/changes.json?since=soon").status_code == 400


LIST = "Peregrine Yamanote, WA\nWA AC60000101\n???\n<script>alert(1)</script>\n=1+1 Nobody, OR"


def test_a_pasted_list_is_answered_line_by_line(site: Visitor) -> None:
    answer = site.send("/check/list", LIST)
    assert answer.status_code == 200 and answer.text.count("<tr>") == 6
    assert "/practitioner/p06" in answer.text and "line 3: it has no name" in answer.text
    assert "<script>alert" not in answer.text and "no-store" in answer.headers["cache-control"]
    assert "suspended" not in answer.text.lower()  # p06 is, but a name alone confirms nobody


def test_a_pasted_list_as_csv_is_safe_and_whole(site: Visitor) -> None:
    answer = site.send("/check/list.csv", LIST)
    rows = list(csv.DictReader(io.StringIO(answer.text.removeprefix("\ufeff"))))
    assert [row["asked"][:5] for row in rows] == ["Pereg", "WA AC", "???", "<scri", "'=1+1"]
    assert rows[1]["diplomate_practitioner_id"] == "p01" and rows[2]["diplomate_outcome"] == "not_readable"
    assert "no-store" in answer.headers["cache-control"]


def test_a_list_that_is_too_long_or_comes_from_elsewhere_is_refused(site: Visitor) -> None:
    assert site.send("/check/list", "x" * 70_000).status_code == 413
    for text, said in ((" \n ", "nothing was pasted"), ("Jane Nobody\n" * 201, "201 people were pasted")):
        refused = site.send("/check/list.csv", text)
        assert refused.status_code == 400 and said in refused.text and "text/html" in refused.headers["content-type"]
    assert site.send("/check/list", "x", **{"sec-fetch-site": "cross-site"}).status_code == 403
    assert site.send("/check/list", "x", origin="https://evil.example").status_code == 403
    assert site.send("/check", "x").status_code == 405
    assert "nobody to check" in site.send("/check/list", " \n ").text


def test_whole_files_have_their_rows_and_hashes(tmp_path: Path) -> None:
    path = publish(tiny_tables(), tmp_path, BUILT_AT, beside=write_whole_files)
    visitor = Visitor(path)
    manifest = visitor.get("/data/manifest.json").json()
    for file in manifest["files"]:
        answer = visitor.get(f"/data/{file['name']}")
        assert hashlib.sha256(answer.content).hexdigest() == file["sha256"] and len(answer.content) == file["bytes"]
    people = visitor.get("/data/practitioners.csv")
    assert (
        len(list(csv.reader(io.StringIO(people.text)))) == 13
        and len(visitor.get("/data/practitioners.json").json()) == 12
    )
    shown = visitor.get("/data").text
    assert "practitioners.parquet" in shown and manifest["files"][0]["sha256"][:16] in shown
    for name in ("nothing.csv", "manifest.csv", "..%2fcurrent", "practitioners.db"):
        assert visitor.get(f"/data/{name}").status_code in {302, 404}, name  # a slash that is written leads back
    visitor.runner.close()


def test_the_site_works_where_whole_files_were_not_made(site: Visitor) -> None:
    assert "Whole files" not in site.get("/data").text and site.get("/data/practitioners.csv").status_code == 404


def test_changes_as_feed(site: Visitor) -> None:
    feed = ElementTree.fromstring(site.get("/changes.atom").text)
    assert len(feed.findall("{http://www.w3.org/2005/Atom}entry")) == 3
    assert site.get("/changes.json?state=WA").json()["total"] == 1


def test_status_names_the_troubled_sources(site: Visitor) -> None:
    document = site.get("/-/status.json").json()
    assert document["ok"] is False and "board_or" in document["troubled_sources"]
    assert document["practitioners"] == 12 and document["built_at"] == "2026-11-22T12:00:00Z"


def test_ages_warn_and_grow_stale(site: Visitor, monkeypatch: pytest.MonkeyPatch) -> None:
    from datetime import timedelta

    for days, words in ((3, "5 days ago"), (40, "more than 30 days old"), (120, "stale")):
        monkeypatch.setattr("db.ages.now", lambda days=days: BUILT_AT + timedelta(days=days))
        assert words in site.get("/practitioner/p01").text


@pytest.mark.parametrize(
    "path",
    [
        "databases", "databases.json", "metadata", "metadata.json", "settings", "settings.json", "config",
        "config.json", "threads", "threads.json", "versions", "versions.json", "plugins", "plugins.json", "actor.json",
        "permissions", "messages", "patterns", "allow-debug", "auth-token", "logout", "databases/", "databases.json/",
    ],
)  # fmt: skip
def test_closed_doors_are_404(site: Visitor, path: str) -> None:
    assert site.get(f"/-/{path}").status_code == 404


@pytest.mark.parametrize(
    "path",
    [
        "/diplomate?sql=select+1",
        "/diplomate.db",
        "/_internal",
        "/diplomate/practitioners?_where=1=1",
        "/_memory",
    ],
)
def test_no_sql_and_no_download(site: Visitor, path: str) -> None:
    assert site.get(path).status_code in {400, 403, 404}


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/nope",
        "/diplomate/practitioners",
        "/find.csv",
        "/static/site.css",
        "/-/databases",
        "/check?license=1",
    ],
)
def test_headers_stand_on_every_answer(site: Visitor, path: str) -> None:
    headers = site.get(path).headers
    assert "unsafe-inline" not in headers["content-security-policy"]
    assert "frame-ancestors 'none'" in headers["content-security-policy"]
    assert headers["x-content-type-options"] == "nosniff" and headers["x-robots-tag"] == "noindex"
    assert headers["referrer-policy"] == "same-origin"


def test_the_site_can_only_be_read(site: Visitor) -> None:
    answer = site.runner.run(site.site.client.post("/diplomate/practitioners", data={"a": "b"}))
    assert answer.status_code == 405


def test_a_visitor_sets_no_cache_time(site: Visitor) -> None:
    assert "31536000" not in site.get("/diplomate/practitioners?_ttl=31536000").headers["cache-control"]


def test_errors_are_our_own_page_without_a_traceback(site: Visitor) -> None:
    for path in ("/nope", "/diplomate/nope", "/diplomate/practitioners?_sort=nope", "/states/ZZ"):
        answer = site.get(path)
        assert answer.status_code in {400, 404} and "site-header" in answer.text, path
        assert "Traceback" not in answer.text and "sqlite3" not in answer.text and str(HERE) not in answer.text
    assert site.get("/diplomate/nope.json").json()["ok"] is False


def test_datasettes_own_pages_still_work(site: Visitor) -> None:
    page = site.get("/diplomate/practitioners?state=WA&_facet=city&_search=imelda").text
    assert "2 rows" in page and "Spokane" in page and "What the columns mean" in page
    assert len(site.get("/diplomate/tags.csv?_stream=on&_size=max").text.splitlines()) == 25
    assert len(site.get("/diplomate/states_by_coverage.json?_shape=array").json()) == 5
    assert "The page of this practitioner" in site.get("/diplomate/practitioners/p01").text


def test_every_ready_question_runs(site: Visitor) -> None:
    for name in site.site.metadata("databases")["diplomate"]["queries"]:
        answer = site.get(f"/diplomate/{name}.json")
        assert answer.status_code == 200 and answer.json()["error"] is None, name


def addresses(text: str) -> list[str]:
    names = ("q", "near", "miles", "certification", "condition", "state", "page")
    return [
        *(f"/find?{urlencode({name: text})}" for name in names),
        f"/find.csv?{urlencode({'q': text})}",
        f"/find.json?{urlencode({'near': text})}",
        *(f"/check?{urlencode({name: text})}" for name in ("name", "license", "npi", "state")),
        f"/check.json?{urlencode({'name': text, 'state': 'WA'})}",
        f"/check?{urlencode({'name': text, 'license': text, 'state': 'WA'})}",
        f"/changes?{urlencode({'since': text})}",
        f"/changes?{urlencode({'state': text})}",
        f"/practitioner/{quote(text, safe='')}",
        f"/practitioner/{quote(text, safe='')}.json",
        f"/states/{quote(text, safe='')}",
        f"/diplomate/practitioners?{urlencode({'_search': text})}",
        f"/diplomate/practitioners?{urlencode({'city': text})}",
    ]


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_hostile_text_in_every_address(site: Visitor, text: str) -> None:
    for path in addresses(text):
        answer = site.get(path)
        assert answer.status_code in {200, 302, 400, 404}, path[:200]
        assert_harmless(answer)


def assert_harmless(answer: httpx.Response) -> None:
    if "text/html" not in answer.headers.get("content-type", ""):
        return
    text = OWN_SCRIPT.sub("", answer.text)
    for bad in ("<script", "<img", "onerror=alert(1)>", 'href="javascript:', ">49<"):
        assert bad not in text, bad


def verdicts(text: str, words: list[str]) -> list[str]:
    return [word for word in words if word in text.casefold()]


def test_no_page_and_no_source_text_passes_a_verdict(site: Visitor) -> None:
    files = [path for path in HERE.rglob("*") if path.suffix in {".html", ".py"}]
    texts = {str(path): path.read_text(encoding="utf-8") for path in files}
    asked = [f"/check?name={name}&state=" for name in ("Jane+Nobody", "Orsolya+Thistlewood")]
    pages = [
        *PAGES,
        *(f"/practitioner/p{n:02}" for n in range(1, 13)),
        *(a + s for a in asked for s in ("WA", "OR", "CA", "AL", "")),
    ]
    texts |= {path: site.get(path).text for path in pages}
    texts["metadata.json"] = json.dumps(site.site.metadata(), ensure_ascii=False)
    assert {name: found for name, text in texts.items() if (found := verdicts(text, FORBIDDEN))} == {}
    assert all(verdicts(texts[path], [KNOWN_TO_OCCUR]) for path in pages), "the search itself is broken"


def test_a_missing_file_is_said(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match="no published database"):
        make_app(tmp_path / "current")


def test_a_ready_question_as_csv_is_whole_where_its_page_is_not(site: Visitor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(site.site, "max_returned_rows", 3)
    page, short = site.get("/diplomate/states_by_coverage").text, site.get("/diplomate/states_by_coverage.json").json()
    assert short["truncated"] and len(short["rows"]) == 3 and "The CSV holds all of them" in page
    for address in ("states_by_coverage.csv", "states_by_coverage.csv?_size=2&raw=1"):
        assert len(list(csv.DictReader(io.StringIO(site.get(f"/diplomate/{address}").text)))) == 5
    assert site.get("/diplomate/no_such_question.csv").status_code == 404


def test_a_boards_own_count_stands_beside_what_was_read(tmp_path: Path) -> None:
    count = {
        "state": "WA",
        "active": 1234,
        "as_of": "2024-12-31",
        "basis": "Annual report",
        "source": "https://b.example/",
    }
    visitor = Visitor(publish(tiny_tables() | {"board_counts": [count]}, tmp_path, BUILT_AT))
    page = " ".join(visitor.get("/states").text.split())
    assert re.search(
        r'\d active of \d+ read; the board counts <a href="https://b.example/"[^>]*>1,234 active</a>', page
    )
    assert "(2024-12-31, " in page and "Annual report" in visitor.get("/states/WA").text
    visitor.runner.close()


def test_nothing_is_offered_to_search_engines_unless_the_operator_chooses(
    site: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    paths = ("/", "/practitioner/p01", "/states/WA", "/methods", "/find?q=a", "/check", "/practitioner/p01.json")
    never = ("/find?q=a", "/check", "/practitioner/p01.json", "/diplomate/practitioners", "/find.csv")
    assert all(site.get(path).headers["x-robots-tag"] == "noindex" for path in (*paths, *never))
    monkeypatch.setenv("DIPLOMATE_INDEX", "1")
    assert [path for path in paths if "x-robots-tag" not in site.get(path).headers] == list(paths[:4])
    assert all(site.get(path).headers["x-robots-tag"] == "noindex" for path in never)


@pytest.mark.parametrize(
    ("path", "open_"),
    [
        *((path, True) for path in ("/", "/find", "/practitioner/p01", "/states/WA", "/methods")),
        *((path, False) for path in ("/find?q=a", "/find.csv", "/check?name=a", "/diplomate/tags?_sort=value")),
        *((path, False) for path in ("/changes?state=WA", "/changes.atom", "/practitioner/p01.vcf", "/data/a.parquet")),
    ],
)
def test_robots_read_pages_and_no_filters_nor_files(site: Visitor, path: str, open_: bool) -> None:
    """A crawler must be able to read a page to see its noindex."""
    rules = [line.removeprefix("Disallow: ") for line in site.get("/robots.txt").text.splitlines()[1:] if line]
    patterns = [re.compile(re.escape(rule).replace(r"\*", ".*")) for rule in rules]
    assert (not any(pattern.match(path) for pattern in patterns)) is open_


def test_check_tells_what_was_shown_on_a_day(site: Visitor) -> None:
    asked = "/check?name=Orsolya+Thistlewood&state=WA"
    answer = site.get(f"{asked}&as_of=2026-11-22")
    assert answer.status_code == 200 and 'value="2026-11-22"' in answer.text
    assert "on 2026-11-22" in answer.text.partition('class="answer"')[2]
    assert site.get(f"{asked.replace('/check', '/check.json')}&as_of=2026-11-22").json()["shown_on"] == "2026-11-22"
    assert site.get(f"{asked}&as_of=soon").status_code == 400
    assert "has not come yet" in site.get(f"{asked}&as_of=2999-01-01").text


def test_where_nobody_matches_near_a_place_everybody_there_is_offered(site: Visitor) -> None:
    page = site.get("/find?q=&near=98402&language=Finnish").text
    assert 'href="/find?near=98402"' in page and "Everybody near" in page


def test_the_page_of_a_practitioner_says_how_to_be_corrected_or_taken_off(site: Visitor) -> None:
    page = site.get("/practitioner/p05").text
    assert page.count('href="#correct"') == 2 and "taken off, from history and exports too" in page


@pytest.mark.parametrize(("level", "shown"), [("confirmed", True), ("probable", False)])
def test_a_list_speaks_of_discipline_only_from_a_confirmed_record(tmp_path: Path, level: str, shown: bool) -> None:
    tables = tiny_tables()
    for row in tables["records"]:
        row["match_level"] = level if row["id"] == "r-wa-p06" else row["match_level"]
    visitor = Visitor(publish(tables, tmp_path, BUILT_AT))
    person = visitor.get("/find?q=Yamanote").text.partition('<ol class="people">')[2].partition("</ol>")[0]
    assert ("License suspended" in person) is shown and ("stands on the practitioner" in person) is not shown
    visitor.runner.close()


def test_counts_of_a_table_are_read_once_and_stay_right(site: Visitor) -> None:
    database = site.site.get_database("diplomate")
    pages = [site.get(f"/diplomate/practitioners?state={state}&_facet=city").text for state in ("WA", "OR", "WA")]
    kept = len(database.answers)
    assert pages[0] == pages[2] != pages[1] and kept > 0
    site.get("/diplomate/practitioners?state=WA&_facet=city&_size=1")
    assert len(database.answers) == kept, "no row is kept, and nothing was asked anew"


def test_a_place_that_is_not_understood_is_refused_as_a_page_and_as_a_file(site: Visitor) -> None:
    shown = site.get("/find?near=Seatle&condition=insomnia")
    assert shown.status_code == 400 and "nobody is shown" in shown.text and "/practitioner/" not in shown.text
    assert 'href="/find?near=Seattle%2C+WA&amp;condition=insomnia">Seattle, WA</a>?' in shown.text
    for kind in ("csv", "json", "geojson"):
        refused = site.get(f"/find.{kind}?near=Seatle")
        assert refused.status_code == 400 and "was not understood" in refused.json()["error"]


def test_nobody_found_offers_the_search_without_the_words_that_were_not_understood(site: Visitor) -> None:
    shown = site.get("/find?q=insomnia+wobbleton+98402").text
    assert "Nobody found" in shown and "0 practitioners" not in shown
    assert '<a href="/find?near=98402&amp;q=insomnia">search without these words</a>' in shown


def test_a_number_in_the_box_leads_to_its_check(site: Visitor) -> None:
    assert 'href="/check?license=AC60000105"' in site.get("/find?q=AC60000105").text


def test_what_another_issuer_certifies_stands_beside_the_tags(tmp_path: Path) -> None:
    tables = tiny_tables()
    held = next(row for row in tables["certifications"] if row["practitioner_id"] == "p01")
    other = {"id": "c-other", "issuer": "ABMA", "designation": "Diplomate", "status": "claimed", "printed": "DABMA"}
    tables["certifications"].append(held | other)
    visitor = Visitor(publish(tables, tmp_path, BUILT_AT))
    page = visitor.get("/practitioner/p01").text
    above = page.partition('id="verify"')[0]
    assert "Another certification · ABMA" in above and "“DABMA”" in above and "Ask ABMA whether it is current" in above
    assert "Another certification" not in visitor.get("/practitioner/p02").text
    visitor.runner.close()


def test_a_physician_is_sent_to_those_who_license_physicians(tmp_path: Path) -> None:
    tables = tiny_tables()
    for row in tables["practitioners"]:
        row["kind"] = "physician" if row["id"] == "p11" else row["kind"]
    visitor = Visitor(publish(tables, tmp_path, BUILT_AT))
    verify = visitor.get("/practitioner/p11").text.partition('id="verify"')[2].partition("</section>")[0]
    assert "https://www.docinfo.org/" in verify and "lookup-wa.example" not in verify
    acupuncturist = visitor.get("/practitioner/p05").text.partition('id="verify"')[2].partition("</section>")[0]
    assert "docinfo.org" not in acupuncturist and "lookup-wa.example" in acupuncturist
    visitor.runner.close()


def test_a_generation_stands_once_behind_the_name(tmp_path: Path) -> None:
    tables = tiny_tables()
    meant = next(row for row in tables["practitioners"] if row["id"] == "p05")
    meant.update(name="Orson Thistlewood III", suffix_text="III")
    visitor = Visitor(publish(tables, tmp_path, BUILT_AT))
    for path in ("/practitioner/p05", "/find?q=Orson+Thistlewood"):
        assert ">Orson Thistlewood III<" in visitor.get(path).text.replace("</a>", "<")
        assert '<span class="suffix">III' not in visitor.get(path).text
    visitor.runner.close()


def test_queries_lead_to_people_and_count_no_board_that_is_not_read(site: Visitor) -> None:
    assert '<a href="/practitioner/p04">p04</a>' in site.get("/diplomate/lapsed_listings").text
    rows = site.get("/diplomate/active_diplomates_by_state.json?_shape=array").json()
    known = {row["state"]: row["with_active_license"] for row in rows}
    read = {row["code"] for row in site.get("/diplomate/states.json?_shape=array&coverage=covered").json()}
    assert known and all((count is not None) == (state in read) for state, count in known.items())
