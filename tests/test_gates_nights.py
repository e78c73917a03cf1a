"""Nights: what an ordinary one brings is published, the gravest are refused; each a row of SQL on a tiny database.

The last file has two hundred people in Washington and two hundred in Oregon, all listed and licensed.
"""

from __future__ import annotations

import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from db.gates import is_word, refusals
from db.load import load
from tests.test_gates import crowd

OF = " AND CAST(substr({id}, 2) AS INTEGER) {between} AND {id} LIKE 'q%'"
OLD = "2026-08-20T09:00:00Z"  # 94 days before the build; what READ_AT says is two days old
OPENED = """INSERT INTO sources (name, kind, states, last_good_read) VALUES ('{}', 'board', '["{}"]', '2026')"""
WHOLE = "UPDATE sources SET complete_states = '[{}]' WHERE name = '{}'"
LICENSED, LISTED = "license", "certification"


def people(state: str, first: int = 200, id: str = "practitioner_id") -> str:
    start = 0 if state == "WA" else 200
    return OF.format(id=id, between=f"BETWEEN {start} AND {start + first - 1}")


def said(state: str, kind: str, word: str, first: int = 200) -> str:
    """The first so many people of a state carry this word."""
    return f"UPDATE tags SET value = '{word}' WHERE kind = '{kind}'" + people(state, first)


def aged(state: str, kind: str) -> str:
    return f"UPDATE tags SET as_of = '{OLD}' WHERE kind = '{kind}'" + people(state)


def ran(source: str, *states: str) -> str:
    """A good run that the last file does not know."""
    listed = "[" + ", ".join(f'"{state}"' for state in states or ("*",)) + "]"
    return f"INSERT INTO runs (id, source, result, states) VALUES ('tonight', '{source}', 'good', '{listed}')"


def unread(source: str) -> str:
    return f"UPDATE sources SET last_good_read = NULL, complete = 0, complete_states = '[]' WHERE name = '{source}'"


def health(source: str, word: str) -> str:
    return f"UPDATE sources SET health = '{word}' WHERE name = '{source}'"


def newcomers(word: str, number: int) -> tuple[str, str]:
    """People of Oregon who are in no file yet, licensed with this word."""
    count = f"WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {number})"
    return (
        f"{count} INSERT INTO practitioners (id, name, state) SELECT 'new' || i, 'New', 'OR' FROM n",
        f"{count} INSERT INTO tags (id, practitioner_id, kind, scope, value, because)"
        f" SELECT 'new' || i, 'new' || i, 'license', 'OR', '{word}', 'It says so' FROM n",
    )


def gone(state: str, number: int) -> tuple[str, ...]:
    return (
        "DELETE FROM records WHERE 1" + people(state, number),
        "DELETE FROM tags WHERE kind = 'license'" + people(state, number),
        "DELETE FROM practitioners WHERE 1" + people(state, number, "id"),
    )


