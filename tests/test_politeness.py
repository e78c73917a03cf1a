"""Manners: what is asked of a site, how often, and what is not asked again."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest

from crawler.conditional import EarlierAnswers, passed_over
from crawler.politeness import seconds_to_wait
from crawler.run_source import Order
from crawler.snapshots import Manifest, Run, good_runs, make_snapshot, runs
from pipeline.commands.crawl import by_host
from tests.conftest import Outcome, run_diplomate
from tests.fault_server import Answer, FaultSite, fault_site
from tests.npi_server import Registry, provider
from tests.test_faults import EXCLUDED, HEADER, LEIE, TYPE, WA, board, rows

CSV = {"Content-Type": "text/csv"}


def crawl(data: Path, source: str, origin: str, site: FaultSite) -> Outcome:
    return run_diplomate("crawl", source, data=data, DIPLOMATE_MIRRORS=f"{origin}={site.address}", DIPLOMATE_DELAY="0")


def file(*lines: str, **headers: str) -> Callable[[str, str], Answer]:
    """A site that gives one CSV file with a validator."""
    body = "\n".join([HEADER, *lines, ""]).encode()
    return lambda path, asked: Answer(body, headers=CSV | {name.replace("_", "-"): v for name, v in headers.items()})


@pytest.mark.parametrize("validator", [{"ETag": '"one"'}, {"Last_Modified": "Sun, 01 Nov 2026 08:00:00 GMT"}])
def test_an_unchanged_file_costs_one_request(tmp_path: Path, validator: dict[str, str]) -> None:
    with fault_site(file(EXCLUDED, **validator)) as site:
        assert crawl(tmp_path, "leie", LEIE, site).code == 0
        assert crawl(tmp_path, "leie", LEIE, site).code == 0
        assert crawl(tmp_path, "leie", LEIE, site).code == 0
    assert site.statuses == [200, 304, 304]
    first, *others = good_runs(tmp_path, "leie")
    begun = first[0].snapshots()[-1].fetched_at
    for run, manifest in others:
        assert (manifest.rows, manifest.complete) == (1, True)
        assert run.snapshots()[-1].unchanged_since == begun
        assert [record.fields for record in run.records()] == [record.fields for record in first[0].records()]


def test_a_changed_file_is_read_anew(tmp_path: Path) -> None:
    with fault_site(file(EXCLUDED, ETag='"one"')) as site:
        crawl(tmp_path, "leie", LEIE, site)
    with fault_site(file(EXCLUDED, EXCLUDED.replace("DOE", "ROE"), ETag='"two"')) as site:
        crawl(tmp_path, "leie", LEIE, site)
    assert site.statuses == [200]
    assert good_runs(tmp_path, "leie")[-1][1].rows == 2


@pytest.mark.parametrize("damage", [lambda path: path.write_bytes(b"tampered"), lambda path: path.unlink()])
def test_bytes_changed_on_disk_are_asked_for_anew(tmp_path: Path, damage: Callable[[Path], object]) -> None:
    with fault_site(file(EXCLUDED, ETag='"one"')) as site:
        crawl(tmp_path, "leie", LEIE, site)
        run, _ = good_runs(tmp_path, "leie")[0]
        damage(run.path_of(run.snapshots()[-1].sha256))
        done = crawl(tmp_path, "leie", LEIE, site)
    assert done.code == 0, done.err
    assert site.statuses[-1] == 200
    fresh, _ = good_runs(tmp_path, "leie")[-1]
    assert fresh.snapshots()[-1].unchanged_since == ""


@pytest.mark.parametrize("line", ["half a line", '{"asked": 1}', "[]", ""], ids=["torn", "no answer", "list", "types"])
def test_an_index_that_cannot_be_read_fails_no_crawl(
    tmp_path: Path, line: str, caplog: pytest.LogCaptureFixture
) -> None:
    """Earlier answers only save requests; the other good runs still do."""
    for tag, page in (("one", "a"), ("two", "b")):
        run = Run.create(tmp_path, "leie")
        answer = make_snapshot("GET", f"https://x.example/{page}", page, 200, {"etag": tag}, b"body")
        run.keep(answer, b"body")
        when = answer.fetched_at
        run.finish(Manifest("leie", run.name, "crawl", when, finished=when, read_at=when, result="good"))
    index = run.folder / "snapshots.jsonl"
    wrong = json.dumps(json.loads(index.read_text()) | {"headers": []})
    index.write_text(f"{line or wrong}\n{index.read_text()}")
    passed_over.cache_clear()
    looking = Run.create(tmp_path, "leie")
    assert [set(EarlierAnswers(looking).found) for _ in range(2)] == [{"a"}] * 2
    (said,) = [each.getMessage() for each in caplog.records]
    assert said.startswith(f"snapshots/leie/{run.name}/snapshots.jsonl cannot be read (")


def test_a_damaged_index_of_an_old_run_is_logged_and_the_source_is_read(tmp_path: Path) -> None:
    with fault_site(file(EXCLUDED, ETag='"one"')) as site:
        crawl(tmp_path, "leie", LEIE, site)
        index = good_runs(tmp_path, "leie")[0][0].folder / "snapshots.jsonl"
        index.write_text("half a line\n" + index.read_text())
        done = crawl(tmp_path, "leie", LEIE, site)
    assert done.code == 0, done.err
    run, manifest = good_runs(tmp_path, "leie")[-1]
    assert manifest.rows == 1 and site.statuses == [200, 200]
    assert (run.folder / "log.txt").read_text().count("snapshots.jsonl cannot be read") == 1


def dated_board(found: list[dict[str, str]], date: str, tag: str) -> Callable[[str, str], Answer]:
    """A Socrata host: every answer of a data set carries the data set's own date."""

    def answer(path: str, body: str) -> Answer:
        given = board(found)(path, body)
        key = f'"{tag}-{len(path)}"'
        return Answer(given.body, headers={"ETag": key, "X-SODA2-Truth-Last-Modified": date})

    return answer


