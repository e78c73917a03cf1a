"""The shared texts of a workbook, kept on disk: a list of 100,000 names needs no memory.

Comes in: the workbook's archive. Goes out: a text by its number. They stand in a file without a name, which is gone
when the reading ends, whatever ends it.
"""

from __future__ import annotations

import tempfile
import zipfile
from array import array
from collections.abc import Iterator
from typing import IO
from xml.parsers import expat

from db.xlsx_cells import unescaped

CHUNK = 1 << 16


class SharedStrings:
    """Texts in a nameless temporary file; in memory only where each ends."""

    def __init__(self) -> None:
        self.file: IO[bytes] = tempfile.TemporaryFile()  # noqa: SIM115 (it lives as long as this object)
        self.ends = array("Q", [0])

    @classmethod
    def of(cls, archive: zipfile.ZipFile, part: str) -> SharedStrings:
        strings = cls()
        if part:
            with archive.open(part) as source:
                for text in shared_texts(source):
                    strings.add(text)
        strings.file.flush()
        return strings

    def add(self, text: str) -> None:
        written = self.file.write(text.encode("utf-8", "surrogatepass"))
        self.ends.append(self.ends[-1] + written)

    def __len__(self) -> int:
        return len(self.ends) - 1

    def __getitem__(self, number: int) -> str:
        if not 0 <= number < len(self):
            raise ValueError(f"it has no text number {number}")
        begin = self.ends[number]
        self.file.seek(begin)
        return self.file.read(self.ends[number + 1] - begin).decode("utf-8", "surrogatepass")


def shared_texts(source: IO[bytes]) -> Iterator[str]:
    """Each `si` as one text: its runs together, without the phonetic hints (`rPh`) beside them."""
    done: list[str] = []
    reader = TextReader(done)
    while chunk := source.read(CHUNK):
        reader.parser.Parse(chunk, False)
        yield from done
        done.clear()
    reader.parser.Parse(b"", True)
    yield from done


class TextReader:
    def __init__(self, done: list[str]) -> None:
        self.done = done
        self.parts: list[str] = []
        self.hint = 0
        self.inside = False
        self.parser = expat.ParserCreate(namespace_separator=" ")
        self.parser.buffer_text = True
        self.parser.StartElementHandler = self.start
        self.parser.EndElementHandler = self.end
        self.parser.CharacterDataHandler = self.characters

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        name = tag.rpartition(" ")[2]
        if name == "si":
            self.parts = []
        self.hint += name == "rPh"
        self.inside = name == "t" and not self.hint

    def end(self, tag: str) -> None:
        name = tag.rpartition(" ")[2]
        self.inside = False
        self.hint -= name == "rPh"
        if name == "si":
            self.done.append(unescaped("".join(self.parts)))

    def characters(self, text: str) -> None:
        if self.inside:
            self.parts.append(text)