@pytest.fixture(scope="module")
def two_states(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("nights") / "last.db"
    load(path, crowd())
    change(
        path,
        "UPDATE practitioners SET state = 'OR' WHERE 1" + people("OR", id="id"),
        "UPDATE tags SET scope = 'OR' WHERE kind = 'license'" + people("OR"),
        "UPDATE records SET source = 'board_or' WHERE 1" + people("OR"),
        health("board_or", "good"),
        WHOLE.format('"WA", "OR"', "ncbahm"),
    )
    return path


def change(path: Path, *statements: str) -> None:
    with closing(sqlite3.connect(path)) as connection, connection:
        for statement in statements:
            connection.execute(statement)


def refused(base: Path, folder: Path, before: tuple[str, ...], tonight: tuple[str, ...]) -> set[str]:
    """The words of what is refused, when the last file and the new one differ by these statements."""
    last, new = (Path(shutil.copy(base, folder / name)) for name in ("last.db", "new.db"))
    change(last, *before)
    change(new, *tonight)
    found = refusals(new, last)
    assert all(is_word(each.word) for each in found)
    return {each.word for each in found}


ORDINARY = {
    "the same again": ((), ()),
    "a board read for the first time": (
        (said("OR", LICENSED, "claimed"), unread("board_or")),
        (said("OR", LICENSED, "expired", 60), said("OR", LICENSED, "revoked", 20), ran("board_or")),
    ),
    "a board that brings people nobody knew": ((), newcomers("active", 100)),
    "a certifier's state brought in for the first time": (
        (said("OR", LISTED, "not_checked"), WHOLE.format('"WA"', "ncbahm")),
        (said("OR", LISTED, "no_evidence", 150), ran("ncbahm", "OR")),
    ),
    "a certifier's state of which only some pages were saved": (
        (said("OR", LISTED, "claimed"), WHOLE.format('"WA"', "ncbahm")),
        (WHOLE.format('"WA"', "ncbahm"), ran("ncbahm", "OR")),
    ),
    "a registry read in one more state": (
        (said("OR", LICENSED, "not_found"), unread("npi_registry"), WHOLE.format('"WA"', "npi_registry")),
        (said("OR", LICENSED, "claimed"),),
    ),
    "a list read for the first time, not whole": (
        (said("OR", LISTED, "not_checked"), unread("aama")),
        (said("OR", LISTED, "claimed"), "UPDATE sources SET complete = 0 WHERE name = 'aama'"),
    ),
    "a source that is no longer whole": (
        (said("OR", LISTED, "no_evidence"),),
        (said("OR", LISTED, "not_checked"), WHOLE.format('"WA"', "ncbahm")),
    ),
    "a run of one state alone": ((), (ran("ncbahm", "WA"),)),
    "a board that loses a tenth": ((), gone("OR", 20)),
    "a tenth of a board's licenses end": ((), (said("WA", LICENSED, "expired", 40),)),
    "a tiny board": (
        (said("OR", LICENSED, "claimed", 19), unread("board_or")),
        (said("OR", LICENSED, "revoked", 19), ran("board_or")),
    ),
    "a listing too old in one state, renewed in the other": (
        (aged("OR", LISTED),),
        (said("OR", LISTED, "not_checked"), ran("ncbahm", "WA")),
    ),
    "a board too old": (
        (aged("OR", LICENSED), said("OR", LISTED, "implied"), aged("OR", LISTED)),
        (said("OR", LICENSED, "source_failed"), said("OR", LISTED, "no_evidence"), health("board_or", "blocked")),
    ),
    "a board that fails, its reading still good": ((), (health("board_or", "failed"),)),
    "a board that comes back after weeks": (
        (said("OR", LICENSED, "source_failed"), said("OR", LISTED, "not_checked")),
        (said("OR", LICENSED, "suspended", 20), said("OR", LISTED, "implied"), ran("board_or")),
    ),
}  # fmt: skip

ACTIVE, LISTING = "tag:license.active", "tag:certification.listed"
REVOKED = (said("WA", LICENSED, "revoked", 150), said("OR", LICENSED, "revoked", 150))
GRAVEST = {
    "a board's words misread": ((), REVOKED, {ACTIVE, "tag:license.revoked"}),
    "misread, while a registry is whole in one more state": (
        (WHOLE.format('"WA"', "npi_registry"), unread("npi_registry")),
        REVOKED,
        {ACTIVE, "tag:license.revoked"},
    ),
    "misread, while another board is first read": (
        (),
        (*REVOKED, OPENED.format("board_co", "CO")),
        {ACTIVE, "tag:license.revoked"},
    ),
    "misread the first time": (
        (said("OR", LICENSED, "claimed"), unread("board_or")),
        (said("OR", LICENSED, "revoked", 80), ran("board_or")),
        {"tag:license.revoked"},
    ),
    "misread the first time, people nobody knew": (
        (unread("board_or"), said("OR", LICENSED, "not_covered")),
        (said("OR", LICENSED, "not_covered"), *newcomers("surrendered", 100), ran("board_or")),
        {"tag:license.surrendered"},
    ),
    "licenses lost in one state, the board of another blocked": (
        (),
        (said("WA", LICENSED, "not_covered"), health("board_or", "blocked")),
        {ACTIVE, "tag:license.not_covered"},
    ),
    "licenses lost, the board itself failed, its reading still good": (
        (),
        (said("WA", LICENSED, "source_failed"), health("board_wa", "failed")),
        {ACTIVE, "tag:license.source_failed"},
    ),
    "licenses of a board that is too old are expired": (
        (aged("OR", LICENSED),),
        (said("OR", LICENSED, "expired"),),
        {ACTIVE, "tag:license.expired"},
    ),
    "tags gone altogether, the board too old": (
        (aged("OR", LICENSED),),
        ("DELETE FROM tags WHERE kind = 'license'" + people("OR"),),
        {ACTIVE},
    ),
    "a fresh listing forgotten with the old one": (
        (aged("OR", LISTED),),
        (said("OR", LISTED, "not_checked"), said("WA", LISTED, "not_checked")),
        {LISTING, "tag:certification.not_checked"},
    ),
    "a listing lapsed, while it is whole at last": (
        (WHOLE.format("", "ncbahm"),),
        (said("WA", LISTED, "listed_inactive"), ran("ncbahm")),
        {LISTING, "tag:certification.listed_inactive"},
    ),
    "listed in a state that was not read": (
        (said("WA", LISTED, "not_checked"),),
        (ran("ncbahm", "OR"),),
        {"tag:certification.not_checked", LISTING},
    ),
    "licensed where another state's board was read": (
        (said("OR", LICENSED, "claimed"),),
        (ran("board_wa"), ran("npi_registry", "OR").replace("tonight", "too")),
        {"tag:license.claimed", ACTIVE},
    ),
    "listed after a run that failed": (
        (said("WA", LISTED, "not_checked"),),
        (ran("ncbahm", "WA").replace("'good'", "'failed'"),),
        {"tag:certification.not_checked", LISTING},
    ),
    "a fresh listing forgotten, while the source is no longer whole": (
        (),
        (said("OR", LISTED, "not_checked"), WHOLE.format('"WA"', "ncbahm")),
        {LISTING, "tag:certification.not_checked"},
    ),
    "old claims lost, while a registry is read for the first time": (
        (said("OR", LISTED, "claimed"), aged("OR", LISTED), unread("npi_registry")),
        (said("OR", LISTED, "not_checked"),),
        {"tag:certification.claimed", "tag:certification.not_checked"},
    ),
    "claims invented in a state, while a registry is first read in another": (
        (said("WA", LISTED, "not_checked"), unread("npi_registry")),
        (
            said("WA", LISTED, "claimed"),
            "UPDATE sources SET complete = 0 WHERE name = 'npi_registry'",
            WHOLE.format('"OR"', "npi_registry"),
        ),
        {"tag:certification.not_checked", "tag:certification.claimed"},
    ),
    "claims lost, while the certifier is read": (
        (said("WA", LISTED, "claimed"),),
        (said("WA", LISTED, "no_evidence"), ran("ncbahm")),
        {"tag:certification.claimed", "tag:certification.no_evidence"},
    ),
    "claims invented, no source that states them new": (
        (said("WA", LISTED, "not_checked"),),
        (said("WA", LISTED, "claimed"), ran("ncbahm"), ran("npi_registry").replace("tonight", "too")),
        {"tag:certification.not_checked", "tag:certification.claimed"},
    ),
    "a board's records lost": ((), gone("OR", 70), {"source:board_or", "state:OR"}),
    "half of all gone": (
        (),
        (*gone("OR", 200), *gone("WA", 10)),
        {"practitioners", "source:board_or", "state:OR"},
    ),
}


@pytest.mark.parametrize("night", ORDINARY)
def test_an_ordinary_night_is_published(two_states: Path, tmp_path: Path, night: str) -> None:
    assert refused(two_states, tmp_path, *ORDINARY[night]) == set()


@pytest.mark.parametrize("night", GRAVEST)
def test_a_grave_night_is_refused(two_states: Path, tmp_path: Path, night: str) -> None:
    before, tonight, words = GRAVEST[night]
    assert refused(two_states, tmp_path, before, tonight) == words


def test_a_first_night_is_compared_with_nothing(two_states: Path) -> None:
    assert refusals(two_states, None) == []


def test_the_window_is_the_one_of_the_rules(two_states: Path, tmp_path: Path) -> None:
    night = (aged("OR", LISTED),), (said("OR", LISTED, "not_checked"),)
    longer = "UPDATE windows SET days = 94 WHERE name = 'stale'"
    assert refused(two_states, tmp_path, *night) == set()
    assert LISTING in refused(two_states, tmp_path, night[0], (*night[1], longer))
