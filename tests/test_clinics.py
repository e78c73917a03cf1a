"""Clinics' web sites: where reading begins, which pages are asked, and what a stranger's site can do to the run."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from crawler.records import Record
from crawler.snapshots import Manifest, Run, good_runs, runs, utc_now
from crawler.web_sites import MOST_REQUESTS
from pipeline.gather import current_records
from pipeline.web_records import people_of_site
from tests.conftest import Outcome, run_diplomate
from tests.fault_server import Answer, FaultSite, fault_site

HTML = {"Content-Type": "text/html; charset=utf-8"}
WORDS = "We treat sciatica and offer acupuncture and cupping in a quiet house near the lake, every day of the week."
PAGES = "about our-team conditions services insurance faq blog contact patient-portal"
Site = Callable[[str, str], Answer]


def html(body: str, title: str = "Lantern") -> Answer:
    return Answer(f"<html><head><title>{title}</title></head><body>{body}</body></html>".encode(), headers=HTML)


def clinic(path: str, body: str) -> Answer:
    """A clinic's site of ten pages."""
    links = "".join(f'<a href="/{name}/">{name}</a>' for name in PAGES.split())
    return html(f"<h1>Odalys Winterhalter, L.Ac.</h1><p>{WORDS} {path}</p>{links}")


def always(answer: Answer) -> Site:
    return lambda path, body: answer


def only_home(then: Answer) -> Site:
    return lambda path, body: clinic(path, body) if path == "/" else then


def name_websites(data: Path, websites: Mapping[str, str]) -> None:
    """A good run of another source whose records name these websites (website -> state)."""
    run = Run.create(data, "ncbahm")
    records = [
        Record("ncbahm", str(key), "u", "s", utc_now(), "", state, {"name": "Odalys Winterhalter", "website": website})
        for key, (website, state) in enumerate(websites.items())
    ]
    (run.folder / "records.jsonl").write_text("".join(record.to_line() + "\n" for record in records))
    now = utc_now()
    run.finish(Manifest("ncbahm", run.name, "crawl", now, now, now, now, "good", len(records), coverage={"WA": True}))


@dataclass
class Crawled:
    """What a crawl of several sites did."""

    outcome: Outcome
    manifest: Manifest
    run: Run
    sites: dict[str, FaultSite]

    def pages_of(self, name: str) -> list[str]:
        return sorted(record.url for record in self.run.records() if record.partition == f"{name}.example")


@contextmanager
def served(
    sites: Mapping[str, Site], robots: Mapping[str, bytes | Answer]
) -> Iterator[tuple[dict[str, FaultSite], str]]:
    """The sites as NAME.example, and the mirror pairs that lead there."""
    with ExitStack() as stack:
        found = {name: stack.enter_context(fault_site(site, robots.get(name, b""))) for name, site in sites.items()}
        pairs = [f"https://{name}.example={site.address}" for name, site in found.items()]
        yield found, ",".join([*pairs, "https://silent.example=http://127.0.0.1:9"])


def crawl(data: Path, sites: Mapping[str, Site], robots: Mapping[str, bytes | Answer] | None = None) -> Crawled:
    with served(sites, robots or {}) as (found, mirrors):
        done = run_diplomate("crawl", "clinics", data=data, DIPLOMATE_MIRRORS=mirrors, DIPLOMATE_DELAY="0")
    run, manifest = runs(data, "clinics")[-1]
    return Crawled(done, manifest, run, found)