def test_an_unchanged_data_set_costs_one_request(tmp_path: Path) -> None:
    with fault_site(dated_board(rows(3), "Sun, 01 Nov 2026 08:00:00 GMT", "a")) as site:
        assert crawl(tmp_path, "board_wa", WA, site).code == 0
        assert crawl(tmp_path, "board_wa", WA, site).code == 0
    assert site.statuses == [200, 200, 304]
    assert [manifest.rows for _, manifest in good_runs(tmp_path, "board_wa")] == [3, 3]


def test_equal_counts_of_a_changed_data_set_prove_nothing(tmp_path: Path) -> None:
    """The count's answer is the same bytes with the same tag, but the data set's date has moved."""

    def answer(date: str, status: str) -> Callable[[str, str], Answer]:
        def give(path: str, body: str) -> Answer:
            given = board(rows(3, status=status))(path, body)
            tag = "count" if "group" in path else status
            return Answer(given.body, headers={"ETag": f'"{tag}"', "X-SODA2-Truth-Last-Modified": date})

        return give

    with fault_site(answer("Sun, 01 Nov 2026 08:00:00 GMT", "Active")) as site:
        crawl(tmp_path, "board_wa", WA, site)
    with fault_site(answer("Mon, 02 Nov 2026 08:00:00 GMT", "Expired")) as site:
        crawl(tmp_path, "board_wa", WA, site)
    assert site.statuses == [304, 200]
    assert {record.fields["status"] for record in good_runs(tmp_path, "board_wa")[-1][0].records()} == {"Expired"}


@pytest.mark.parametrize("status", [500, 503, 429])
def test_a_robots_txt_that_cannot_be_read_forbids_everything(tmp_path: Path, status: int) -> None:
    with fault_site(file(EXCLUDED), Answer(b"", status)) as site:
        done = crawl(tmp_path, "leie", LEIE, site)
    assert site.asked == []
    assert done.code == 1 and f"could not be read (status {status})" in done.err


