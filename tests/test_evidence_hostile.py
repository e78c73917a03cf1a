"""A stranger's bundle: whatever it holds, a sentence; nothing outside a temporary folder, and no bomb goes off."""

from __future__ import annotations

import io
import json
import stat
import zipfile
from collections.abc import Iterable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.commands import evidence_opened
from pipeline.commands.evidence_opened import NEEDED, NoBundle, entries_of, opened
from pipeline.evidence.replay import DIFFERS
from pipeline.evidence.shapes import FORMAT
from tests.conftest import run_diplomate

MANIFEST = json.dumps({"format": FORMAT, "files": []}).encode()


def archive_of(members: Iterable[tuple[str | zipfile.ZipInfo, bytes]]) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members:
            archive.writestr(name, content)
    return packed.getvalue()


def with_needed(*more: tuple[str | zipfile.ZipInfo, bytes], manifest: bytes = MANIFEST) -> bytes:
    return archive_of([*((name, manifest if name == "manifest.json" else b"") for name in NEEDED), *more])


def link(name: str) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(name)
    info.create_system, info.external_attr = 3, (stat.S_IFLNK | 0o777) << 16
    return info


HOSTILE = {
    "no ZIP": b"hello",
    "nothing": b"",
    "another archive": archive_of([("a.txt", b"a")]),
    "a name that leads outside": with_needed(("../evil.txt", b"x")),
    "a name that leads outside later": with_needed(("rules/../../evil.csv", b"x")),
    "an absolute name": with_needed(("/etc/evil", b"x")),
    "a drive": with_needed(("C:\\evil.txt", b"x")),
    "a backslash": with_needed(("rules\\evil.csv", b"x")),
    "a NUL in a name": with_needed(("rules/a.csv+.exe", b"x")).replace(b"a.csv+", b"a.csv\0"),
    "a link": with_needed((link("rules/states.csv"), b"/etc/passwd")),
    "a program": with_needed(("run.sh", b"rm -rf /")),
    "a folder": with_needed(("rules/", b"")),
    "too many files": with_needed(*((f"rules/r{number}.csv", b"") for number in range(3000))),
    "a comment behind the end": with_needed() + b"PK",
    "no manifest": archive_of((name, b"") for name in NEEDED if name != "manifest.json"),
    "a manifest of another format": with_needed(manifest=b'{"format": 99, "files": []}'),
    "a manifest that is no JSON": with_needed(manifest=b"{"),
    "a manifest that is a list": with_needed(manifest=b"[]"),
    "a manifest without end": with_needed(manifest=b"[" * 100_000),
    "a manifest that lists paths": with_needed(
        manifest=json.dumps({"format": FORMAT, "files": [{"name": "../x", "size": 1, "sha256": "a"}]}).encode()
    ),
}


@pytest.mark.parametrize("case", HOSTILE)
def test_what_is_no_bundle_is_one_sentence(tmp_path: Path, case: str) -> None:
    path = tmp_path / "bundle.zip"
    path.write_bytes(HOSTILE[case])
    done = run_diplomate("evidence", "verify", str(path), data=tmp_path)
    assert done.code == 2 and str(path) in done.err and done.err.count("\n") == 1 and not done.out
    assert [child.name for child in tmp_path.iterdir()] == ["bundle.zip"]


def test_names_that_stand_twice(tmp_path: Path) -> None:
    path = tmp_path / "bundle.zip"
    with pytest.warns(UserWarning, match="Duplicate"):
        path.write_bytes(with_needed(("answer.txt", b"another")))
    with pytest.raises(NoBundle, match="twice"):
        entries_of(path)


def test_a_missing_file_and_a_folder_are_no_bundles(tmp_path: Path) -> None:
    for path in (tmp_path / "nothing.zip", tmp_path):
        done = run_diplomate("evidence", "verify", str(path), data=tmp_path)
        assert done.code == 2 and "Traceback" not in done.err


def test_a_bomb_is_left_alone(tmp_path: Path) -> None:
    """64 MiB of zeros for each file that is no snapshot, and no ratio beyond what pages reach."""
    path, folder = tmp_path / "bundle.zip", tmp_path / "folder"
    folder.mkdir()
    bomb = b"\0" * (80 * 1024 * 1024)
    listed = [{"name": "rules/a.csv", "size": len(bomb), "sha256": "0" * 64}]
    listed += [{"name": name, "size": 0, "sha256": "0" * 64} for name in NEEDED if name != "manifest.json"]
    manifest = json.dumps({"format": FORMAT, "files": listed}).encode()
    path.write_bytes(with_needed(("rules/a.csv", bomb), manifest=manifest))
    _, found = opened(path, folder)
    assert any(finding.verdict == DIFFERS and "rules/a.csv cannot be unpacked" in finding.sentence for finding in found)
    assert not (folder / "rules" / "a.csv").exists()


def test_more_bytes_than_any_bundle_has(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "bundle.zip"
    path.write_bytes(with_needed(("rules/a.csv", b"x" * 1000)))
    monkeypatch.setattr(evidence_opened, "MOST_ALL_BYTES", 500)
    with pytest.raises(NoBundle, match="is the most"):
        opened(path, tmp_path)


@settings(max_examples=150, deadline=None)
@given(where=st.floats(0, 0.999), value=st.integers(1, 255), cut=st.booleans())
def test_no_damage_is_a_traceback(
    tmp_path_factory: pytest.TempPathFactory, where: float, value: int, cut: bool
) -> None:
    """A byte changed or the end cut anywhere: it opens, or it is a sentence."""
    folder = tmp_path_factory.mktemp("damaged")
    whole = bytearray(with_needed(("rules/a.csv", b"a,b\n1,2\n")))
    at = int(where * len(whole))
    whole[at] ^= value
    (folder / "bundle.zip").write_bytes(whole[:at] if cut else whole)
    (folder / "out").mkdir()
    try:
        opened(folder / "bundle.zip", folder / "out")
    except NoBundle as error:
        assert str(error).endswith(".")