HOME = "https://lantern.example/"
FORBIDDEN = b"User-agent: *\nDisallow: /\n"
FAULTY: dict[str, tuple[Site, str]] = {
    "gone": (always(Answer(b"no", 404, HTML)), "sites without a page to read"),
    "moved": (always(Answer(b"", 302, HTML | {"Location": "https://casino.example/"})), "moved to another site"),
    "refreshed": (
        always(html("<meta http-equiv='refresh' content='0; url=https://casino.example/'>")),
        "moved to another",
    ),
    "loop": (lambda path, body: Answer(b"", 302, HTML | {"Location": f"{path}a"}), "pages that only lead elsewhere"),
    "challenged": (always(Answer(b"", 403, HTML | {"cf-mitigated": "challenge"})), "refused or behind a gate"),
    "waiting": (always(html("<script></script>", "Just a moment...")), "refused or behind a gate"),
    "signin": (always(html("<form><input type='password'></form><p>Log in</p>")), "refused or behind a gate"),
    "leaflet": (always(Answer(b"%PDF-1.4", 200, {"Content-Type": "application/pdf"})), "pages that are not HTML"),
    "huge": (always(Answer(b"<p>" + b"x" * 3_000_000, 200, HTML)), "too large"),
    "busy": (always(Answer(b"", 503, HTML)), "no answer"),
    "cut": (always(Answer(b"<p>" + b"x" * 5000, 200, HTML, cut=100)), "no answer"),
    "script": (always(html("<div id='root'></div><script src='a.js'></script>")), "pages that need JavaScript"),
    "parked": (always(html("<p>This domain is for sale!</p>")), "parked names"),
    "forbidden": (clinic, "robots.txt forbids it"),
    "unsure": (clinic, "no answer"),
}


@pytest.fixture(scope="module")
def faulty(tmp_path_factory: pytest.TempPathFactory) -> Crawled:
    """One crawl of a good site, fifteen bad ones, one of odd bytes and one that is not there."""
    data = tmp_path_factory.mktemp("faulty")
    sites = {name: site for name, (site, _) in FAULTY.items()}
    sites |= {"good": clinic, "odd": always(Answer(b"\x00\xff\xfe<p>\x00" + "针灸".encode() * 90 + b"\xff", 200, HTML))}
    name_websites(data, {f"www.{name}.example": "WA" for name in [*sites, "silent"]})
    return crawl(data, sites, {"forbidden": FORBIDDEN, "unsure": Answer(b"", 503)})


def test_bad_sites_are_counted_and_never_fail_the_run(faulty: Crawled) -> None:
    assert faulty.outcome.code == 0, faulty.outcome.err
    assert faulty.manifest.result == "good" and not faulty.manifest.troubles
    assert len(faulty.pages_of("good")) == MOST_REQUESTS and faulty.pages_of("odd")


@pytest.mark.parametrize("name", FAULTY)
def test_each_fault_is_counted_under_its_reason(faulty: Crawled, name: str) -> None:
    assert any(FAULTY[name][1] in reason for reason in faulty.manifest.counts), sorted(faulty.manifest.counts)
    assert not faulty.pages_of(name)


def test_no_site_is_asked_more_than_a_handful_and_robots_once(faulty: Crawled) -> None:
    for name, site in faulty.sites.items():
        assert len(site.asked) <= MOST_REQUESTS, name
        assert len(set(site.asked)) == len(site.asked) or name in ("busy", "cut"), name
        assert len(site.robots_asked) == (2 if name == "unsure" else 1), name
    assert faulty.sites["forbidden"].asked == [] and faulty.sites["unsure"].asked == []


def test_pages_that_say_who_practices_come_first_and_stories_never(faulty: Crawled) -> None:
    asked = faulty.sites["good"].asked
    assert asked[:3] == ["/", "/our-team/", "/about/"]
    assert set(asked[3:]) == {"/conditions/", "/services/", "/insurance/"}


def test_only_sites_walked_to_their_end_count_as_read(faulty: Crawled) -> None:
    sites = {part for part, whole in faulty.manifest.coverage.items() if whole and "." in part}
    assert sites == {"good.example", "odd.example"}
    assert {"WA", "FL", "DC"} <= set(faulty.manifest.coverage)


