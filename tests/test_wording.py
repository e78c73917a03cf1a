"""The wording as a whole against semantics.md section 6: facts with source and date, no verdict, nobody's score.

What may never be said stands in never_said.csv, what may be said all the same in said_allowed.csv, each with its why.
"""

from __future__ import annotations

import asyncio
import csv
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote_plus

import httpx
import pytest

from db.check import Question, check
from db.opening import connect, current
from db.publish import publish
from db.site import make_datasette
from pipeline.rules import read_rule_table
from tests import wording_texts
from tests.conftest import run_diplomate
from tests.tiny_database import BUILT_AT, tiny_tables
from tests.wording_texts import Crawler, Hit, hits

# Words about discipline or exclusion; what may stand near a name that nothing confirms holds none of them.
DISCIPLINARY = re.compile(
    r"revo[ck]|suspen|surrender|probation|disciplin|sanction|\bexclu[ds]|reprimand|\bcensure|board order|board action"
    r"|oig\.hhs",
    re.IGNORECASE,
)
KNOWN_WRONG = [
    "Jane Doe is not certified.",
    "He is not currently licensed in Ohio.",
    "This person is UNLICENSED",
    "a fake diploma",
    "Fraud alert",
    "clean record",
    "No disciplinary record.",
    "never disciplined",
    "This practitioner is excluded.",
    "Trust level: 4",
    "Her score: 81",
    "4.5 out of 5",
    "practices illegally",
    "<td>❌</td>",
    "<td>✓</td>",
    "holds no license",
    "lacks certification",
    "an uncertified person",
    "fraudulent",
    "an impostor",
    "unsafe to visit",
    "a dangerous man",
]
SAID_RIGHTLY = [
    "Not found in the sources checked on 2026-11-22 (list). This does not mean the person is unlicensed.",
    "Claims NCCAOM certification on a page, fetched 2026-11-22. Not confirmed with NCBAHM.",
    "Listed as expired since 2025-06-30 in the board's file of 2026-11-01.",
    "State does not license acupuncturists.",
    "No disciplinary record found in the roster of the board, read 2026-11-22.",
    "Possible match on the federal exclusion list: verify at exclusions.oig.hhs.gov.",
    "<td>✓ listed</td>",
]


@pytest.fixture(scope="module")
def published(sample_data: Path) -> Path:
    path = current(sample_data)
    assert path is not None
    return path


@pytest.fixture(scope="module")
def site(published: Path) -> Iterator[Any]:
    runner, client = asyncio.Runner(), make_datasette(published).client

    def get(path: str) -> httpx.Response:
        return runner.run(client.get(path))

    yield get
    runner.close()


def said(found: list[Hit]) -> list[str]:
    """One line for each place, so that a failure can be read."""
    return [f"{hit.place}: …{hit.around}…  ({hit.pattern})" for hit in found]


@pytest.mark.parametrize("text", KNOWN_WRONG)
def test_what_may_never_be_said_is_found(text: str) -> None:
    assert hits("/anywhere", f"<p>{text}</p>" if "<" not in text else text)


@pytest.mark.parametrize("text", SAID_RIGHTLY)
def test_what_may_be_said_is_let_through(text: str) -> None:
    assert hits("/anywhere", text) == []


def test_every_pattern_and_every_exception_is_needed() -> None:
    """A pattern that finds none of the known-wrong cases, or an exception nobody needs, is a line nobody checked."""
    for pattern in wording_texts.patterns():
        assert any(pattern.search(text) for text in KNOWN_WRONG), pattern.pattern
    assert all(row["why"] and row["place"] for row in wording_texts.rows_of("said_allowed.csv"))


@pytest.mark.parametrize("texts", ["templates", "literals", "rules", "documents"])
def test_no_text_of_the_repository_passes_a_verdict(texts: str) -> None:
    found = list(getattr(wording_texts, texts)())
    assert len(found) >= 3, "nothing was looked at"
    assert said([hit for place, text in found for hit in hits(place, text)]) == []


@pytest.mark.everything
def test_no_page_and_no_export_of_the_built_site_passes_a_verdict(published: Path, site: Any) -> None:
    """Every link from the first page on, every table whole, and what can be asked about everybody."""
    seen: Counter[str] = Counter()
    found: list[Hit] = []
    begin = ["/", "/changes.atom", "/changes.json", "/find.csv", "/find.json", "/find.geojson", "/-/status.json"]
    for path, text in Crawler(site).texts([*begin, *wording_texts.questions(published)]):
        seen[path.split("/")[1].split("?")[0]] += 1
        found += hits(path, text)
    assert said(found[:40]) == []
    assert seen["practitioner"] >= 3 * 200 and seen["check"] >= 200 and seen["diplomate"] > 60, seen


def asked(published: Path) -> Iterator[tuple[Question, Any]]:
    """The answer to everything that can be asked about the people of a file."""
    connection = connect(published)
    for person in wording_texts.people_of(published):
        name, state = person["name"], person["state"] or ""
        family = person["family_name"] or name.split()[-1]
        for question in (Question(name), Question(name, state), Question(family), Question(f"{name[0]}. {family}")):
            yield question, check(connection, question)
    for row in wording_texts.licenses_of(published):
        yield (one := Question("", row["state"], row["number"])), check(connection, one)
        yield (other := Question("Nobody Known", row["state"], row["number"])), check(connection, other)


