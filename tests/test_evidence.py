"""Evidence bundles on the sample: made from real crawls, read again by the real spiders, and every change is named."""

from __future__ import annotations

import hashlib
import json
import shutil
import sqlite3
import zipfile
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest

from crawler.catalog import source_names
from db.opening import current
from pipeline.commands.evidence_made import make_bundle
from pipeline.commands.evidence_verified import verified
from pipeline.disputes import COLUMNS, value_hash
from pipeline.evidence.replay import CONFIRMED, DIFFERS, NOT_REPLAYED, NOTE, Finding
from tests.conftest import run_diplomate

MIB = 1024 * 1024
# Read as others are; elsewhere than in CI those stand for them.
ALIKE = (
    "aama", "board_ca", "board_co", "board_ct", "board_de", "board_fl", "board_il", "board_mo", "board_nc", "board_tx",
    "board_wa", "npi_registry", "nppes_weekly",
)  # fmt: skip
# What the full NPPES file prints, its weekly files print newer in the sample: nobody's record stands on it.
SOURCES = [name for name in source_names() if name not in ALIKE and name != "nppes_monthly"]
Change = Callable[[dict[str, bytes]], None]


def published(data: Path) -> Path:
    path = current(data)
    assert path is not None
    return path


def ask(data: Path, sql: str, *values: str) -> list[tuple[str, ...]]:
    with sqlite3.connect(published(data)) as connection:
        return connection.execute(sql, values).fetchall()


def one_of(data: Path, source: str, wanted: str = "1") -> str:
    """A practitioner with a record of this source, the one with the fewest other records."""
    read = "coalesce(json_extract(fields, '$.read_in'), source)"
    sql = (
        f"SELECT practitioner_id FROM records WHERE practitioner_id IS NOT NULL AND {read} = ? AND {wanted} ORDER BY"
        " (SELECT count(*) FROM records other WHERE other.practitioner_id = records.practitioner_id), practitioner_id"
    )
    return str(ask(data, sql, source)[0][0])


def bundle_of(data: Path, id: str, out: Path, **options: int) -> Path:
    made = make_bundle(published(data), data, id, out, options.get("largest", 64) * MIB, True)
    assert made.problems == []
    return out