def test_a_site_that_fails_today_keeps_its_pages_and_one_that_shrank_forgets_them(tmp_path: Path) -> None:
    name_websites(tmp_path, {"lantern.example": "WA", "copper.example": "WA"})
    assert crawl(tmp_path, {"lantern": clinic, "copper": clinic}).outcome.code == 0
    later = crawl(tmp_path, {"lantern": only_home(Answer(b"", 404, HTML)), "copper": always(Answer(b"", 500, HTML))})
    assert later.manifest.result == "good", later.manifest.troubles
    today, _ = current_records("clinics", good_runs(tmp_path, "clinics"))
    pages = {site: sum(record.partition == site for record in today) for site in ("lantern.example", "copper.example")}
    assert pages == {"lantern.example": 1, "copper.example": MOST_REQUESTS}


def test_pages_robots_txt_forbids_are_passed_over(tmp_path: Path) -> None:
    name_websites(tmp_path, {HOME: "WA"})
    done = crawl(tmp_path, {"lantern": clinic}, {"lantern": b"User-agent: *\nDisallow: /our-team/\n"})
    assert "/our-team/" not in done.sites["lantern"].asked and f"{HOME}about/" in done.pages_of("lantern")
    assert done.manifest.counts["pages not read: robots.txt forbids it"] == 1


def test_a_redirect_within_the_owners_names_is_followed(tmp_path: Path) -> None:
    sites = {"lantern": always(Answer(b"", 301, {"Location": "https://www.lantern.example/"})), "www.lantern": clinic}
    name_websites(tmp_path, {"https://lantern.example": "WA"})
    done = crawl(tmp_path, sites)
    assert "https://www.lantern.example/our-team/" in done.pages_of("lantern")
    assert done.sites["lantern"].asked == ["/"] and len(done.sites["www.lantern"].asked) == MOST_REQUESTS - 1


def test_a_printed_page_that_is_gone_leads_to_the_root(tmp_path: Path) -> None:
    name_websites(tmp_path, {"https://lantern.example/old/odalys": "WA"})
    gone = Answer(b"", 404, HTML)
    done = crawl(tmp_path, {"lantern": lambda path, body: gone if "old" in path else clinic(path, body)})
    assert done.sites["lantern"].asked[:3] == ["/old/odalys", "/", "/our-team/"]


def test_a_sitemap_is_read_where_the_links_lead_to_nobody(tmp_path: Path) -> None:
    listed = "".join(
        f"<url><loc>https://lantern.example/{path}</loc></url>" for path in ("", "blog/x", "odalys/about-me")
    )
    answers = {
        "/": html(f"<p>{WORDS}</p>"),
        "/map.xml": Answer(f"<urlset>{listed}</urlset>".encode(), headers={"Content-Type": "application/xml"}),
        "/odalys/about-me": html(f"<h1>Odalys Winterhalter, L.Ac.</h1><p>{WORDS}</p>"),
    }
    name_websites(tmp_path, {HOME: "WA"})
    robots = {"lantern": b"User-agent: *\nAllow: /\nSitemap: https://lantern.example/map.xml\n"}
    done = crawl(tmp_path, {"lantern": lambda path, body: answers.get(path, Answer(b"", 404, HTML))}, robots)
    assert done.sites["lantern"].asked == ["/", "/map.xml", "/odalys/about-me"]


def test_a_replay_reads_the_same_pages_without_network_whatever_others_say_today(tmp_path: Path) -> None:
    name_websites(tmp_path, {HOME: "WA", "https://silent.example": "WA"})
    first = crawl(tmp_path, {"lantern": clinic})
    name_websites(tmp_path, {"https://another.example": "WA"})
    done = run_diplomate("crawl", "clinics", "--replay", data=tmp_path)
    assert done.code == 0, done.err
    again, _ = runs(tmp_path, "clinics")[-1]
    assert again.name != first.run.name
    assert [record.to_line() for record in again.records()] == [record.to_line() for record in first.run.records()]


