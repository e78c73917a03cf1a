"""Files that a person brings: folders in folders, what lies beside a saved page, files that are none; each is said."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crawler.imports import UnreadableFile, files_in, import_run, largest
from crawler.sample_site import SAMPLE
from crawler.settings import MAX_ANSWER_BYTES, MAX_FILE_BYTES
from crawler.snapshots import Run, good_runs, runs
from tests.conftest import run_diplomate

PAGES = SAMPLE / "ncbahm"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder as a person leaves it: pages by state, a browser's parts beside one, a system's own files."""
    root = tmp_path / "saved"
    for state in ("IA", "OK"):
        (root / state).mkdir(parents=True)
        shutil.copy(PAGES / f"list_{state}_1.html", root / state / "page.html")
    (root / "IA" / "page_files").mkdir()
    (root / "IA" / "page_files" / "frame.html").write_text("<html>advertisement</html>")
    (root / "IA" / "style.css").write_text("p {}")
    (root / ".DS_Store").write_bytes(b"\x00\x00Bud1")
    (root / "__MACOSX").mkdir()
    (root / "__MACOSX" / "._page.html").write_bytes(b"\x00\x05")
    return root


def test_a_folder_is_read_to_its_depths_and_what_is_no_page_is_said(folder: Path, tmp_path: Path) -> None:
    done = run_diplomate("import", "ncbahm", str(folder), data=tmp_path / "data")
    assert done.code == 0, done.err
    run, manifest = good_runs(tmp_path / "data", "ncbahm")[0]
    assert manifest.coverage == {"IA": True, "OK": True}
    assert [snapshot.saved_as for snapshot in run.snapshots()] == ["IA/page.html", "OK/page.html"]
    for name in (".DS_Store", "__MACOSX", "page_files", "style.css"):
        assert f"{name} was left out" in done.err


def test_several_files_and_a_folder_in_one_call(folder: Path, tmp_path: Path) -> None:
    files = [str(PAGES / "list_HI_1.html"), str(folder / "IA")]
    done = run_diplomate("import", "ncbahm", *files, data=tmp_path / "data")
    assert done.code == 0, done.err
    assert good_runs(tmp_path / "data", "ncbahm")[0][1].coverage == {"HI": True, "IA": True}


def test_the_same_page_twice_is_said_and_rings_an_alarm(folder: Path, tmp_path: Path) -> None:
    """It may stand in the place of the next page, as once happened; its rows count once."""
    shutil.copy(folder / "IA" / "page.html", folder / "IA" / "page (1).html")
    done = run_diplomate("import", "ncbahm", str(folder), data=tmp_path / "data")
    assert done.code == 1 and "holds the same bytes as" in done.err and "an earlier page" in done.err
    run, manifest = good_runs(tmp_path / "data", "ncbahm")[0]
    assert manifest.rows_in["IA"] == manifest.rows - manifest.rows_in["OK"]
    assert len(list((run.folder / "bodies").iterdir())) == 2


def test_the_same_file_twice_counts_once(tmp_path: Path) -> None:
    for name in ("one.csv", "two.csv"):
        shutil.copy(SAMPLE / "leie" / "UPDATED.csv", tmp_path / name)
    files = [str(tmp_path / name) for name in ("one.csv", "two.csv")]
    done = run_diplomate("import", "leie", *files, data=tmp_path / "data")
    assert done.code == 0 and "its rows count once" in done.err
    assert good_runs(tmp_path / "data", "leie")[0][1].rows == 38


def test_a_wrong_page_among_good_ones_is_named_by_its_place(folder: Path, tmp_path: Path) -> None:
    (folder / "OK" / "other.html").write_text("<html><p>Welcome</p></html>")
    done = run_diplomate("import", "ncbahm", str(folder), data=tmp_path / "data")
    assert done.code == 1 and "OK/other.html: " in done.err
    assert not good_runs(tmp_path / "data", "ncbahm")


def unfit(tmp_path: Path) -> dict[str, tuple[Path, str]]:
    """A file of each kind that cannot be read, and what is said of it."""
    made = {name: tmp_path / name for name in ("page.mht", "page.webarchive", "page.pdf", "empty.html", "huge.html")}
    for name in ("page.mht", "page.webarchive", "page.pdf"):
        made[name].write_text("From: <Saved by Blink>\n")
    made["empty.html"].write_bytes(b"")
    with made["huge.html"].open("wb") as file:
        file.truncate(MAX_ANSWER_BYTES + 1)
    os.mkfifo(tmp_path / "pipe.html")
    (tmp_path / "nothing").mkdir()
    return {
        "a web archive": (made["page.mht"], "is a web archive; save the page as HTML instead."),
        "Safari's archive": (made["page.webarchive"], "is a web archive"),
        "a PDF": (made["page.pdf"], "is a PDF"),
        "an empty file": (made["empty.html"], "empty.html is empty."),
        "too large a file": (made["huge.html"], "a file for ncbahm may have 64.0 MiB at most"),
        "a pipe": (tmp_path / "pipe.html", "is no file"),
        "a file that is not there": (tmp_path / "gone.html", "gone.html cannot be read: No such file"),
        "an empty folder": (tmp_path / "nothing", "holds no file"),
    }


