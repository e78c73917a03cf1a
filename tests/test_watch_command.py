"""`diplomate watch` as a user calls it: nights, messages, faults, two at once, and being killed."""

from __future__ import annotations

import csv
import json
import stat
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from db.publish import publish
from pipeline.commands import environment, run, watch_look, watch_send
from pipeline.commands.watch import command
from tests.conftest import run_diplomate
from tests.fault_server import Answer, FaultSite, fault_site
from tests.test_history import change_status
from tests.test_notify import keeping
from tests.tiny_database import BUILT_AT
from tests.watching import BY_NAME, BY_NUMBER, Nights, write_roster

NUMBER = "AC69003571"


class Clinic:
    """A data folder with the tiny database, a roster beside it, and the command called in this process."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.data, self.nights, self.monkeypatch = folder / "data", Nights(folder), monkeypatch
        self.roster = write_roster(folder / "staff.csv", (BY_NUMBER, BY_NAME))
        self.watched = self.data / "watch" / "staff"
        monkeypatch.setenv("DIPLOMATE_DATA", str(self.data))
        monkeypatch.delenv("DIPLOMATE_NOTIFY", raising=False)
        self.publish(0)

    def publish(self, days: int) -> None:
        at = BUILT_AT + timedelta(days=days)
        publish(self.nights.tables, self.data, at)
        self.monkeypatch.setattr(environment, "now", lambda: at)

    def call(self, *words: object) -> Result:
        return CliRunner().invoke(command, [str(word) for word in words])

    def lapse(self, days: int = 1) -> None:
        """A night on which one license shows as expired."""
        self.nights.license("p01", "expired")
        self.publish(days)

    def files(self) -> list[str]:
        return sorted(path.name for path in self.watched.glob("changes-*"))

    def address(self, site: FaultSite) -> None:
        self.monkeypatch.setenv("DIPLOMATE_NOTIFY", site.address.replace("http", "json") + "/hook")


@pytest.fixture
def clinic(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Clinic:
    return Clinic(tmp_path, monkeypatch)


@pytest.fixture
def webhook() -> Iterator[tuple[FaultSite, list[dict[str, str]], list[int]]]:
    """A webhook: the site, what it was given, and the statuses it will answer first."""
    given: list[dict[str, str]] = []
    first: list[int] = []

    def answer(path: str, body: str) -> Answer:
        given.append(json.loads(body))
        return Answer(status=first.pop(0) if first else 200)

    with fault_site(answer) as site:
        yield site, given, first


def test_a_roster_is_watched_listed_and_forgotten(clinic: Clinic) -> None:
    assert "No roster is watched." in clinic.call().output
    done = clinic.call(clinic.roster)
    assert done.exit_code == 0 and "2 rows are remembered from now on" in done.output
    kept = [clinic.watched, *clinic.watched.iterdir()]
    assert {path.name: stat.S_IMODE(path.stat().st_mode) for path in kept} == {
        "staff": 0o700,
        "roster.csv": 0o600,
        "state.json": 0o600,
    }
    assert "staff: 2 people asked about, watched since 2026-11-22 12:00 UTC" in clinic.call().output
    (row,) = json.loads(clinic.call("--json").output)
    assert (row["name"], row["questions"], row["last_change"]) == ("staff", 2, None)
    gone = clinic.call("--forget", "staff")
    assert gone.exit_code == 0 and "roster.csv, state.json" in gone.output
    assert not clinic.watched.exists()


def test_what_changed_is_written_as_csv_and_json_and_never_twice(clinic: Clinic) -> None:
    clinic.call(clinic.roster)
    clinic.lapse()
    done = clinic.call("--look")
    assert done.exit_code == 0 and "1 line in changes-20261123T120000Z.csv" in done.output
    assert "Quackenbush" not in done.output
    assert clinic.files() == ["changes-20261123T120000Z.csv", "changes-20261123T120000Z.json"]
    with (clinic.watched / clinic.files()[0]).open(encoding="utf-8", newline="") as file:
        (row,) = csv.DictReader(file)
    document = json.loads((clinic.watched / clinic.files()[1]).read_text())
    assert document["changes"] == [row] and row["new"] == "expired"
    assert "pre-check" in document["disclaimer"] and document["built_at"] == "2026-11-23T12:00:00Z"
    assert all(stat.S_IMODE(path.stat().st_mode) == 0o600 for path in clinic.watched.iterdir())
    assert "nothing changed" in clinic.call("--look", "staff").output
    assert len(clinic.files()) == 2


def test_a_reminder_on_a_night_without_a_build_has_a_file_of_its_own(clinic: Clinic) -> None:
    clinic.call(clinic.roster)
    clinic.nights.set("licenses", {"practitioner_id": "p01"}, expires="2027-02-21")
    clinic.publish(1)
    clinic.call("--look")
    later = BUILT_AT + timedelta(days=31)
    clinic.monkeypatch.setattr(environment, "now", lambda: later)
    clinic.call("--look")
    assert len(clinic.files()) == 4
    assert any(b"reminder" in (clinic.watched / name).read_bytes() for name in clinic.files())


@pytest.mark.parametrize("refused", [False, True])
def test_a_nightly_run_reminds_also_when_nothing_was_published(clinic: Clinic, refused: bool) -> None:
    clinic.nights.set("licenses", {"practitioner_id": "p01"}, expires="2027-02-21")
    clinic.publish(0)
    clinic.call(clinic.roster)
    later = BUILT_AT + timedelta(days=31)
    clinic.monkeypatch.setattr(environment, "now", lambda: later)
    clinic.monkeypatch.setattr(run, "is_due", lambda *_: False)
    clinic.monkeypatch.setattr(run, "anything_new", lambda _: refused)

    def build(_: Path) -> Path:
        raise environment.Failed("Not published: a gate.")

    clinic.monkeypatch.setattr(run, "build_and_publish", build)
    done = CliRunner().invoke(run.command, [])
    assert done.exit_code == int(refused) and "staff: 2 looked at, 1 line in" in done.output
    assert ("Not published: a gate." in done.output) == refused
    (written,) = clinic.watched.glob("changes-*.csv")
    assert "reminder" in written.read_text() and "in 60 days" in written.read_text()


def test_the_same_name_again_replaces_the_roster_and_keeps_what_is_remembered(clinic: Clinic, tmp_path: Path) -> None:
    clinic.call(clinic.roster)
    clinic.lapse()
    again = write_roster(tmp_path / "new.csv", (("Orsolya Thistlewood", "WA", "", ""), BY_NUMBER))
    done = clinic.call(again, "--name", "staff")
    assert "2 people asked about, 1 of them watched already; 1 watched no more." in done.output
    assert "1 line in" in done.output and "1 row is remembered" in done.output


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--forget", "nobody"), "No roster is watched as 'nobody'."),
        (("--look", "../staff"), "No roster is watched as '../staff'."),
        (("--name", "x"), "go with a ROSTER"),
        (("ROSTER", "--name", "../x"), "'../x' cannot be the name"),
        (("ROSTER", "--name", ".x"), "'.x' cannot be the name"),
        (("ROSTER", "--forget", "x"), "Give one of"),
        (("nowhere.csv",), "nowhere.csv"),
        (("ROSTER", "--column", "license"), 'write OURS="Their heading"'),
        (("ROSTER", "--column", "license=No such"), "No such"),
    ],
)
def test_a_wrong_call_is_a_sentence(clinic: Clinic, words: tuple[str, ...], said: str) -> None:
    done = clinic.call(*(str(clinic.roster) if word == "ROSTER" else word for word in words))
    assert done.exit_code == 2 and said in done.output and "Traceback" not in done.output
    assert not (clinic.data / "watch").exists()


def test_rows_that_ask_nothing_are_named_and_the_others_watched(clinic: Clinic, tmp_path: Path) -> None:
    roster = write_roster(tmp_path / "some.csv", (BY_NUMBER, ("", "", "AC123", ""), ("", "", "", "12")))
    done = clinic.call(roster)
    assert done.exit_code == 1 and "2 rows ask nothing" in done.output
    assert "row 3: license number has no state" in done.output and "1 row is remembered" in done.output
    assert clinic.call("--look").exit_code == 0


def test_a_roster_that_asks_about_nobody_replaces_nothing(clinic: Clinic, tmp_path: Path) -> None:
    clinic.call(clinic.roster)
    empty = write_roster(tmp_path / "empty.csv", (("", "", "AC123", ""),))
    done = clinic.call(empty, "--name", "staff")
    assert done.exit_code == 2 and "asks about nobody" in done.output and "license number has no state" in done.output
    assert "2 looked at, nothing changed" in clinic.call("--look").output


def test_a_damaged_published_file_is_a_sentence(clinic: Clinic, capsys: pytest.CaptureFixture[str]) -> None:
    clinic.call(clinic.roster)
    path = (clinic.data / "current").resolve()
    path.chmod(0o600)
    path.write_bytes(path.read_bytes()[:5000])
    assert watch_look.look_after_build(clinic.data)
    said = capsys.readouterr().err
    assert "The watched rosters were not looked at. The database" in said and "cannot be read" in said


def test_without_a_published_file_it_waits_for_the_first_build(clinic: Clinic) -> None:
    (clinic.data / "current").unlink()
    done = clinic.call(clinic.roster)
    assert done.exit_code == 0 and "after the first build" in done.output
    assert clinic.call("--look").exit_code == 2
    assert not watch_look.look_after_build(clinic.data)
    clinic.publish(1)
    assert "remembered from now on" in clinic.call("--look").output


@pytest.mark.parametrize(
    "damage", [b"", b"{", b"[]", b'{"format": 1}', b'{"format": 2, "rows": {}}', b"\xff\x00", None]
)
def test_a_damaged_state_is_a_sentence_and_is_left_alone(clinic: Clinic, damage: bytes | None) -> None:
    clinic.call(clinic.roster)
    clinic.call(clinic.roster, "--name", "other")
    state = clinic.watched / "state.json"
    state.unlink()
    if damage is not None:
        state.write_bytes(damage)
    clinic.lapse()
    done = clinic.call("--look")
    assert done.exit_code == 1 and "Nothing was compared" in done.output and "Traceback" not in done.output
    assert "other: 2 looked at, 1 line" in done.output
    assert state.exists() == (damage is not None) and (damage is None or state.read_bytes() == damage)
    assert clinic.call().exit_code == 1
    if damage is not None:
        assert clinic.call(clinic.roster).exit_code == 1
        state.unlink()
    assert "remembered from now on" in clinic.call(clinic.roster).output


@pytest.mark.parametrize("part", ["rows", "pending", "files", "roster", "salt", "unread"])
def test_a_state_with_a_part_that_is_none_is_a_sentence(clinic: Clinic, part: str) -> None:
    clinic.call(clinic.roster)
    state = clinic.watched / "state.json"
    state.write_text(json.dumps(json.loads(state.read_text()) | {part: 7}))
    done = clinic.call("--look")
    assert done.exit_code == 1 and "cannot be read" in done.output and "Traceback" not in done.output
    assert clinic.call("--forget", "staff").exit_code == 0


def test_a_roster_that_is_gone_keeps_no_other_from_being_looked_at(clinic: Clinic) -> None:
    clinic.call(clinic.roster)
    clinic.call(clinic.roster, "--name", "zulu")
    (clinic.watched / "roster.csv").unlink()
    done = clinic.call("--look")
    assert done.exit_code == 1 and "roster.csv is gone" in done.output and "zulu: 2 looked at" in done.output


def test_no_change_no_message_and_a_change_is_sent_once(
    clinic: Clinic, webhook: tuple[FaultSite, list[dict[str, str]], list[int]]
) -> None:
    site, given, _ = webhook
    clinic.address(site)
    clinic.call(clinic.roster)
    clinic.call("--look")
    assert given == []
    clinic.lapse()
    assert clinic.call("--look").exit_code == 0
    clinic.call("--look")
    (sent,) = given
    assert sent["title"] == "diplomate: staff, 1 line"
    assert "Row 2: Washington credential roster shows the license in WA of Imelda Quackenbush" in sent["message"]
    for words in ("changes-20261123T120000Z.csv", "This is a pre-check", "diplomate watch --forget staff"):
        assert words in sent["message"]


def test_what_could_not_be_sent_waits_and_goes_only_where_it_is_missing(
    clinic: Clinic, webhook: tuple[FaultSite, list[dict[str, str]], list[int]]
) -> None:
    site, given, first = webhook
    with fault_site(lambda path, body: Answer()) as other:
        both = f"{site.address}/secret-hook,{other.address}/hook".replace("http", "json")
        clinic.monkeypatch.setenv("DIPLOMATE_NOTIFY", both)
        clinic.call(clinic.roster)
        first.append(500)
        clinic.lapse()
        done = clinic.call("--look")
        assert done.exit_code == 1 and "it answered 500. It is sent again at the next look." in done.output
        assert "secret-hook" not in done.output and "secret-hook" not in (clinic.watched / "state.json").read_text()
        assert "messages that wait to be sent: 1" in clinic.call().output
        assert (len(given), len(other.asked)) == (1, 1)
        assert clinic.call("--look").exit_code == 0
        assert (len(given), len(other.asked)) == (2, 1)
        assert clinic.call("--look").exit_code == 0
        assert (len(given), len(other.asked)) == (2, 1)
    assert given[0] == given[1]


def test_where_no_address_is_set_any_more_the_message_waits(
    clinic: Clinic, webhook: tuple[FaultSite, list[dict[str, str]], list[int]]
) -> None:
    site, given, _ = webhook
    clinic.address(site)
    clinic.call(clinic.roster)
    clinic.monkeypatch.delenv("DIPLOMATE_NOTIFY")
    clinic.lapse()
    done = clinic.call("--look")
    assert done.exit_code == 1 and "1 message waits to be sent, but DIPLOMATE_NOTIFY is not set here" in done.output
    clinic.address(site)
    assert clinic.call("--look").exit_code == 0 and len(given) == 1


def test_who_never_sent_anything_has_nothing_waiting(
    clinic: Clinic, webhook: tuple[FaultSite, list[dict[str, str]], list[int]]
) -> None:
    site, given, _ = webhook
    clinic.call(clinic.roster)
    clinic.lapse()
    assert clinic.call("--look").exit_code == 0
    clinic.address(site)
    assert clinic.call("--look").exit_code == 0 and given == []


@pytest.mark.parametrize("place", ["write_private", "write_state", "deliver", "send_to"])
def test_a_look_that_is_killed_loses_nothing(
    clinic: Clinic, webhook: tuple[FaultSite, list[dict[str, str]], list[int]], place: str
) -> None:
    site, given, _ = webhook
    clinic.address(site)
    clinic.call(clinic.roster)
    clinic.lapse()

    def killed(*_: object) -> None:
        raise SystemExit(137)

    module = watch_send if place == "send_to" else watch_look
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(module, place, killed)
        assert clinic.call("--look").exit_code == 137
    assert clinic.call("--look").exit_code == 0
    assert clinic.files() == ["changes-20261123T120000Z.csv", "changes-20261123T120000Z.json"]
    assert [sent["title"] for sent in given] == ["diplomate: staff, 1 line"]
    clinic.call("--look")
    assert len(given) == 1


def test_a_long_list_is_cut_in_the_message_only(clinic: Clinic, tmp_path: Path) -> None:
    change = {"row": "2", "sentence": "Something changed."}
    made = watch_send.message("staff", [change] * 53, tmp_path / "changes-1.csv", True)
    assert made["body"].count("Something changed.") == 50 and "... and 3 more." in made["body"]
    assert "invented" in made["body"]


@pytest.mark.everything
def test_a_build_looks_at_every_watched_roster_and_never_fails_for_it(data: Path, tmp_path: Path) -> None:
    """The sample's nights by the real commands: a changed status is told and sent, a broken watch is exit 1."""
    roster = tmp_path / "staff.csv"
    roster.write_text(f"State,License\nWA,{NUMBER}\n")
    given: list[dict[str, str]] = []
    with fault_site(keeping(given)) as site:
        settings = {"DIPLOMATE_NOTIFY": site.address.replace("http", "json")}
        assert run_diplomate("watch", str(roster), data=data, **settings).code == 0
        built = run_diplomate("build", data=data, **settings)
        assert built.code == 0 and "nothing changed" in built.err and given == []
        change_status(data, NUMBER, "Expired")
        built = run_diplomate("build", data=data, **settings)
        assert built.code == 0 and "staff: 1 looked at" in built.err
    assert any("Expired" in sent["message"] for sent in given)
    (data / "watch" / "staff" / "state.json").write_text("{")
    before = (data / "current").resolve()
    built = run_diplomate("build", data=data)
    assert built.code == 1 and "Published" in built.err and "state.json cannot be read" in built.err
    assert (data / "current").resolve() != before


def test_two_looks_at_once_tell_what_changed_once(data: Path, tmp_path: Path) -> None:
    roster = tmp_path / "staff.csv"
    roster.write_text(f"State,License\nWA,{NUMBER}\n")
    assert run_diplomate("watch", str(roster), data=data).code == 0
    moved = json.loads((data / "watch" / "staff" / "state.json").read_text())
    for row in moved["rows"].values():
        row["known"] = [[*field, "inactive" if field[0] == "license" else value] for *field, value in row["known"]]
    (data / "watch" / "staff" / "state.json").write_text(json.dumps(moved))
    with ThreadPoolExecutor(2) as pool:
        looks = list(pool.map(lambda _: run_diplomate("watch", "--look", data=data), range(2)))
    assert [look.code for look in looks] == [0, 0]
    assert sorted("nothing changed" in look.err for look in looks) == [False, True]
