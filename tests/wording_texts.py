"""Every text that can reach somebody: templates, literals of the code, rules, metadata, documents, the built site.

In: the repository, or a published file. Out: (place, text) pairs. What was taken out of a text because it may be said
there stands in `said_allowed.csv`, with the reason; what may never be said, in `never_said.csv`.
"""

from __future__ import annotations

import ast
import csv
import html
import re
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import cache
from pathlib import Path
from urllib.parse import quote_plus, urljoin, urlsplit

from pipeline.rule_tables import RULE_TABLES

REPO = Path(__file__).parent.parent
HERE = Path(__file__).parent
SQL = re.compile(r"\b(?:SELECT|FROM|WHERE|ORDER BY|JOIN|CREATE|INSERT|DELETE)\b")
JINJA = re.compile(r"\{[{%#].*?[}%#]\}", re.DOTALL)
QUOTED = re.compile(r"\"([^\"]*)\"|'([^']*)'")
Text = tuple[str, str]


@dataclass(frozen=True)
class Hit:
    """Something that may not be said: where, which pattern, and the words around it."""

    place: str
    pattern: str
    around: str


def rows_of(name: str) -> list[dict[str, str]]:
    with (HERE / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@cache
def patterns() -> list[re.Pattern[str]]:
    return [re.compile(row["pattern"], re.IGNORECASE) for row in rows_of("never_said.csv")]


@cache
def any_pattern() -> re.Pattern[str]:
    return re.compile("|".join(f"(?:{row['pattern']})" for row in rows_of("never_said.csv")), re.IGNORECASE)


@cache
def allowed() -> list[tuple[str, re.Pattern[str]]]:
    return [(row["place"], re.compile(row["allowed"], re.IGNORECASE)) for row in rows_of("said_allowed.csv")]


def hits(place: str, text: str) -> list[Hit]:
    """What a text says that it may not."""
    plain = html.unescape(text)
    if not any_pattern().search(plain):
        return []
    for where, words in allowed():
        if fnmatchcase(place, where):
            plain = words.sub(" ", plain)
    return [
        Hit(place, pattern.pattern, " ".join(plain[max(0, found.start() - 60) : found.end() + 40].split()))
        for pattern in patterns()
        for found in pattern.finditer(plain)
    ]


def templates() -> Iterator[Text]:
    """Templates, of whose code only the quoted words are text."""
    for path in sorted((REPO / "db" / "templates").glob("*.html")):
        yield str(path.relative_to(REPO)), JINJA.sub(words_of_code, path.read_text(encoding="utf-8"))


def words_of_code(code: re.Match[str]) -> str:
    return "" if code[0].startswith("{#") else " ".join(one or other for one, other in QUOTED.findall(code[0]))


def literals() -> Iterator[Text]:
    """Literals of the code: not its docstrings, patterns and SQL, nor single words (names of columns and the like:
    where one of those reaches somebody, the built site shows it).
    """
    for package in ("db", "pipeline", "crawler"):
        for path in sorted((REPO / package).rglob("*.py")):
            tree = ast.parse(path.read_text(encoding="utf-8"))
            skipped = set(not_said(tree))
            for node in ast.walk(tree):
                if not isinstance(node, ast.Constant) or id(node) in skipped or not isinstance(node.value, str):
                    continue
                if " " in node.value.strip() and not SQL.search(node.value):
                    yield f"{path.relative_to(REPO)}:{node.lineno}", node.value


def not_said(tree: ast.AST) -> Iterator[int]:
    """Docstrings, and everything inside a call of `re`."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef) and node.body:
            first = node.body[0]
            if isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant):
                yield id(first.value)
        if isinstance(node, ast.Call) and ast.unparse(node.func).startswith("re."):
            yield from (id(inner) for inner in ast.walk(node))


def rules() -> Iterator[Text]:
    """Every cell of every published rule table."""
    for name in sorted(RULE_TABLES):
        with (REPO / "pipeline" / "rules" / f"{name}.csv").open(encoding="utf-8", newline="") as file:
            for number, row in enumerate(csv.DictReader(file), start=2):
                yield from ((f"rules/{name}.csv:{number}:{column}", cell or "") for column, cell in row.items())


def documents() -> Iterator[Text]:
    for path in [REPO / "metadata.json", REPO / "README.md", *sorted((REPO / "docs").rglob("*.md"))]:
        yield str(path.relative_to(REPO)), path.read_text(encoding="utf-8")


class Crawler:
    """Follows the links of a site from its first page, and gives every answer's text once."""

    def __init__(self, get) -> None:  # type: ignore[no-untyped-def]
        self.get = get

    def texts(self, begin: list[str]) -> Iterator[Text]:
        seen, waiting = set(begin), list(begin)
        while waiting:
            path = waiting.pop(0)
            answer = self.get(path)
            yield path, answer.text
            if "text/html" not in answer.headers.get("content-type", ""):
                continue
            for href in re.findall(r'href="([^"]*)"', answer.text):
                target = urljoin(path, html.unescape(href)).partition("#")[0]
                if target.startswith("/") and target not in seen and worth_following(target):
                    seen.add(target)
                    waiting.append(target)


def worth_following(target: str) -> bool:
    """Every page and export; of Datasette's pages each table and its whole export, which hold all of its rows."""
    path, query = urlsplit(target).path, urlsplit(target).query
    if path.startswith("/diplomate/"):
        return path.count("/") == 2 and (not query or query == "_stream=on&_size=max")
    return query.count("=") <= 1 and not (query and path.startswith("/find."))


def people_of(published: Path) -> list[dict[str, str]]:
    with sqlite3.connect(published) as connection:
        connection.row_factory = sqlite3.Row
        sql = "SELECT id, name, family_name, state FROM practitioners ORDER BY id"
        return [dict(row) for row in connection.execute(sql)]


def licenses_of(published: Path) -> list[dict[str, str]]:
    with sqlite3.connect(published) as connection:
        connection.row_factory = sqlite3.Row
        sql = "SELECT DISTINCT state, number FROM licenses WHERE number <> '' ORDER BY state, number"
        return [dict(row) for row in connection.execute(sql)]


def questions(published: Path) -> list[str]:
    """The pages somebody may ask about each person of a file."""
    found = []
    for person in people_of(published):
        found += [f"/practitioner/{person['id']}{ending}" for ending in ("", ".json", ".vcf")]
        found.append(f"/check?name={quote_plus(person['name'])}&state={person['state'] or ''}")
    return found


def strings_in(value: object) -> Iterator[str]:
    """Every string of a JSON value; its keys are names of columns."""
    if isinstance(value, dict):
        for inner in value.values():
            yield from strings_in(inner)
    elif isinstance(value, list | tuple):
        for inner in value:
            yield from strings_in(inner)
    elif isinstance(value, str):
        yield value
