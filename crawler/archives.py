"""One member of a ZIP archive, read as a stream: nothing is unpacked to disk, nothing in the archive is believed.

In: an archive (a path, or its bytes) and a pattern for the name of the one member that is wanted. Out: the member's
bytes, counted while they are read, because the sizes in a ZIP's headers can lie. Whatever is wrong with the archive
is a SourceTrouble in one sentence: a damaged or cut file, a bomb, a name that leads out of its folder, a password.
"""

from __future__ import annotations

import io
import re
import struct
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

from isal import isal_zlib  # inflates twice as fast as zlib (tests/benchmarks/nppes_extraction.py)

from crawler.troubles import SourceTrouble

PACKED_BYTES = 64 * 1024  # read from the archive at a time; what it unpacks to stays in the processor's cache
SMALL_BYTES = 16 * 1024 * 1024  # below it no ratio makes a bomb
DAMAGED: type[Exception] = isal_zlib.error  # type: ignore[assignment]  # its stubs call the class an instance
LOCAL_HEADER = struct.Struct("<4s22xHH")
ENCRYPTED = 0x1 | 0x40
OUTSIDE = re.compile(r"^[/\\]|^[A-Za-z]:|(^|[/\\])\.\.([/\\]|$)")
UNREADABLE = (zipfile.BadZipFile, NotImplementedError, struct.error, ValueError, EOFError, OSError)


@contextmanager
def open_member(
    archive: Path | bytes, wanted: re.Pattern[str], most_bytes: int, most_ratio: float = 200, called: str = ""
) -> Iterator[IO[bytes]]:
    """Open the one member whose name `wanted` finds (`search`: anchor the pattern where it matters).

    `most_bytes` and `most_ratio` (unpacked to packed) cap what is unpacked. Sentences call the archive `called`, else
    by its file's name. What is given carries the member's own name as `name`. Raises SourceTrouble, here or while it
    is read, for everything the module docstring names, for no such member and for two of them.
    """
    where = called or (archive.name if isinstance(archive, Path) else "The archive")
    with archive.open("rb") if isinstance(archive, Path) else io.BytesIO(archive) as file:
        info = find_member(file, wanted, where)
        if info.file_size > most_bytes:
            raise SourceTrouble(
                f"{where}: {info.filename} unpacks to {info.file_size} bytes; {most_bytes} is the most."
            )
        member = Member(file, info, f"{where}: {info.filename}", most_bytes, most_ratio)
        yield member  # type: ignore[misc]


def find_member(file: IO[bytes], wanted: re.Pattern[str], where: str) -> zipfile.ZipInfo:
    """The directory entry of the wanted member; the whole archive is refused when one of its names leads outside."""
    try:
        with zipfile.ZipFile(file) as directory:
            entries = directory.infolist()
    except UNREADABLE as error:
        raise SourceTrouble(f"{where} is no ZIP archive, or it is cut short or damaged: {error}.") from error
    for entry in entries:
        if OUTSIDE.search(entry.orig_filename):
            raise SourceTrouble(
                f"{where} holds the name {entry.orig_filename!r}, which leads outside; nothing was read."
            )
    found = [entry for entry in entries if not entry.filename.endswith("/") and wanted.search(entry.filename)]
    if len(found) != 1:
        count = f"{len(found)} members" if found else "no member"
        named = ", ".join(entry.filename for entry in (found or entries)[:3]) or "nothing"
        raise SourceTrouble(f"{where} holds {count} named like {wanted.pattern!r}; it holds {named}.")
    if found[0].flag_bits & ENCRYPTED:
        raise SourceTrouble(f"{where}: {found[0].filename} is encrypted; it was not read.")
    return found[0]


