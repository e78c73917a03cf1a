"""The sample's NPPES files are what their generator writes, small, and full of invented numbers."""

import csv
import io
import zipfile
from pathlib import Path

from building import check_digit
from make_sample import SAMPLE
from write_nppes import MONTHLY, WEEKLY, write_nppes

FILES = [MONTHLY[0], *(name for name, _ in WEEKLY)]


def members(path: Path) -> dict[str, bytes]:
    """The unpacked members; their packed bytes depend on the version of zlib."""
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def test_the_files_are_what_the_script_writes(tmp_path: Path) -> None:
    assert write_nppes(tmp_path) < 60_000
    for name in FILES:
        assert members(SAMPLE / name) == members(tmp_path / name), "run `python tests/sample/write_nppes.py`"
    page = "nppes_monthly/NPI_Files.html"
    assert (SAMPLE / page).read_bytes() == (tmp_path / page).read_bytes()


def test_every_number_is_invented_and_well_formed() -> None:
    for name in FILES:
        main = next(body for member, body in members(SAMPLE / name).items() if member.startswith("npidata_pfile_"))
        for row in csv.DictReader(io.StringIO(main.decode(), newline="")):
            assert row["NPI"].startswith("1999")
            assert check_digit(row["NPI"][:9]) == row["NPI"][9]
            phone = row["Provider Business Practice Location Address Telephone Number"]
            assert not phone or phone[3:8] == "55501"