@pytest.mark.parametrize("status", [404, 403])
def test_a_site_without_robots_txt_may_be_read(tmp_path: Path, status: int) -> None:
    with fault_site(file(EXCLUDED), Answer(b"", status)) as site:
        assert crawl(tmp_path, "leie", LEIE, site).code == 0


@pytest.mark.parametrize(
    "robots",
    [
        b"User-agent: diplomate\nDisallow: /\n\nUser-agent: *\nAllow: /\n",
        b"User-agent: *\nDisallow: /exclusions/\n",
        b"\xef\xbb\xbfUser-agent: *\r\nDisallow: /exclusions/downloadables/\r\n",
    ],
)
def test_robots_txt_may_name_us_or_everybody(tmp_path: Path, robots: bytes) -> None:
    with fault_site(file(EXCLUDED), robots) as site:
        done = crawl(tmp_path, "leie", LEIE, site)
    assert site.asked == [] and "forbids" in done.err


def test_a_503_that_passes_is_asked_again_and_only_as_often_as_needed(tmp_path: Path) -> None:
    answers = iter([Answer(b"", 503), Answer(b"", 503)])
    with fault_site(lambda path, body: next(answers, None) or file(EXCLUDED)(path, body)) as site:
        assert crawl(tmp_path, "leie", LEIE, site).code == 0
    assert site.statuses == [503, 503, 200]


def test_a_wait_of_hours_is_not_waited_for_and_not_asked_again(tmp_path: Path) -> None:
    busy = Answer(b"", 429, {"Retry-After": "7200"})
    with fault_site(lambda path, body: busy) as site:
        done = crawl(tmp_path, "leie", LEIE, site)
    assert site.statuses == [429]
    assert done.code == 1 and "status 429" in done.err


@pytest.mark.parametrize(("header", "seconds"), [("7", 7), (" 0 ", 0), ("soon", None), ("", None), ("-3", None)])
def test_retry_after_is_read_or_not_believed(header: str, seconds: float | None) -> None:
    assert seconds_to_wait(header) == seconds


def test_a_run_asks_no_more_than_its_ceiling(tmp_path: Path) -> None:
    """A board whose pages never end: every page is new, so only the ceiling stops it."""
    asked = iter(range(10**6))

    def endless(path: str, body: str) -> Answer:
        if "group" in path:
            return Answer(json.dumps([{"credentialtype": TYPE, "count": "9000000"}]).encode())
        return Answer(json.dumps([rows(1)[0] | {"credentialnumber": f"AC{next(asked):08}"}]).encode())

    with fault_site(endless) as site:
        done = crawl(tmp_path, "board_wa", WA, site)
    assert done.code == 1 and "which is the most for one run" in done.err
    assert len(site.asked) <= 500


def latest(now: list[Callable[[str, str], Answer]]) -> Callable[[str, str], Answer]:
    """A site whose behavior a test exchanges while it runs."""

    def answer(path: str, body: str) -> Answer:
        return now[0](path, body)

    return answer


def pages_of(found: list[dict[str, str]], cut_after: int) -> Iterator[Callable[[str, str], Answer]]:
    """The same board twice: first with a server that stops answering after so many questions, then whole."""
    served = iter(range(10**6))

    def answer(path: str, body: str, limit: int) -> Answer:
        if next(served) >= limit:
            return Answer(b"", 503)
        if "group" in path:
            return Answer(json.dumps([{"credentialtype": TYPE, "count": str(len(found))}]).encode())
        offset = int(parse_qs(urlsplit(path).query)["$offset"][0])
        return Answer(json.dumps(found[offset : offset + 1000]).encode())

    yield lambda path, body: answer(path, body, cut_after)
    yield lambda path, body: answer(path, body, 10**6)


