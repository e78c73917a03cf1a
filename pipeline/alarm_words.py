"""The words and thresholds of alarms, from `pipeline/rules/alarm_kinds.csv` and `alarm_settings.csv`.

In: a kind of alarm and the values of its sentence. Out: `Alarm`, in the words of the rule file; a word in braces that
its kind has no value for is a `RuleError` that names it.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cache

from pipeline.rules import RuleError, read_rule_table

TROUBLE = "trouble"
ADDRESS = re.compile(r"(https?://[\w.:-]*\w)\S*")
STAMP = re.compile(r"\b\d{8}T\d{6}Z(?:-\w+)?")  # in the name of a run and of a published file
FIGURES = re.compile(r"\S*\d\S*(\s+\S*\d\S*)*")
ACCEPTED_BY = re.compile(r"--accept ([\w:.*-]*\w)")


@dataclass(frozen=True)
class Alarm:
    """Something that concerns whoever runs this: `key` is the same as long as it is the same trouble.

    `level` is trouble (a person is needed) or information; `is_sent` says whether a message goes out. `marks` stand
    for what is wrong under that key, whatever its figures: a new one is told. `covers`: keys of alarms that would say
    the same once more.
    """

    key: str
    kind: str
    sentence: str
    title: str = ""
    level: str = TROUBLE
    is_sent: bool = True
    marks: tuple[str, ...] = ()
    covers: tuple[str, ...] = ()

    def about(self, troubles: Iterable[str]) -> Alarm:
        """The same, marked by the kinds of these troubles."""
        return self.marked(map(mark_of, troubles))

    def marked(self, marks: Iterable[str]) -> Alarm:
        return replace(self, marks=tuple(sorted(set(marks))))


def alarm(kind: str, about: str = "", **values: object) -> Alarm:
    """The alarm of this kind about a source (or another name); `values` fill its words."""
    row = kinds()[kind]
    title, sentence, to_do = (filled(row, column, values) for column in ("title", "sentence", "to_do"))
    key = f"{kind}:{about}" if about else kind
    return Alarm(key, kind, f"{sentence} {to_do}".strip(), title, row["level"], row["sent"] == "yes")


def mark_of(trouble: str) -> str:
    """What stands for a trouble whatever its figures, dates and numbers are tonight, and whichever page of a site."""
    plain = FIGURES.sub("#", ADDRESS.sub(r"\1", trouble)).lower()
    return hashlib.sha256(plain.encode(errors="replace")).hexdigest()[:8]


def damaged_in(sentence: str) -> list[str]:
    """Marks of what a sentence says is damaged: each run and published file it names, else the sentence itself."""
    return STAMP.findall(sentence) or [mark_of(sentence)]


def refusals_of(sentence: str) -> list[str]:
    """What refused a build: the words that accept it where there are any, else the parts of the sentence."""
    return ACCEPTED_BY.findall(sentence) or sentence.split("; ")


def filled(row: dict[str, str], column: str, values: dict[str, object]) -> str:
    try:
        said = " ".join(row[column].format(**values).split())
        return said.encode(errors="replace").decode()  # a file's name may hold what no text can
    except (KeyError, IndexError, ValueError) as error:
        known = ", ".join(f"{{{name}}}" for name in values)
        where = f"alarm_kinds.csv, kind {row['kind']}, {column}"
        raise RuleError(f"{where}: {error} is no word in braces that it may use; these are: {known}.") from error


@cache
def kinds() -> dict[str, dict[str, str]]:
    return {row["kind"]: row for row in read_rule_table("alarm_kinds")}


@cache
def setting(name: str) -> int:
    """The number of alarm_settings.csv under this name."""
    for row in read_rule_table("alarm_settings"):
        if row["name"] == name:
            return int(row["value"])
    raise RuleError(f"alarm_settings.csv has no setting {name!r}.")
