"""Prints the hard cases twice: cases.csv for the tests and README.md for people.

In: Case values. Out: text. In cases.csv the people of a case are separated by " | ", the records of one
person by ";", each as "source:key".
"""

import csv
import io
from collections import Counter

from people import Case, Person
from write_pages import SOURCES

README_HEAD = """# The bundled sample

**Everybody in this folder is invented**: names, streets, telephone numbers (555-01xx), NPIs (they start
with 1999), license numbers, websites (under example.com, .org and .net), schools and birth dates. Cities
and their ZIP codes are real. Any likeness to a living person is chance.

The files have the byte formats of real sources, so that `diplomate demo` can crawl them from this
computer without a network. `pages.csv` says which file answers which request: source, method, the full
address (`*` stands for anything, the first matching row wins), a piece of text that a POST body must hold,
the content type and the file.

Answers come into this folder in two ways:

- **From the cast.** `make sample` (`tests/sample/make_sample.py`) writes this README, the folders
  `npi_registry`, `ncbahm`, `aama`, `board_wa` and `leie` and their rows of `pages.csv`; do not edit those by
  hand, the next run replaces them. Two runs write the same bytes. The ordinary people of the cast come from
  `tests/sample/names.csv`, the hard cases from the modules `cases_*.py` and `physicians.py` beside it. The
  rosters of California and Florida (`board_ca`, `board_fl`) follow the cast, too; their rows stand by hand.
- **By hand.** A new source may bring answers that you write yourself: put them in a folder with the source's
  name, such as `crawler/sample/board_or/`, and give each file a row of `pages.csv`. `make sample` leaves such
  folders alone and keeps their rows, in their order, at the end of the table. Invent the people: telephone
  numbers 555-01xx, NPIs that start with 1999, websites and mail addresses under example.com.

`make test` checks that every row names a file and that every file has a row.

`tests/sample/cases.csv` holds the cases below for programs: the people of a case are separated by " | ", the
records of one person by ";", each as `source:key`. A row of the exclusion list has no key of its own: it is
named by family name, given name and date.

"""

README_CASES = """
## Hard cases

`persons=N` says how many human beings the records named in `cases.csv` are; `persons=0` that none of them
is an acupuncture practitioner.

| case | people | state | right answer | why it is hard |
| --- | --- | --- | --- | --- |
"""


def state_of(case: Case) -> str:
    """The state of the case's first person."""
    return case.people[0].office.place.state


def names_of(case: Case) -> str:
    """The names of the case's people."""
    return " / ".join(person.name for person in case.people)


def cases_csv(cases: list[Case]) -> str:
    """The table case,name,state,source_keys,expectation."""
    text = io.StringIO()
    table = csv.writer(text, lineterminator="\n")
    table.writerow(["case", "name", "state", "source_keys", "expectation"])
    for case in cases:
        keys = " | ".join(";".join(person.source_keys()) for person in case.people)
        table.writerow([case.case, names_of(case), state_of(case), keys, case.expectation])
    return text.getvalue()


def counts_table(cast: list[Person]) -> str:
    """How many people of each state each source shows."""
    counts: dict[str, Counter[str]] = {}
    for person in cast:
        row = counts.setdefault(person.office.place.state, Counter())
        row.update({key.split(":")[0] for key in person.source_keys()})
        row["people"] += 1
    lines = [f"| state | people | {' | '.join(SOURCES)} |", "| --- " * (len(SOURCES) + 2) + "|"]
    for state in sorted(counts):
        cells = [str(counts[state][name]) for name in ("people", *SOURCES)]
        lines.append(f"| {state} | {' | '.join(cells)} |")
    return "\n".join(lines) + "\n"


def readme(cast: list[Person], cases: list[Case]) -> str:
    """README.md of the sample."""
    lines = [
        f"| {case.case} | {names_of(case)} | {state_of(case)} | {case.expectation} | {case.note} |" for case in cases
    ]
    people = f"The cast: {len(cast)} people by the state of their main office, and how many each source shows:\n\n"
    return README_HEAD + people + counts_table(cast) + README_CASES + "\n".join(lines) + "\n"