def test_a_crawl_that_was_no_longer_answered_goes_on_where_it_stopped(tmp_path: Path) -> None:
    found = [row | {"credentialnumber": f"AC{number:06}"} for number, row in enumerate(rows(2500))]
    failing, healthy = pages_of(found, cut_after=2)
    now: list[Callable[[str, str], Answer]] = [failing]
    with fault_site(latest(now)) as site:
        assert crawl(tmp_path, "board_wa", WA, site).code == 1
        assert runs(tmp_path, "board_wa")[-1][1].cut_off
        answered = [path for path, status in zip(site.asked, site.statuses, strict=True) if status == 200]
        now[0] = healthy
        site.asked.clear()
        done = crawl(tmp_path, "board_wa", WA, site)
    assert done.code == 0, done.err
    assert "goes on with the crawl" in done.err
    assert not set(answered) & set(site.asked)
    assert site.robots_asked == ["/robots.txt"]
    assert good_runs(tmp_path, "board_wa")[-1][1].rows == 2500


def test_a_failed_crawl_is_begun_anew(tmp_path: Path) -> None:
    """What was wrong with its answers would be wrong again."""
    now = [board(rows(3, status="Wobbly"))]
    with fault_site(latest(now)) as site:
        assert crawl(tmp_path, "board_wa", WA, site).code == 1
        now[0] = board(rows(3))
        done = crawl(tmp_path, "board_wa", WA, site)
    assert done.code == 0 and "goes on" not in done.err
    assert len(site.asked) == 4


def test_one_host_is_asked_one_question_at_a_time(tmp_path: Path) -> None:
    """Also with no delay and many questions at hand: fifty states, a server that takes its time."""
    registry, busy, most = Registry([provider(1, "HOME", "DE", "19801")]), [0], [0]

    def slow(path: str, body: str) -> Answer:
        busy[0] += 1
        most[0] = max(most[0], busy[0])
        time.sleep(0.02)
        busy[0] -= 1
        return registry.answer(path, body)

    with fault_site(slow) as site:
        crawl(tmp_path, "npi_registry", "https://npiregistry.cms.hhs.gov", site)
    assert len(site.asked) > 50 and most == [1]


def test_nothing_is_asked_while_a_host_wants_a_pause(tmp_path: Path) -> None:
    registry = Registry([provider(1, "HOME", "DE", "19801")])
    times: list[float] = []

    def busy(path: str, body: str) -> Answer:
        times.append(time.monotonic())
        return Answer(b"", 429, {"Retry-After": "1"}) if len(times) == 3 else registry.answer(path, body)

    with fault_site(busy) as site:
        crawl(tmp_path, "npi_registry", "https://npiregistry.cms.hhs.gov", site)
    assert times[3] - times[2] >= 1.0, "a host that asked for a pause was asked again within it"


def test_an_answer_of_an_older_day_does_not_stand_because_the_data_set_does(tmp_path: Path) -> None:
    """Day 2's rows came without a validator; day 3 confirms day 2, so day 1's rows must not come back."""

    def day(date: str, status: str, tagged: bool) -> Callable[[str, str], Answer]:
        def give(path: str, body: str) -> Answer:
            is_count = "group" in path
            tag = {"ETag": f'"{date}-{len(path)}"'} if tagged or is_count else {}
            headers = {"X-SODA2-Truth-Last-Modified": date} if tagged or is_count else {}
            return Answer(board(rows(3, status=status))(path, body).body, headers=tag | headers)

        return give

    first, second = "Sun, 01 Nov 2026 08:00:00 GMT", "Mon, 02 Nov 2026 08:00:00 GMT"
    now = [day(first, "Active", True)]
    with fault_site(latest(now)) as site:
        crawl(tmp_path, "board_wa", WA, site)
        now[0] = day(second, "Expired", False)
        crawl(tmp_path, "board_wa", WA, site)
        crawl(tmp_path, "board_wa", WA, site)
    assert site.statuses == [200, 200, 200, 200, 304, 200]
    assert {record.fields["status"] for record in good_runs(tmp_path, "board_wa")[-1][0].records()} == {"Expired"}


def test_two_sources_of_one_host_are_read_one_after_the_other() -> None:
    orders = [Order(name, "") for name in ("nppes_monthly", "board_wa", "nppes_weekly")]
    assert [[order.source for order in group] for group in by_host(orders)] == [
        ["nppes_monthly", "nppes_weekly"],
        ["board_wa"],
    ]
