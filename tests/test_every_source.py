"""Every source against every fault: the right alarm in words, a failed run, and the last good reading untouched.

The known-good case stands beside them: the same server without a fault gives a good run.
"""

from __future__ import annotations

import io
import os
import re
import zipfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from crawler.catalog import source_names
from crawler.snapshots import good_runs, runs
from tests.fault_server import Answer
from tests.faulty_sample import Fault, Faulty, crawl

HTML = {"Content-Type": "text/html; charset=utf-8"}
EVERY = [name for name in source_names() if name != "clinics"]  # one site's fault is no fault of that source
# Sources that add facts but no code to another one; on a developer's machine that one stands for them.
ALIKE = ("board_co", "board_ct", "board_il", "board_tx", "nppes_weekly")
SOURCES = EVERY if os.environ.get("DIPLOMATE_TEST_EVERYTHING") else [name for name in EVERY if name not in ALIKE]
ZIPPED = ["board_mo", "nppes_monthly", "nppes_weekly"]
SOCRATA = ["board_co", "board_ct", "board_de", "board_il", "board_tx", "board_wa"]


def always(answer: Answer) -> Fault:
    return lambda sound, number: answer


def changed(change: Callable[[bytes], bytes]) -> Fault:
    """The sound answer with its body changed."""
    return lambda sound, number: replace(sound, body=change(sound.body))


def zipped(name: str, content: bytes) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, content)
    return packed.getvalue()


