"""Archives: the one wanted member comes out whole, or a sentence says what is wrong with the archive."""

from __future__ import annotations

import io
import re
import struct
import tracemalloc
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crawler.archives import open_member
from crawler.troubles import SourceTrouble

ROWS = re.compile(r"(^|/)rows\.csv$")
MUCH = 1 << 30
TEXT = b"".join(b'"%d","Wren Ashgrove","%d"\n' % (number, number * number) for number in range(20_000))


def zipped(members: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """A ZIP archive of these members."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", method) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return target.getvalue()


def read(archive: Path | bytes, most_bytes: int = MUCH, most_ratio: float = 200) -> bytes:
    with open_member(archive, ROWS, most_bytes, most_ratio) as member:
        return member.read()


def told(archive: Path | bytes, **limits: int) -> str:
    """The sentence with which an archive is refused."""
    with pytest.raises(SourceTrouble) as caught:
        read(archive, **limits)
    return str(caught.value)


@pytest.mark.parametrize("method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
def test_the_wanted_member_comes_out_whole(method: int, tmp_path: Path) -> None:
    archive = zipped({"readme.pdf": b"x", "folder/rows.csv": TEXT, "other.csv": b"y"}, method)
    path = tmp_path / "file.zip"
    path.write_bytes(archive)
    assert read(archive) == read(path) == TEXT


@given(st.binary(max_size=3000), st.lists(st.integers(1, 700), max_size=30), st.sampled_from([0, 8]))
def test_any_content_comes_out_in_pieces_of_any_size(content: bytes, sizes: list[int], method: int) -> None:
    with open_member(zipped({"rows.csv": content}, method), ROWS, MUCH) as member:
        pieces = [member.read(size) for size in sizes] + [member.read()]
    assert b"".join(pieces) == content
    assert [len(piece) for piece in pieces[:-1] if piece] == [
        min(size, len(content) - sum(sizes[:number]))
        for number, size in enumerate(sizes)
        if len(content) > sum(sizes[:number])
    ]


def test_it_can_be_read_as_text() -> None:
    with open_member(zipped({"rows.csv": TEXT}), ROWS, MUCH) as member:
        assert sum(1 for _ in io.TextIOWrapper(member, encoding="utf-8", newline="")) == 20_000


@pytest.mark.parametrize("name", ["../evil.csv", "a/../../evil.csv", "/etc/evil.csv", "C:\\evil.csv", "..\\evil.csv"])
def test_a_name_that_leads_outside_refuses_the_archive(name: str) -> None:
    assert "leads outside" in told(zipped({"rows.csv": TEXT, name: b"x"}))


def test_a_member_whose_name_is_damaged_to_nothing_is_passed_over() -> None:
    archive = zipped({"rows.csv": TEXT, "other.csv": b"x"})
    at = archive.rindex(b"other.csv")
    assert read(archive[:at] + b"\0" + archive[at + 1 :]) == TEXT


def test_dots_inside_a_name_are_no_trouble() -> None:
    assert read(zipped({"rows.csv": TEXT, "notes..v2.txt": b"x", "a..b/c.txt": b"x"})) == TEXT


def test_a_missing_and_a_doubled_member_are_named() -> None:
    assert "holds no member named like" in told(zipped({"other.csv": TEXT}))
    assert "holds 2 members" in told(zipped({"rows.csv": TEXT, "b/rows.csv": TEXT}))
    assert "it holds nothing" in told(zipped({}))


def test_a_folder_of_that_name_is_no_member() -> None:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        archive.mkdir("rows.csv")
    assert "holds no member" in told(target.getvalue())


def flag(archive: bytes, bits: int) -> bytes:
    """The archive with a flag set for its first member, as an encrypted one has it."""
    start = archive.index(b"PK\x01\x02")
    flags = struct.unpack_from("<H", archive, start + 8)[0] | bits
    return archive[: start + 8] + struct.pack("<H", flags) + archive[start + 10 :]


def sized(archive: bytes, size: int) -> bytes:
    """The archive with a false unpacked size in both headers."""
    directory = archive.index(b"PK\x01\x02")
    changed = bytearray(archive)
    struct.pack_into("<I", changed, 22, size)
    struct.pack_into("<I", changed, directory + 24, size)
    return bytes(changed)


def test_an_encrypted_member_is_named() -> None:
    assert "is encrypted" in told(flag(zipped({"rows.csv": TEXT}), 0x1))


def test_a_method_we_do_not_read_is_named() -> None:
    assert "ZIP method 12" in told(zipped({"rows.csv": TEXT}, zipfile.ZIP_BZIP2))


def test_more_bytes_than_allowed() -> None:
    assert f"unpacks to {len(TEXT)} bytes; 1000 is the most" in told(zipped({"rows.csv": TEXT}), most_bytes=1000)


def test_sizes_in_headers_are_not_believed() -> None:
    """An archive that promises ten bytes and holds many is stopped while it is read."""
    lying = sized(zipped({"rows.csv": TEXT}), 10)
    assert "more than 1000 bytes" in told(lying, most_bytes=1000)
    assert "damaged" in told(lying)


def test_a_bomb_is_stopped_long_before_its_end() -> None:
    bomb = sized(zipped({"rows.csv": bytes(400 << 20)}), 10)
    tracemalloc.start()
    with open_member(bomb, ROWS, MUCH) as member, pytest.raises(SourceTrouble, match="taken for a ZIP bomb"):
        while member.read1(1 << 20):
            pass
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 24 << 20


def test_a_small_file_that_packs_well_is_no_bomb() -> None:
    assert len(read(zipped({"rows.csv": bytes(1 << 20)}))) == 1 << 20


def spoiled(archive: bytes, change: Callable[[bytearray], object]) -> bytes:
    changed = bytearray(archive)
    change(changed)
    return bytes(changed)


def test_damage_is_told() -> None:
    whole = zipped({"rows.csv": TEXT})
    stored = zipped({"rows.csv": TEXT}, zipfile.ZIP_STORED)
    assert "no ZIP archive" in told(whole[: len(whole) // 2])
    assert "no ZIP archive" in told(b"<html>Just a moment...</html>")
    assert "no ZIP archive" in told(b"")
    assert "is damaged" in told(spoiled(whole, lambda body: body.__setitem__(slice(400, 440), b"\xff" * 40)))
    assert "length or checksum" in told(spoiled(stored, lambda body: body.__setitem__(400, 0)))
    assert "not where the archive says" in told(spoiled(whole, lambda body: body.__setitem__(0, 0)))


def test_an_archive_cut_inside_with_its_directory_intact() -> None:
    """A part lost in the middle moves everything behind it: it must not be read as if nothing had happened."""
    whole = zipped({"rows.csv": TEXT})
    assert told(whole[:5000] + whole[6000:])


@settings(max_examples=200, deadline=None)
@given(st.data())
def test_no_damage_gives_other_bytes_or_another_error(data: st.DataObject) -> None:
    whole = zipped({"rows.csv": TEXT[:2000], "b.txt": b"b"})
    place = data.draw(st.integers(0, len(whole) - 1))
    damaged = spoiled(whole, lambda body: body.__setitem__(place, data.draw(st.integers(0, 255))))
    try:
        assert read(damaged) == TEXT[:2000]
    except SourceTrouble as trouble:
        assert str(trouble).endswith(".")


def test_zip64_is_read(tmp_path: Path) -> None:
    path = tmp_path / "large.zip"
    with (
        zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive,
        archive.open("rows.csv", "w", force_zip64=True) as member,
    ):
        member.write(TEXT)
    assert read(path) == TEXT


def test_memory_does_not_grow_with_the_member(tmp_path: Path) -> None:
    """128 MB unpacked, a few MB held."""
    path = tmp_path / "large.zip"
    block = TEXT * 8
    with (
        zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive,
        archive.open("rows.csv", "w") as written,
    ):
        for _ in range(128 * 1024 * 1024 // len(block)):
            written.write(block)
    tracemalloc.start()
    with open_member(path, ROWS, MUCH) as member:
        while member.read1(1 << 20):
            pass
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 8 << 20
