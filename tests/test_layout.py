"""The shape of the repository: data moves one way, names say what they are."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

REPO = Path(__file__).parent.parent
FORBIDDEN_NAMES = {"utils", "helpers", "common", "manager"}
LONGEST_MODULE = 300
ALLOWED = {
    "crawler": {"crawler"},
    "db": {"db"},
    "pipeline": {"pipeline"},
}
PIPELINE_MAY_ALSO = {"crawler.records", "crawler.snapshots"}
TOP_LEVEL = {
    *("crawler pipeline db metadata.json tests pyproject.toml README.md LICENSE Makefile".split()),
    *("Dockerfile docs .ci .gitignore .dockerignore constraints.txt .git".split()),
}


def modules() -> Iterator[Path]:
    for package in ALLOWED:
        yield from (REPO / package).rglob("*.py")


def imported(path: Path) -> set[str]:
    """Names of our own packages that a module imports, anywhere in it."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.add(node.module)
    return {name for name in found if name.split(".")[0] in ALLOWED}


def breaks_the_rule(path: Path, names: set[str]) -> set[str]:
    parts = path.relative_to(REPO).parts
    if parts[:2] == ("pipeline", "commands"):
        return set()
    own = {name for name in names if name.split(".")[0] == parts[0]}
    others = names - own - (PIPELINE_MAY_ALSO if parts[0] == "pipeline" else set())
    return others | {name for name in own if name.startswith("pipeline.commands")}


@pytest.mark.parametrize("path", list(modules()), ids=lambda path: str(path.relative_to(REPO)))
def test_data_moves_one_way(path: Path) -> None:
    assert not breaks_the_rule(path, imported(path))


def test_the_import_rule_can_fail() -> None:
    assert breaks_the_rule(REPO / "db" / "x.py", {"pipeline.tag"}) == {"pipeline.tag"}
    assert breaks_the_rule(REPO / "pipeline" / "x.py", {"crawler.source"}) == {"crawler.source"}


@pytest.mark.parametrize("path", list(modules()), ids=lambda path: str(path.relative_to(REPO)))
def test_modules_say_what_they_are_and_stay_short(path: Path) -> None:
    text = path.read_text()
    assert path.stem not in FORBIDDEN_NAMES
    assert ast.get_docstring(ast.parse(text)), "no module docstring"
    assert len(text.splitlines()) <= LONGEST_MODULE


def test_nothing_strange_at_the_top() -> None:
    tracked = {
        path.name
        for path in REPO.iterdir()
        if not path.name.startswith((".venv", ".pytest", ".ruff", ".mypy", ".hypo"))
    }
    assert tracked - TOP_LEVEL - {"data", "dist"} <= {name for name in tracked if name.endswith(".egg-info")}