class Member(io.BufferedIOBase):
    """The unpacked bytes of one member. `read1` is the fast way: what one step of the inflater gives."""

    def __init__(self, file: IO[bytes], info: zipfile.ZipInfo, where: str, most_bytes: int, most_ratio: float) -> None:
        self.file, self.info, self.where, self.name = file, info, where, info.filename
        self.most_bytes, self.most_ratio = most_bytes, most_ratio
        self.packed_left = info.compress_size
        self.unpacked = self.checksum = 0
        self.tail = b""
        self.ended = False
        self.inflater = self.make_inflater()
        self.find_start()

    def make_inflater(self) -> Any:
        """The inflater for deflated bytes, None for bytes that are stored as they are."""
        if self.info.compress_type == zipfile.ZIP_STORED:
            return None
        if self.info.compress_type == zipfile.ZIP_DEFLATED:
            return isal_zlib.decompressobj(-isal_zlib.MAX_WBITS)
        raise SourceTrouble(f"{self.where} is packed by ZIP method {self.info.compress_type}, which is not read here.")

    def find_start(self) -> None:
        """Go to the first packed byte; it stands behind the member's own header, which names no size we need."""
        start = self.info.header_offset
        self.file.seek(max(start, 0))
        header = self.file.read(LOCAL_HEADER.size)
        if start < 0 or len(header) < LOCAL_HEADER.size or not header.startswith(b"PK\x03\x04"):
            raise SourceTrouble(f"{self.where} is not where the archive says; the archive is damaged.")
        _, name_length, extra_length = LOCAL_HEADER.unpack(header)
        self.file.seek(name_length + extra_length, io.SEEK_CUR)

    def readable(self) -> bool:
        return True

    def read1(self, size: int = -1, /) -> bytes:
        """Up to `size` bytes; b"" at the end, once length and checksum were found to be right."""
        size = SMALL_BYTES if size < 0 else size
        while size and not self.ended:
            block = self.stored(size) if self.inflater is None else self.inflated(size)
            if block:
                self.count(block)
                return block
        return b""

    def read(self, size: int | None = -1, /) -> bytes:
        """Exactly `size` bytes (all that is left, when negative), fewer only at the end."""
        left = self.most_bytes + 1 if size is None or size < 0 else size
        blocks = []
        while left and (block := self.read1(left)):
            blocks.append(block)
            left -= len(block)
        return b"".join(blocks)

    def packed(self, size: int) -> bytes:
        """The next packed bytes; fewer than asked means that the archive was cut."""
        size = min(size, self.packed_left)
        block = self.file.read(size)
        if len(block) < size:
            raise SourceTrouble(f"{self.where} ends early, after {self.unpacked} unpacked bytes; the archive was cut.")
        self.packed_left -= size
        return block

    def stored(self, size: int) -> bytes:
        block = self.packed(min(size, SMALL_BYTES))
        if not block:
            self.end()
        return block

    def inflated(self, size: int) -> bytes:
        """One step of the inflater."""
        given = self.tail or self.packed(PACKED_BYTES)
        try:
            block: bytes = self.inflater.decompress(given, size)
        except DAMAGED as error:
            raise SourceTrouble(f"{self.where} is damaged after {self.unpacked} unpacked bytes: {error}.") from error
        self.tail = self.inflater.unconsumed_tail
        if self.inflater.eof and not block:
            self.end()
        elif not given and not block:
            raise SourceTrouble(f"{self.where} ends early, after {self.unpacked} unpacked bytes; the archive was cut.")
        return block

    def count(self, block: bytes) -> None:
        """Count what was unpacked; too much in all, or for what was packed, is a bomb."""
        self.unpacked += len(block)
        self.checksum = isal_zlib.crc32(block, self.checksum)
        if self.unpacked > self.most_bytes:
            raise SourceTrouble(f"{self.where} unpacks to more than {self.most_bytes} bytes; it was not read further.")
        packed = self.info.compress_size - self.packed_left
        if self.unpacked > max(SMALL_BYTES, packed * self.most_ratio):
            raise SourceTrouble(
                f"{self.where} unpacks to more than {self.most_ratio:g} times its size; it was taken for a ZIP bomb."
            )

    def end(self) -> None:
        """Length and checksum must be what the archive says."""
        self.ended = True
        if self.unpacked != self.info.file_size or self.checksum != self.info.CRC:
            raise SourceTrouble(f"{self.where} is damaged: its length or checksum is not what the archive says.")