def bomb(packed: bytes) -> bytes:
    """The archive with the last row of its longest member repeated without end."""
    with zipfile.ZipFile(io.BytesIO(packed)) as archive:
        member = max(archive.infolist(), key=lambda each: each.file_size)
        sound = archive.read(member).rstrip() + b"\n"
        row = next(line for line in sound.splitlines(keepends=True) if line[:2] == b'"1' and line.endswith(b'"\n'))
        return zipped(member.filename, sound + row * (60_000_000 // len(row)))


def in_archives(change: Callable[[bytes], bytes]) -> Fault:
    """Only the archives are changed; the pages that lead to them are sound."""
    return changed(lambda body: change(body) if body[:2] == b"PK" else body)


CHALLENGE = b"<html><head><title>Just a moment...</title></head><body><div class='cf-turnstile'></div></body></html>"
FAULTS: dict[str, tuple[Fault, str]] = {
    "429 for hours": (always(Answer(b"", 429, {"Retry-After": "7200"})), "status 429"),
    "503 without end": (always(Answer(b"", 503)), "status 503"),
    "a cut body": (lambda sound, number: replace(sound, cut=len(sound.body) // 2), "no whole answer|was cut"),
    "a slow drip": (lambda sound, number: replace(sound, drip=0.3), "no whole answer|bytes came in"),
    "a redirect loop": (always(Answer(b"", 302, {"Location": "/again"})), "without end"),
    "not found": (always(Answer(b"gone", 404)), "status 404|links to no"),
    "HTML in place of everything": (
        always(Answer(b"<html><body>Down for maintenance</body></html>", headers=HTML)),
        "",
    ),
    "nothing at all": (always(Answer(b"")), ""),
    "half of each answer": (changed(lambda body: body[: len(body) // 2]), ""),
    "an empty list": (always(Answer(b"[]")), ""),
    "UTF-16": (changed(lambda body: body.decode("latin-1").encode("utf-16")), ""),
    "broken bytes": (changed(lambda body: body[:60] + b"\xff\xfe\x81" + body[60:]), ""),
    "a challenge with its header": (always(Answer(CHALLENGE, 403, HTML | {"cf-mitigated": "challenge"})), "challenge"),
    "a challenge with status 200": (always(Answer(CHALLENGE, headers=HTML)), "challenge"),
    "a sign-in": (always(Answer(b"<form>password</form>", 401, HTML)), "refused us"),
    "200 MB": (lambda sound, number: replace(sound, announced=200_000_000), "larger|too large|no whole answer|bytes"),
}


# Elsewhere than in CI each source meets every other fault, and each fault every other source; a slow drip takes its
# seconds, and meets one.
CASES = [
    pytest.param(
        source, fault, marks=[pytest.mark.everything] * (source != "ncbahm" if fault == "a slow drip" else odd)
    )
    for row, source in enumerate(SOURCES)
    for column, fault in enumerate(FAULTS)
    for odd in [(row + column) % 2]
    if (source, fault) != ("board_fl", "UTF-16")
]


@pytest.mark.parametrize(("source", "fault"), CASES)
def test_a_fault_fails_the_run_in_words(tmp_path: Path, source: str, fault: str) -> None:
    change, sentence = FAULTS[fault]
    manifest = crawl(tmp_path, Faulty(source, change, seconds=1 if fault == "a slow drip" else 20))
    said = " ".join(manifest.troubles)
    assert manifest.result == ("blocked" if "challenge" in fault or fault == "a sign-in" else "failed"), said
    assert said and re.search(sentence, said), said
    assert "Traceback" not in said and not re.search(r"\b[A-Z]\w+Error\b", said), said
    assert good_runs(tmp_path, source) == []


@pytest.mark.parametrize("source", SOURCES)
def test_without_a_fault_the_run_is_good_and_a_later_fault_leaves_it_so(tmp_path: Path, source: str) -> None:
    assert crawl(tmp_path, Faulty(source, lambda sound, number: sound)).result == "good"
    records = (good_runs(tmp_path, source)[0][0].folder / "records.jsonl").read_bytes()
    crawl(tmp_path, Faulty(source, always(Answer(b"", 404))))
    [(run, _)] = good_runs(tmp_path, source)
    assert (run.folder / "records.jsonl").read_bytes() == records
    assert len(runs(tmp_path, source)) == 2


@pytest.mark.parametrize("source", SOURCES)
def test_a_burst_of_refusals_is_waited_out(tmp_path: Path, source: str) -> None:
    def burst(sound: Answer, number: int) -> Answer:
        refusals = {0: Answer(b"", 503), 1: Answer(b"", 429, {"Retry-After": "0"})}
        return refusals.get(number, sound)

    assert crawl(tmp_path, Faulty(source, burst)).result == "good"


@pytest.mark.parametrize("source", SOURCES)
def test_robots_txt_is_obeyed_by_every_source(tmp_path: Path, source: str) -> None:
    faulty = Faulty(source, lambda sound, number: sound, b"User-agent: *\nDisallow: /\n")
    manifest = crawl(tmp_path, faulty)
    assert faulty.asked == []
    assert manifest.result == "failed" and "robots.txt" in manifest.troubles[0]


RENAMED = {
    "aama": (b'"left"', b'"port"'),
    "board_ca": (b"License Number", b"Licence No."),
    "board_co": (b'"licensenumber"', b'"license_no"'),
    "board_ct": (b'"statusreason"', b'"reason"'),
    "board_de": (b'"license_no"', b'"license_number"'),
    "board_fl": (b"License-Status-Description", b"License-State"),
    "board_il": (b'"license_status"', b'"state_of_license"'),
    "board_nc": (b'class=\\"status', b'class=\\"standing'),
    "board_tx": (b'"registration_status"', b'"reg_status"'),
    "board_wa": (b'"credentialnumber"', b'"credential"'),
    "leie": (b"EXCLTYPE", b"EXTYPE"),
    "ncbahm": (b"result-card__item", b"result-card-item"),
    "npi_registry": (b'"taxonomies"', b'"specialties"'),
}


@pytest.mark.parametrize("source", RENAMED)
def test_a_renamed_column_fails_the_run(tmp_path: Path, source: str) -> None:
    manifest = crawl(tmp_path, Faulty(source, changed(lambda body: body.replace(*RENAMED[source]))))
    assert manifest.result == "failed", manifest


ADDED = {
    "aama": (b'"left"', b'"shoe_size": "9", "left"'),
    "board_ca": (b"License Status", b"License Status\tShoe Size"),
    "board_wa": (b'"credentialnumber"', b'"shoe_size": "9", "credentialnumber"'),
    "board_co": (b'"licensenumber"', b'"shoe_size": "9", "licensenumber"'),
    "board_ct": (b'"statusreason"', b'"shoe_size": "9", "statusreason"'),
    "board_de": (b'"license_no"', b'"shoe_size": "9", "license_no"'),
    "board_il": (b'"license_status"', b'"shoe_size": "9", "license_status"'),
    "board_tx": (b'"registration_status"', b'"shoe_size": "9", "registration_status"'),
    "leie": (b'"LASTNAME"', b'"SHOE","LASTNAME"'),
    "npi_registry": (b'"taxonomies"', b'"shoe_size": "9", "taxonomies"'),
}


@pytest.mark.parametrize("source", ADDED)
def test_an_added_column_is_reported_the_same_day(tmp_path: Path, source: str) -> None:
    manifest = crawl(tmp_path, Faulty(source, changed(lambda body: body.replace(*ADDED[source]))))
    assert manifest.result == "failed"
    assert re.search(r"(?i)shoe", " ".join(manifest.troubles)) or "values under" in " ".join(manifest.troubles)


UNKNOWN_WORDS = {
    "board_ca": (b"\tCurrent", b"\tWobbly"),
    "board_co": (b'"Active"', b'"Wobbly"'),
    "board_ct": (b'"CURRENT"', b'"Wobbly"'),
    "board_de": (b'"Active"', b'"Wobbly"'),
    "board_fl": (b"CLEAR", b"Wobbly"),
    "board_il": (b'"ACTIVE"', b'"Wobbly"'),
    "board_nc": (b"Active", b"Wobbly"),
    "board_tx": (b'"ACTIVE"', b'"Wobbly"'),
    "board_wa": (b'"Active"', b'"Wobbly"'),
    "leie": (b'"1128a2"', b'"1199z9"'),
    "ncbahm": (b"Certified Diplomate", b"Wobbly Diplomate"),
}


@pytest.mark.parametrize("source", UNKNOWN_WORDS)
def test_an_unknown_word_is_named(tmp_path: Path, source: str) -> None:
    old, new = UNKNOWN_WORDS[source]
    manifest = crawl(tmp_path, Faulty(source, changed(lambda body: body.replace(old, new))))
    assert manifest.result == "failed"
    assert re.search(r"(?i)wobbly|1199z9", " ".join(manifest.troubles)), manifest.troubles


@pytest.mark.parametrize("source", [*SOCRATA, "leie", "board_ca", "aama", "npi_registry"])
def test_nuls_never_reach_a_record(tmp_path: Path, source: str) -> None:
    manifest = crawl(tmp_path, Faulty(source, changed(lambda body: body.replace(b"e", b"e\x00", 40))))
    for run, _ in good_runs(tmp_path, source):
        assert "\\u0000" not in (run.folder / "records.jsonl").read_text()
    assert manifest.result in ("good", "failed") and (manifest.troubles or manifest.rows)


@pytest.mark.parametrize("source", ["aama", "ncbahm", "board_nc"])
def test_a_list_that_repeats_a_page_is_noticed(tmp_path: Path, source: str) -> None:
    manifest = crawl(tmp_path, Faulty(source, repeated_page(source)))
    assert manifest.result == "failed", manifest


def repeated_page(source: str) -> Fault:
    """Pages of the list, from the second on, show the first one's rows again."""
    seen: list[Answer] = []
    marks = {"aama": b'"left"', "ncbahm": b"result-card__item", "board_nc": b"acupuncturist"}

    def fault(sound: Answer, number: int) -> Answer:
        if marks[source] not in sound.body or (b"Practitioners found" not in sound.body and source == "ncbahm"):
            return sound
        seen.append(sound)
        return seen[1] if source == "board_nc" and len(seen) > 2 else seen[0] if source != "board_nc" else sound

    return fault


@pytest.mark.parametrize("source", ZIPPED)
@pytest.mark.parametrize("name", ["../../evil.txt", "/etc/evil.txt"])
def test_an_archive_that_points_outside_is_refused(tmp_path: Path, source: str, name: str) -> None:
    manifest = crawl(tmp_path, Faulty(source, in_archives(lambda body: zipped(name, b"evil"))))
    assert manifest.result == "failed" and "evil.txt" in manifest.troubles[0]
    assert not list(tmp_path.rglob("evil*"))


def test_an_archive_that_unpacks_without_end_is_refused(tmp_path: Path) -> None:
    """A sound file with a few hundred kilobytes behind it that unpack to more than anybody wants."""
    manifest = crawl(tmp_path, Faulty("nppes_monthly", in_archives(bomb)))
    assert manifest.result == "failed" and "unpacks to" in manifest.troubles[0], manifest