def test_below_confirmed_no_answer_speaks_of_discipline(published: Path) -> None:
    counted: Counter[str] = Counter()
    for question, answer in asked(published):
        for candidate in (*answer.candidates, *answer.elsewhere):
            counted[candidate.match_level] += 1
            if candidate.match_level != "confirmed":
                assert spoken_of(candidate.to_json()) == [], question
    assert counted["possible"] > 200, counted


def test_the_search_for_discipline_can_find_some(published: Path) -> None:
    """The known-wrong case: confirmed by number and name, the same people's answers do hold such words."""
    found = 0
    connection = connect(published)
    for row in wording_texts.licenses_of(published):
        first = check(connection, Question("", row["state"], row["number"]))
        for candidate in first.candidates[:1]:
            answer = check(connection, Question(candidate.profile.name, row["state"], row["number"]))
            found += bool(spoken_of([one.to_json() for one in answer.candidates]))
    assert found > 3


def spoken_of(document: object) -> list[str]:
    """Texts that speak of discipline or exclusion, but for the sentences that say what a mere word does not mean, and
    the names of boards (of Medical Licensure and Discipline)."""
    words = {row["sentence"] for row in read_rule_table("tag_words")}
    boards = re.compile("|".join(re.escape(row["board"]) for row in read_rule_table("states") if row["board"]))
    texts = (boards.sub("", text) for text in wording_texts.strings_in(document) if text not in words)
    return [text for text in texts if DISCIPLINARY.search(text)]


def test_the_answers_beside_a_roster_say_no_more(sample_data: Path, published: Path, tmp_path: Path) -> None:
    """Names alone, then every license number with its state: what is not confirmed holds no word of discipline."""
    asking, out = tmp_path / "in.csv", tmp_path / "out.csv"
    rows = [(person["name"], person["state"], "") for person in wording_texts.people_of(published)]
    rows += [("", row["state"], row["number"]) for row in wording_texts.licenses_of(published)]
    with asking.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([("Name", "State", "License number"), *rows])
    done = run_diplomate("check", "--roster", str(asking), "--out", str(out), data=sample_data)
    assert out.exists(), done.err
    with out.open(encoding="utf-8-sig", newline="") as file:
        answers = list(csv.DictReader(file))
    assert len(answers) == len(rows)
    for answer in answers:
        given = {name: value for name, value in answer.items() if name.startswith("diplomate_")}
        assert said(hits("roster", "\n".join(given.values()))) == []
        assert given["diplomate_match_level"] == "confirmed" or spoken_of(given) == [], answer


def test_a_list_of_people_shows_a_tag_and_nothing_more_of_discipline(published: Path, site: Any) -> None:
    """A row of the directory is about the person whose page it leads to; what happened stands on that page."""
    labels = "|".join(re.escape(row["label"]) for row in read_rule_table("tag_words") if row["kind"] == "license")
    looked_at = 0
    for person in wording_texts.people_of(published)[::3]:
        text = site(f"/find?q={quote_plus(person['name'])}").text.partition("<main")[2].partition("</main>")[0]
        text = re.sub(r"<[^>]*>", " ", text)
        assert person["name"].split()[0] in text
        assert not DISCIPLINARY.search(re.sub(labels, " ", text)), person["name"]
        looked_at += bool(DISCIPLINARY.search(text))
    assert looked_at, "nobody with a tag that speaks of discipline was looked at"


def test_the_reason_of_a_possible_match_on_the_exclusion_list_is_a_code(tmp_path: Path) -> None:
    """Whether it is this person is not sure: a conviction is not written on anybody's page."""
    tables = tiny_tables()
    tables["exclusions"][0] |= {"exclusion_type": "1128a3", "meaning": "Felony conviction for health care fraud."}
    client = make_datasette(publish(tables, tmp_path, BUILT_AT)).client
    text = asyncio.run(client.get(f"/practitioner/{tables['exclusions'][0]['practitioner_id']}")).text
    assert "Possible match" in text and "1128a3" in text and hits("/practitioner/p", text) == []


def test_no_person_has_a_score(published: Path, site: Any) -> None:
    """Weights belong to pairs of records: no column of a person, no key of a person's document is one."""
    words = re.compile(r"score|rating|grade|points|likelihood|probability_of|risk|trust", re.IGNORECASE)
    person = wording_texts.people_of(published)[0]["id"]
    document = site(f"/practitioner/{person}.json").json()
    keys = {key for name, value in document.items() if name != "evidence" for key in [name, *keys_in(value)]}
    assert {key for key in keys if words.search(key)} == set()
    assert keys_in({"a": [{"score": 1}]}) == ["a", "score"], "the search itself is broken"


def keys_in(value: object) -> list[str]:
    if isinstance(value, dict):
        return [key for name, inner in value.items() for key in [name, *keys_in(inner)]]
    return [key for inner in value for key in keys_in(inner)] if isinstance(value, list) else []
