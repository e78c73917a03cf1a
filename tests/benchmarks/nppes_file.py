"""Makes a large file in the true format of the NPPES dissemination file, of invented providers.

In: how many bytes. Out: the unpacked CSV (330 quoted columns, about 1.15 KB a row, as the real one) and the same inside
a ZIP, packed about ten times as the real one is. What a careless reader falls for is in it on purpose: newlines,
quotes and commas inside quoted fields, the acupuncturists' code as part of a firm's name, and in any of the 15
taxonomies.
"""

from __future__ import annotations

import random
import zipfile
from collections.abc import Iterator
from itertools import cycle
from pathlib import Path

from crawler.nppes_columns import ACUPUNCTURIST, HEADER

MEMBER = "npidata_pfile_20050523-20261108.csv"
SHARE = 0.007  # of rows that are acupuncturists, a little more than in the real file
ROWS_AT_ONCE = 20_000
OTHER_CODES = [f"{number}00000X" for number in (207, 208, 103, 104, 111, 122, 152, 163, 183, 225, 235, 246, 363, 390)]
STREETS = ["MAIN ST", "N 5TH AVE", "OLD MILL RD", "HARBOR BLVD", "W SUNSET DR", "COLLEGE PKWY", "E BROADWAY"]
CITIES = [("OLYMPIA", "WA"), ("ITHACA", "NY"), ("HILO", "HI"), ("NORMAN", "OK"), ("AMES", "IA"), ("DOVER", "DE")]
PARTS = "BAN COR DEL FEN GAR HOL KEN LIN MAR NOR PEL QUI RAS SOL TAN VER WES YOR ZEL ANT BER DIN".split()
TRAPS = [
    'SUITE ""B""\nREAR ENTRANCE',
    "UNIT 1\r\nUNIT 2",
    "\n",
    'ASK FOR ""JO"", THEN KNOCK',
    f"THE {ACUPUNCTURIST} HOUSE",
    '""\n""1999999999"",""1',
]
AT = {name: number for number, name in enumerate(HEADER)}
FIRST_TAXONOMY = AT["Healthcare Provider Taxonomy Code_1"]
EMPTY_TAIL = ',""' * (len(HEADER) - FIRST_TAXONOMY - 60)


def word(rng: random.Random, parts: int) -> str:
    return "".join(rng.choices(PARTS, k=parts))


def taxonomies(rng: random.Random, number: int, wanted: bool) -> str:
    """Sixty quoted fields: code, license, state, primary; the wanted code stands anywhere among the filled ones."""
    filled = 15 if number % 997 == 0 else rng.choice((1, 1, 1, 2, 2, 3))
    codes = [rng.choice(OTHER_CODES) for _ in range(filled)]
    if wanted:
        codes[rng.randrange(filled)] = ACUPUNCTURIST
    text = ""
    for place, code in enumerate(codes):
        license_number, state = f"{rng.choice('ABLM')}{rng.randrange(10**6)}", rng.choice(CITIES)[1]
        text += f',"{code}","{license_number}","{state}","{"N" if place else "Y"}"'
    return text + ',"","","",""' * (15 - filled)


def address(rng: random.Random, trap: str) -> str:
    """Eight quoted fields of an address."""
    city, state = rng.choice(CITIES)
    street = f"{rng.randrange(1, 9999)} {word(rng, 2)} {rng.choice(STREETS)}"
    zip_code, phone, fax = rng.randrange(10**8, 10**9), rng.randrange(10**9, 10**10), rng.randrange(10**9, 10**10)
    return f'"{street}","{trap}","{city}","{state}","{zip_code}","US","{phone}","{fax}"'


def day(rng: random.Random) -> str:
    return f"{rng.randrange(1, 13):02}/{rng.randrange(1, 29):02}/{rng.randrange(2005, 2027)}"


def row(rng: random.Random, number: int, kind: int, trap: str) -> str:
    """One provider: kind 0 a person, 1 an acupuncturist, 2 a firm, 3 deactivated."""
    npi = f'"{1_000_000_000 + number * 7}"'
    if kind == 3:
        return npi + ',""' * 38 + f',"{day(rng)}"' + ',""' * (len(HEADER) - 40)
    firm = kind == 2
    credential, initial = rng.choice(("MD", "LAC", "DC", "")), rng.choice("ABCDEFG")
    human = f'"","{word(rng, 2)}","{word(rng, 2)}","{initial}","","","{credential}"'
    name = f'"{word(rng, 3)} {trap}","","","","","",""' if firm else human
    names = f'{npi},"{2 if firm else 1}","","",{name}' + ',""' * 9
    places = f"{address(rng, '')},{address(rng, '' if firm else trap)}"
    middle = f'"{day(rng)}","{day(rng)}","","","","{"" if firm else rng.choice("FM")}"' + ',""' * 5
    return f"{names},{places},{middle}{taxonomies(rng, number, kind == 1)}{EMPTY_TAIL}"


def rows(rng: random.Random, start: int, traps: Iterator[str]) -> Iterator[str]:
    """Some rows; every 500th holds a trap, and so does every 10th acupuncturist."""
    for number in range(start, start + ROWS_AT_ONCE):
        chance = rng.random()
        kind = 1 if chance < SHARE else 2 if chance < 0.2 else 3 if chance < 0.23 else 0
        trapped = number % 500 == 0 or (kind == 1 and number % 10 == 0)
        yield row(rng, number, kind, next(traps) if trapped else "")


def make_file(folder: Path, size: int) -> tuple[Path, Path]:
    """The CSV of at least `size` bytes and the ZIP, made anew unless they are there."""
    text, packed = folder / f"{size}_{MEMBER}", folder / f"{size}.zip"
    if packed.exists():
        return text, packed
    rng, traps = random.Random(171100000), cycle(TRAPS)
    folder.mkdir(parents=True, exist_ok=True)
    with text.open("wb") as file:
        file.write((",".join(f'"{name}"' for name in HEADER) + "\n").encode())
        for start in range(0, 1 << 40, ROWS_AT_ONCE):
            if file.tell() >= size:
                break
            file.write(("\n".join(rows(rng, start, traps)) + "\n").encode())
    beside = packed.with_suffix(".part")
    with zipfile.ZipFile(beside, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as archive:
        archive.write(text, MEMBER)
    beside.replace(packed)
    return text, packed