def test_without_a_website_in_any_record_the_run_says_so(tmp_path: Path) -> None:
    name_websites(tmp_path, {"https://www.facebook.com/lantern": "WA"})
    done = run_diplomate("crawl", "clinics", data=tmp_path)
    assert done.code == 1 and "no record names a clinic's web site" in done.err
    assert "Traceback" not in done.err


def test_a_saved_page_knows_its_address_or_is_refused(tmp_path: Path) -> None:
    body = f"<h1>Odalys Winterhalter, L.Ac.</h1><p>{WORDS}</p>"
    comment, canonical, none = (tmp_path / name for name in ("a.html", "b.html", "c.html"))
    comment.write_text(f"<!-- saved from url=(0029)https://lantern.example/team -->{body}")
    canonical.write_text(f"<link rel='canonical' href='https://copper.example/about'>{body}")
    none.write_text(body)
    done = run_diplomate("import", "clinics", str(comment), str(canonical), data=tmp_path / "data")
    assert done.code == 0, done.err
    run, _ = runs(tmp_path / "data", "clinics")[-1]
    assert {record.url for record in run.records()} == {"https://lantern.example/team", "https://copper.example/about"}
    refused = run_diplomate("import", "clinics", str(none), data=tmp_path / "data")
    assert refused.code == 1 and "does not say which page it is" in refused.err


REAL = {
    "/": "fl_hpa_home_en.html",
    "/sitemap.xml": "fl_hpa_sitemap.xml",
    "/en/clinics/leis-acupuncture/": "fl_hpa_leis-acupuncture_en.html",
}
DRAGON = {
    "/": "fl_dragonphoenix_home.html",
    "/physicians/index.html": "fl_dragonphoenix_physicians.html",
    "/faqs/index.html": "fl_dragonphoenix_faqs.html",
}


def files(folder: Path, names: Mapping[str, str]) -> Site:
    def answer(path: str, body: str) -> Answer:
        if path not in names:
            return Answer(b"", 404, HTML)
        kind = "application/xml" if names[path].endswith(".xml") else "text/html; charset=utf-8"
        return Answer((folder / names[path]).read_bytes(), headers={"Content-Type": kind})

    return answer


def test_real_pages_give_exactly_their_acupuncturists(real_data: Path, tmp_path: Path) -> None:
    """Counts only, no name: two people at one clinic, one at the other, each with claims of their own."""
    folder = real_data / "clinics"
    robots = (folder / "fl_hpa_robots.txt").read_bytes()
    host = "https://harmonypainalliance.com"
    name_websites(tmp_path, {host: "FL", "https://dragon.example": "FL"})
    with fault_site(files(folder, REAL), robots) as first, fault_site(files(folder, DRAGON)) as second:
        mirrors = f"{host}={first.address},https://dragon.example={second.address}"
        done = run_diplomate("crawl", "clinics", data=tmp_path, DIPLOMATE_MIRRORS=mirrors, DIPLOMATE_DELAY="0")
    assert done.code == 0, done.err
    assert first.robots_asked == ["/robots.txt"] and first.asked[:2] == ["/", "/sitemap.xml"]
    records, _ = current_records("clinics", good_runs(tmp_path, "clinics"))
    rows = [{"record_id": record.id, **vars(record)} for record in records]
    people = {
        site: people_of_site([row for row in rows if row["partition"] == site])[0]
        for site in ("dragon.example", "harmonypainalliance.com")
    }
    assert [len(found) for found in people.values()] == [2, 1]
    for row in (row for found in people.values() for row in found):
        said = [one for one in row["fields"]["statements"] if one["tense"] == "current"]
        assert {"certification", "license"} == {one["kind"] for one in said}
        assert {one["state"] for one in said if one["kind"] == "license"} == {"FL"}
        assert all(len(one["says"]) <= 300 and one["page"].startswith("http") for one in said)
    numbers = [
        one["number"] for row in people["dragon.example"] for one in row["fields"]["statements"] if one["number"]
    ]
    assert len(numbers) == 1, "the license number belongs to one of the two"
