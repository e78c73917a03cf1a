"""A file grows older after it was built: what an answer, a profile and a page still say then."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from db.answer_lines import answer_lines
from db.badges import Badge, read_badges
from db.check import Answer, Question, check
from db.facts import Facts, read_facts
from db.find import FindQuery, find, find_all
from db.freshness import fresh_badge, fresh_badges, level_at
from db.profiles import Profile, read_profile
from db.publish import connect, publish
from db.site import make_datasette
from tests.tiny_database import BUILT_AT, READ_AT, publish_tiny, tiny_tables


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return publish_tiny(tmp_path_factory.mktemp("data"))


@pytest.fixture(scope="module")
def people(path: Path) -> Iterator[sqlite3.Connection]:
    connection = connect(path)
    yield connection
    connection.close()


@pytest.fixture(scope="module")
def facts(people: sqlite3.Connection) -> Facts:
    return read_facts(people)


def after(people: sqlite3.Connection, days: int, **question: str) -> Answer:
    """The answer when the records (read two days before the build) are some days old."""
    return check(people, Question(**question), at=BUILT_AT + timedelta(days=days - 2))


def profile_after(people: sqlite3.Connection, id: str, facts: Facts, days: int) -> Profile:
    profile = read_profile(people, id, facts, BUILT_AT + timedelta(days=days - 2))
    assert profile is not None
    return profile


def values(profile: Profile) -> list[str]:
    return [badge.value for badge in profile.badges]


@pytest.mark.parametrize(
    ("days", "shown", "freshness"),
    [
        (30, ["listed", "active"], "fresh"),
        (31, ["listed", "active"], "warn"),
        (90, ["listed", "active"], "warn"),
        (91, ["not_checked", "source_failed"], "stale"),
        (400, ["not_checked", "source_failed"], "stale"),
    ],
)
def test_a_tag_warns_and_then_speaks_no_more(
    people: sqlite3.Connection, facts: Facts, days: int, shown: list[str], freshness: str
) -> None:
    profile = profile_after(people, "p01", facts, days)
    assert values(profile) == shown
    assert {badge.freshness for badge in profile.badges} == {freshness}
    assert [bool(badge.warning) for badge in profile.badges] == [freshness == "warn"] * 2
    assert [profile.row["certification"], profile.row["license_status"]] == shown


def test_what_was_shown_then_is_kept_in_the_sentence(people: sqlite3.Connection, facts: Facts) -> None:
    badge = profile_after(people, "p01", facts, 100).badges[1]
    assert badge.because.startswith("Last read on 2026-11-20, 3 months ago: too old to speak for today.")
    assert "What was shown then: License active. What the WA sources showed on 2026-11-20." in badge.because
    assert (badge.value_then, badge.rule, badge.label) == (
        "active",
        "license_source_failed",
        "Board could not be read",
    )


@pytest.mark.parametrize(
    ("id", "shown"),
    [
        ("p03", ["claimed", "source_failed"]),
        ("p04", ["not_checked", "source_failed"]),
        ("p05", ["not_checked", "source_failed"]),
        ("p06", ["not_checked", "source_failed"]),
        ("p09", ["not_checked", "claimed"]),
        ("p10", ["claimed", "state_does_not_license"]),
        ("p11", ["not_checked", "source_failed"]),
    ],
)
def test_what_no_reading_made_does_not_grow_old(
    people: sqlite3.Connection, facts: Facts, id: str, shown: list[str]
) -> None:
    assert values(profile_after(people, id, facts, 100)) == shown


def test_an_old_claim_stays_a_claim_with_a_warning(people: sqlite3.Connection, facts: Facts) -> None:
    badge = profile_after(people, "p03", facts, 100).badges[0]
    assert badge.value == "claimed" and "may no longer stand there" in badge.warning


def test_a_tag_without_a_reading_has_no_age(people: sqlite3.Connection, facts: Facts) -> None:
    tag = replace(read_badges(people, "p01", facts)[1], as_of="")
    aged = fresh_badge(tag, facts, BUILT_AT + timedelta(days=1000))
    assert (aged.value, aged.freshness, aged.age, aged.warning) == ("active", "never", "", "")


def test_licenses_and_certificates_grow_old_as_tags_do(people: sqlite3.Connection, facts: Facts) -> None:
    profile = profile_after(people, "p01", facts, 91)
    assert [(row["status"], row["status_then"]) for row in profile.licenses] == [("source_failed", "active")]
    assert [(row["status"], row["status_then"]) for row in profile.certifications] == [("not_checked", "listed")]
    fresh = profile_after(people, "p01", facts, 90)
    assert [(row["status"], row["status_then"]) for row in fresh.licenses] == [("active", None)]


@pytest.mark.parametrize(
    "question",
    [{"npi": "1999999905"}, {"name": "Orsolya Thistlewood", "state": "WA", "license": "AC60000105"}],
)
def test_nothing_is_confirmed_past_120_days(people: sqlite3.Connection, question: dict[str, str]) -> None:
    for days, level in ((120, "confirmed"), (121, "probable")):
        candidate = after(people, days, **question).candidates[0]
        assert candidate.match_level == level
        assert {item.match_level for item in candidate.profile.evidence} == {level}
    assert "the record with it is more than 120 days old" in candidate.match_reason


@pytest.mark.parametrize(
    ("level", "read", "days", "shown"),
    [
        ("confirmed", READ_AT, 100, "confirmed"),
        ("confirmed", READ_AT, 130, "probable"),
        ("confirmed", "", 0, "probable"),
        ("confirmed", None, 0, "probable"),
        ("confirmed", "no date", 0, "probable"),
        ("possible", READ_AT, 130, "possible"),
        ("probable", READ_AT, 130, "probable"),
    ],
)
def test_a_level_at_a_time(facts: Facts, level: str, read: str | None, days: int, shown: str) -> None:
    assert level_at(level, read, facts, BUILT_AT + timedelta(days=days)) == shown


def test_discipline_stays_veiled_when_the_tag_has_grown_too_old(people: sqlite3.Connection) -> None:
    """Suspended became source_failed; the word kept in its sentence is veiled below confirmed all the same."""
    for days in (10, 100, 200):
        answer = after(people, days, name="Peregrine Yamanote")
        text = " ".join("\n".join(answer_lines(answer)).split()).casefold()
        assert "suspend" not in text and "exclusion" not in text.partition("sources this")[0]
        assert answer.candidates[0].withheld
    known = after(people, 100, npi="1999999906").candidates[0]
    assert "suspended" in known.profile.badges[1].because.casefold()
    assert after(people, 130, npi="1999999906").candidates[0].withheld, "no longer confirmed"


def test_a_license_that_ran_out_since_it_was_read_says_so(tmp_path: Path) -> None:
    tables = tiny_tables()
    for row in tables["licenses"]:
        row["expires"] = "2026-11-25" if row["practitioner_id"] == "p05" else row["expires"]
    connection = connect(publish(tables, tmp_path, BUILT_AT))
    assert not after(connection, 3, npi="1999999905").candidates[0].profile.badges[1].warning
    late = after(connection, 10, npi="1999999905").candidates[0].profile.badges[1]
    assert late.value == "active" and "ran until 2026-11-25, which has passed since" in late.warning


def test_the_row_speaks_of_the_state_of_practice_whatever_another_state_shows(tmp_path: Path) -> None:
    tables = tiny_tables()
    tag = next(row for row in tables["tags"] if row["id"] == "t-p05-l")
    tables["tags"].append(tag | {"id": "t-p05-or", "scope": "OR", "as_of": "2027-02-10T09:00:00Z"})
    connection = connect(publish(tables, tmp_path, BUILT_AT))
    profile = profile_after(connection, "p05", read_facts(connection), 100)
    assert [badge.value for badge in profile.badges] == ["not_checked", "active", "source_failed"]
    assert profile.row["license_status"] == "source_failed"


def test_what_a_license_implies_is_doubted_when_it_has_run_out_since(tmp_path: Path) -> None:
    tables = tiny_tables()
    for row in tables["licenses"]:
        row["expires"] = "2026-11-25" if row["practitioner_id"] == "p05" else row["expires"]
    for row in tables["tags"]:
        row["because"] = "active, expires 2026-11-25." if row["id"] == "t-p05-c" else row["because"]
    connection = connect(publish(tables, tmp_path, BUILT_AT))
    late = after(connection, 10, npi="1999999905").candidates[0].profile.badges[0]
    assert late.value == "implied" and "ran until 2026-11-25" in late.warning


def test_lists_filters_and_files_weaken_as_the_page_does(
    people: sqlite3.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    query = FindQuery(certification="listed", license="active")
    assert {row["id"] for row in find_all(people, query).rows} == {"p01", "p12"}
    monkeypatch.setattr("db.ages.now", lambda: BUILT_AT + timedelta(days=98))
    assert find(people, query).total == 0 and not find_all(people, query).rows
    unread = find(people, FindQuery(state="WA", license="source_failed"))
    assert {"p01", "p12"} <= {row["id"] for row in unread.rows}
    words = {(row["certification"], row["license_status"]) for row in find_all(people, FindQuery(q="Kettleburn")).rows}
    assert words == {("not_checked", "source_failed")}
    counts = {count.value: count.rows for count in find(people, FindQuery()).counts["certification"]}
    assert "listed" not in counts and counts["claimed"] == 3


def test_badges_are_the_same_through_every_door(
    path: Path, people: sqlite3.Connection, facts: Facts, monkeypatch: pytest.MonkeyPatch
) -> None:
    late = BUILT_AT + timedelta(days=98)
    monkeypatch.setattr("db.ages.now", lambda: late)
    by_function = fresh_badges(read_badges(people, "p01", facts), facts)
    by_answer = check(people, Question(npi="1999999901")).candidates[0].profile.badges
    assert by_function == by_answer
    for address in ("/practitioner/p01", "/check?npi=1999999901"):
        page = get(path, address).text
        assert "too old to speak for today" in page and "What was shown then: License active" in page
    document = get(path, "/practitioner/p01.json").json()
    assert [tag["value"] for tag in document["tags"]] == ["not_checked", "source_failed"]
    assert document["practitioner"]["license_status"] == "source_failed"
    assert document["practitioner"]["certification"] == "not_checked"


def test_the_three_dates_stand_on_the_page_in_the_answer_and_in_json(tmp_path: Path) -> None:
    tables = tiny_tables()
    for name in ("tags", "licenses", "certifications"):
        for row in tables[name]:
            row |= {"source_date": "2026-11-18", "changed": "2025-03-04T00:00:00Z"}
    path = publish(tables, tmp_path, BUILT_AT)
    page = get(path, "/practitioner/p01").text
    assert page.count("2026-11-18") >= 4 and page.count("2025-03-04") >= 4
    answer = check(connect(path), Question(npi="1999999901"), at=BUILT_AT)
    dates = "Dates: the source's own date 2026-11-18; last read 2026-11-20, 2 days ago; this value since 2025-03-04."
    assert " ".join("\n".join(answer_lines(answer)).split()).count(dates) == 2
    candidate = answer.to_json()["candidates"][0]
    for fact in (*candidate["tags"], *candidate["licenses"], *candidate["certifications"]):
        dated = (fact["source_date"], fact["as_of"], fact["changed"])
        assert dated == ("2026-11-18", READ_AT, "2025-03-04T00:00:00Z")


def get(path: Path, address: str) -> Any:
    async def ask() -> Any:
        return await make_datasette(path).client.get(address)

    return asyncio.run(ask())


def test_a_badge_can_be_made_without_the_new_dates() -> None:
    """Helpers of other commands make badges of rows that have none."""
    names = "kind scope value label sentence tone because rule rule_text as_of".split()
    badge = Badge(**dict.fromkeys(names, "x"), needs_review=None, claims=())  # type: ignore[arg-type]
    assert (badge.source_date, badge.value_then) == ("", "")
