"""One build of invented people, every row of which says which build it is: `python -m ….builds FOLDER NUMBER PEOPLE`.

In: a data folder, the number of the build, how many people. Out: a published file, its path printed; only the newest is
kept, so that old workers go on with a file that is gone.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

from db.publish import publish
from tests.tiny_database import BUILT_AT, Row, tiny_tables

MARK = "Load build {:04}"


def tables(number: int, people: int) -> dict[str, list[Row]]:
    """The tiny database, with as many people as wanted; the clinic of each says the build."""
    made = tiny_tables()
    person = made["practitioners"][0] | {"npi": None}
    record = made["records"][0]
    made["practitioners"] += many(person, people, id="q{}", name="Wilfreda Loadstone {}")
    made["records"] += many(record, people, id="rq{}", practitioner_id="q{}", source_key="load-{}")
    for row in made["practitioners"]:
        row["clinic"] = MARK.format(number)
    return made


def many(row: Row, number: int, **words: str) -> Iterator[Row]:
    for at in range(number):
        yield row | {column: text.format(at) for column, text in words.items()}


def publish_one(data: Path, number: int, people: int) -> Path:
    return publish(tables(number, people), data, BUILT_AT + timedelta(hours=number), keep=1)


if __name__ == "__main__":
    print(publish_one(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])))