@pytest.fixture(scope="module")
def sound(sample_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The bundle of somebody whom only California's board lists, as current."""
    id = one_of(sample_data, "board_ca", "json_extract(fields, '$.status') = 'Current'")
    return bundle_of(sample_data, id, tmp_path_factory.mktemp("sound") / "bundle.zip")


@pytest.fixture(scope="module")
def of_three(sample_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The bundle of somebody whom a board, the certifier and the register list."""
    id = str(ask(sample_data, "SELECT id FROM practitioners WHERE name = 'Tuyet Mai Dao'")[0][0])
    return bundle_of(sample_data, id, tmp_path_factory.mktemp("three") / "bundle.zip")


def wrong_in(path: Path) -> list[Finding]:
    return [finding for finding in verified(path) if finding.verdict not in (CONFIRMED, NOTE)]


def contents(path: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def changed(path: Path, change: Change, out: Path, mend: bool = False) -> Path:
    """The bundle with its files changed; `mend`: the manifest states what the changed files are."""
    files = contents(path)
    change(files)
    if mend:
        manifest = json.loads(files["manifest.json"])
        for row in manifest["files"]:
            content = files[row["name"]]
            row |= {"size": len(content), "sha256": hashlib.sha256(content).hexdigest()}
        files["manifest.json"] = json.dumps(manifest).encode()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return out


def flip(name: str) -> Change:
    """One byte of a file, in its middle."""

    def change(files: dict[str, bytes]) -> None:
        content = bytearray(files[name])
        content[len(content) // 2] ^= 1
        files[name] = bytes(content)

    return change


@pytest.mark.parametrize("source", [*SOURCES, *(pytest.param(name, marks=pytest.mark.everything) for name in ALIKE)])
def test_a_person_of_each_source_is_confirmed_offline(sample_data: Path, tmp_path: Path, source: str) -> None:
    bundle = bundle_of(sample_data, one_of(sample_data, source), tmp_path / "bundle.zip")
    found = list(verified(bundle))
    assert {finding.verdict for finding in found} == {CONFIRMED}, found
    assert any(f"{source}: the row" in finding.sentence for finding in found)


def test_every_tag_of_the_sample_is_made_again(sample_data: Path, tmp_path: Path) -> None:
    """A person of each kind of conclusion, without the snapshots, which another test reads."""
    from pipeline.commands.evidence_opened import made_folders, opened
    from pipeline.evidence.replay import replay

    rows = ask(sample_data, "SELECT min(practitioner_id) FROM tags GROUP BY kind, value, rule, needs_review IS NULL")
    for (id,) in sorted(set(rows)):
        folder = tmp_path / id
        folder.mkdir()
        opened(bundle_of(sample_data, id, tmp_path / f"{id}.zip"), folder)
        made_folders(folder)
        found = list(replay(folder))
        assert {finding.verdict for finding in found} == {CONFIRMED}, (id, found)
        assert "tags" in {finding.sentence.partition(":")[0] for finding in found}


def test_the_same_database_gives_the_same_bytes(sample_data: Path, tmp_path: Path, sound: Path) -> None:
    id = json.loads(contents(sound)["manifest.json"])["practitioner_id"]
    assert bundle_of(sample_data, id, tmp_path / "again.zip").read_bytes() == sound.read_bytes()


def test_the_bundle_says_what_it_is(of_three: Path) -> None:
    files = contents(of_three)
    manifest, text = json.loads(files["manifest.json"]), files["README.txt"].decode()
    for words in ("not primary source verification", "evidence verify", "thousands of other people", "How to correct"):
        assert words in text
    assert manifest["built_at"].startswith("20") and {"pandas", "scrapy"} <= set(manifest["versions"]["libraries"])
    assert {row["name"] for row in manifest["files"]} == set(files) - {"manifest.json"}
    read = json.loads(files["readings.json"])["ncbahm"]["whole"]["CA"]
    assert read["read_at"] and read["run"].startswith("ncbahm/")
    index = [json.loads(line) for line in files["snapshots.jsonl"].splitlines()]
    assert all(line["url"].startswith("https://") and line["status"] and line["headers"] for line in index)
    assert "Listed by the certifier" in files["answer.txt"].decode()


@pytest.mark.parametrize("part", ["snapshots/", "records.jsonl", "tables/tags.json", "rules/states.csv", "README.txt"])
def test_one_flipped_byte_is_named(sound: Path, tmp_path: Path, part: str) -> None:
    name = max(name for name in contents(sound) if name.startswith(part))
    wrong = next(verified(changed(sound, flip(name), tmp_path / "flipped.zip")))
    assert wrong.verdict == DIFFERS and name in wrong.sentence


def test_an_edited_tag_is_caught_although_the_manifest_agrees(sound: Path, tmp_path: Path) -> None:
    """The known-wrong case of all: every hash is right, and the tag is not what the rows give."""

    def edit(files: dict[str, bytes]) -> None:
        tags = json.loads(files["tables/tags.json"])
        tags[1]["value"] = "revoked"
        files["tables/tags.json"] = json.dumps(tags).encode()

    wrong = wrong_in(changed(sound, edit, tmp_path / "edited.zip", mend=True))
    assert any("the tag license CA: value is 'revoked' in the bundle" in finding.sentence for finding in wrong)
    assert any(finding.sentence.startswith("answer.txt") for finding in wrong)


@pytest.mark.everything
def test_an_edited_row_is_caught_although_the_manifest_agrees(sound: Path, tmp_path: Path) -> None:
    def edit(files: dict[str, bytes]) -> None:
        files["records.jsonl"] = files["records.jsonl"].replace(b'"Current"', b'"Delinquent"')

    wrong = wrong_in(changed(sound, edit, tmp_path / "edited.zip", mend=True))
    assert any('its status is "Delinquent" in records.jsonl' in finding.sentence for finding in wrong)
    assert any("the tag license CA" in finding.sentence for finding in wrong)


@pytest.mark.everything
def test_other_rules_are_said_and_are_the_ones_applied(sound: Path, tmp_path: Path) -> None:
    def edit(files: dict[str, bytes]) -> None:
        files["rules/status_words.csv"] = files["rules/status_words.csv"].replace(
            b"board_ca,current,active", b"board_ca,current,retired"
        )

    found = list(verified(changed(sound, edit, tmp_path / "edited.zip", mend=True)))
    assert any(finding.verdict == NOTE and "status_words.csv" in finding.sentence for finding in found)
    assert any(finding.verdict == DIFFERS and "made again it is 'retired'" in finding.sentence for finding in found)


@pytest.mark.everything
def test_a_bundle_of_another_version_says_so(sound: Path, tmp_path: Path) -> None:
    def edit(files: dict[str, bytes]) -> None:
        manifest = json.loads(files["manifest.json"])
        manifest["versions"]["diplomate"] = "9.9"
        files["manifest.json"] = json.dumps(manifest).encode()

    found = list(verified(changed(sound, edit, tmp_path / "edited.zip")))
    assert any(finding.verdict == NOTE and "made with diplomate 9.9" in finding.sentence for finding in found)
    assert not [finding for finding in found if finding.verdict not in (CONFIRMED, NOTE)]


@pytest.mark.everything
def test_rows_that_are_no_rows_are_a_finding_and_no_traceback(sound: Path, tmp_path: Path) -> None:
    odd = {
        "records.jsonl": b'{"run": 7}\n',
        "runs.json": b'[{"run": "../../etc"}]',
        "world.json": b"[]",
        "tables/practitioners.json": b"{}",
        "snapshots.jsonl": b"[1]\n",
    }
    for name, content in odd.items():
        edited = changed(sound, partial(dict.update, **{name: content}), tmp_path / "odd.zip", mend=True)
        assert NOT_REPLAYED in {finding.verdict for finding in wrong_in(edited)}, name


@pytest.mark.everything
def test_without_snapshots_the_tags_are_still_made_again(sample_data: Path, tmp_path: Path) -> None:
    out = tmp_path / "bundle.zip"
    id = one_of(sample_data, "board_wa")
    done = run_diplomate("evidence", id, "--out", str(out), "--without-snapshots", data=sample_data)
    assert done.code == 0 and "home addresses" in done.err and out.exists()
    assert not [name for name in contents(out) if name.startswith("snapshots/")]
    checked = run_diplomate("evidence", "verify", str(out), data=tmp_path)
    assert checked.code == 1 and "asked for without snapshots" in checked.out
    assert "confirmed: tags" in checked.out and "differs" not in checked.out


@pytest.mark.everything
def test_a_snapshot_above_the_limit_is_named_with_its_address(sample_data: Path, tmp_path: Path) -> None:
    bundle = bundle_of(sample_data, one_of(sample_data, "aama"), tmp_path / "bundle.zip", largest=0)
    manifest = json.loads(contents(bundle)["manifest.json"])
    assert manifest["left_out"] and "the most for one snapshot was 0" in manifest["left_out"][0]
    wrong = wrong_in(bundle)
    assert [finding.verdict for finding in wrong] == [NOT_REPLAYED]
    assert "https://medacu.memberclicks.net" in wrong[0].sentence


def test_a_damaged_snapshot_is_named_and_the_rest_is_written(data: Path, tmp_path: Path) -> None:
    """What is left is still evidence, and the gap is said: on stderr, in the manifest, and by the exit code."""
    id, out = one_of(data, "board_nc"), tmp_path / "bundle.zip"
    digest = str(ask(data, "SELECT sha256 FROM records WHERE practitioner_id = ? AND source = 'board_nc'", id)[0][0])
    body = next((data / "snapshots" / "board_nc").rglob(digest))
    body.write_bytes(body.read_bytes() + b" ")
    done = run_diplomate("evidence", id, "--out", str(out), data=data)
    assert done.code == 1 and digest in done.err and "changed in the data folder" in done.err
    assert digest in " ".join(json.loads(contents(out)["manifest.json"])["missing"])
    assert not run_diplomate("evidence", "verify", str(out), data=tmp_path).out.count("differs:")
    body.unlink()
    assert "gone from the data folder" in run_diplomate("evidence", id, "--out", str(out), data=data).err


def test_rows_that_are_gone_are_named(data: Path, tmp_path: Path) -> None:
    id, out = one_of(data, "board_nc"), tmp_path / "bundle.zip"
    shutil.rmtree(data / "snapshots" / "board_nc")
    done = run_diplomate("evidence", id, "--out", str(out), data=data)
    assert done.code == 1 and "no longer in the data folder" in done.err
    assert run_diplomate("evidence", "verify", str(out), data=tmp_path).code == 1


def test_a_crawl_since_the_build_changes_no_evidence(data: Path, tmp_path: Path, sound: Path) -> None:
    id = json.loads(contents(sound)["manifest.json"])["practitioner_id"]
    done = run_diplomate("crawl", "board_ca", "--replay", data=data)
    assert done.code == 0, done.err
    assert bundle_of(data, id, tmp_path / "later.zip").read_bytes() == sound.read_bytes()


def test_ids_that_lead_on_and_ids_of_nobody(data: Path, tmp_path: Path) -> None:
    path, id = published(data), one_of(data, "leie")
    path.chmod(0o644)
    with sqlite3.connect(path) as connection:
        connection.execute("INSERT INTO redirects VALUES ('oldoldoldo', ?)", [id])
    out = tmp_path / "bundle.zip"
    done = run_diplomate("evidence", "oldoldoldo", "--out", str(out), data=data)
    assert done.code == 0 and f"it leads to {id}" in done.err
    assert "Possible match on the federal exclusion list" in contents(out)["answer.txt"].decode()
    nobody = run_diplomate("evidence", "nobody", "--out", str(tmp_path / "no.zip"), data=data)
    assert nobody.code == 2 and "'nobody'" in nobody.err and not (tmp_path / "no.zip").exists()


def test_a_place_that_cannot_be_written_is_said(sample_data: Path, tmp_path: Path) -> None:
    id = one_of(sample_data, "board_wa")
    nowhere = tmp_path / "no folder" / "bundle.zip"
    done = run_diplomate("evidence", id, "--out", str(nowhere), data=sample_data)
    assert done.code == 1 and str(nowhere) in done.err and "Traceback" not in done.err
    assert run_diplomate("evidence", id, data=sample_data).code == 2


@pytest.mark.everything
def test_saved_pages_and_runs_read_again_are_evidence_too(data: Path, tmp_path: Path) -> None:
    """A page somebody saved and brought in, and rows that a replay made of a crawl's snapshots."""
    id = one_of(data, "board_nc")
    digest = str(ask(data, "SELECT sha256 FROM records WHERE practitioner_id = ? AND source = 'board_nc'", id)[0][0])
    page = tmp_path / "directory.html"
    page.write_bytes(next((data / "snapshots" / "board_nc").rglob(digest)).read_bytes())
    run_diplomate("import", "board_nc", str(page), data=data)
    assert run_diplomate("crawl", "board_ca", "--replay", data=data).code == 0
    built = run_diplomate("build", data=data)
    assert built.code == 0, built.err
    for source, kind in (("board_nc", "import"), ("board_ca", "replay")):
        who = id if source == "board_nc" else one_of(data, "board_ca")
        bundle = bundle_of(data, who, tmp_path / f"{source}.zip")
        runs = {run["source"]: run["kind"] for run in json.loads(contents(bundle)["runs.json"])}
        assert runs[source] == kind
        assert wrong_in(bundle) == []


@pytest.mark.everything
def test_a_disputed_fact_is_hidden_in_the_tables_and_the_tags_are_still_made_again(data: Path, tmp_path: Path) -> None:
    id = one_of(data, "board_ca", "json_extract(fields, '$.status') = 'Current'")
    sql = "SELECT record_id, field, value FROM claims WHERE practitioner_id = ? AND source = 'board_ca'"
    record, field, value = next(row for row in ask(data, sql, id) if row[1].startswith("license CA"))
    day = ask(data, "SELECT substr(value, 1, 10) FROM build_info WHERE key = 'built_at'")[0][0]
    line = [record, field, value_hash(record, field, value), "it is another person's", day, ""]
    (data / "disputes.csv").write_text(f"{','.join(COLUMNS)}\n{','.join(line)}\n")
    built = run_diplomate("build", data=data)
    assert built.code == 0, built.err
    bundle = bundle_of(data, id, tmp_path / "bundle.zip")
    assert "disputed" in contents(bundle)["answer.txt"].decode()
    assert wrong_in(bundle) == []