KINDS = ["a web archive", "Safari's archive", "a PDF", "an empty file", "too large a file", "a pipe"]


@pytest.mark.parametrize("kind", [*KINDS, "a file that is not there", "an empty folder"])
def test_what_cannot_be_read_is_said_before_anything_is_kept(tmp_path: Path, kind: str) -> None:
    path, sentence = unfit(tmp_path)[kind]
    with pytest.raises(UnreadableFile) as trouble:
        import_run(tmp_path / "data", "ncbahm", "https://a.example/", [PAGES / "list_HI_1.html", path])
    assert sentence in str(trouble.value)
    assert not runs(tmp_path / "data", "ncbahm") and not (tmp_path / "data" / "snapshots").exists()


def test_the_call_that_names_such_a_file_is_wrong_itself(tmp_path: Path) -> None:
    path, sentence = unfit(tmp_path)["a web archive"]
    done = run_diplomate("import", "ncbahm", str(path), data=tmp_path / "data")
    assert done.code == 2 and sentence in done.err


def test_a_zip_of_pages_is_refused_with_what_to_do(folder: Path, tmp_path: Path) -> None:
    archive = shutil.make_archive(str(tmp_path / "pages"), "zip", folder)
    done = run_diplomate("import", "ncbahm", archive, data=tmp_path / "data")
    assert done.code == 1 and "is a ZIP archive; unpack it first" in done.err


def test_a_source_that_streams_takes_larger_files() -> None:
    assert largest("board_fl") == MAX_FILE_BYTES
    assert largest("ncbahm") == largest("board_mo") == MAX_ANSWER_BYTES


def test_the_bytes_are_kept_as_they_are_with_the_time_of_the_file(tmp_path: Path) -> None:
    file = tmp_path / "page.html"
    content = b"<!-- saved from url=(0030)https://a.example/list?page=2 -->\r\n<html>\xff\x00</html>"
    file.write_bytes(content)
    os.utime(file, (1_700_000_000, 1_700_000_000))
    run = import_run(tmp_path / "data", "ncbahm", "https://home.example/", [file])
    (snapshot,) = run.snapshots()
    assert run.body(snapshot.sha256) == content
    assert (snapshot.url, snapshot.fetched_at) == ("https://a.example/list?page=2", "2023-11-14T22:13:20Z")
    assert (snapshot.saved_as, snapshot.size) == ("page.html", len(content))


NAMES = st.text(st.characters(categories=("L", "N"), include_characters=" -_.()"), min_size=1, max_size=20)


@settings(max_examples=60, deadline=None)
@given(names=st.sets(NAMES.filter(lambda name: name.strip(". ")), min_size=1, max_size=6))
def test_every_file_of_a_folder_is_found_or_said(names: set[str], tmp_path_factory: pytest.TempPathFactory) -> None:
    folder = tmp_path_factory.mktemp("any")
    for name in names:
        (folder / name).write_text("x")
    said: list[str] = []
    try:
        found = {file.name for file in files_in([folder], said.append)}
    except UnreadableFile:
        found = set()
    assert len(found) + len(said) == len(names)
    assert all(name in found or any(name in sentence for sentence in said) for name in names)


def test_what_a_killed_import_copied_is_removed_by_the_next(folder: Path, tmp_path: Path) -> None:
    """`kill -9` left half a file, or whole ones without a verdict: gigabytes where the file is the registry's."""
    data = tmp_path / "data"
    killed, crawled = Run.create(data, "ncbahm"), Run.create(data, "ncbahm")
    for run in (killed, crawled):
        (run.folder / "bodies" / "1234.part").write_bytes(b"half a fi")
    (crawled.folder / "order.json").write_text("{}")
    at_work = import_run(data, "ncbahm", "", [folder / "IA"], say=lambda said: None)
    with_another = run_diplomate("import", "ncbahm", str(folder / "OK"), data=data)
    assert with_another.code == 0, with_another.err
    assert not killed.folder.exists()
    assert crawled.folder.exists(), "a crawl is gone on with"
    assert list(at_work.folder.glob("bodies/*")), "an import that another process is at is left alone"
