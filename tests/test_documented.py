"""Everything is documented where a person looks for it: commands, options, variables, tables, columns, terms."""

from __future__ import annotations

import re
from pathlib import Path

import click
import pytest

from crawler.catalog import all_sources
from db.described import read_metadata
from db.schema import TABLES
from pipeline.commands.main import COMMANDS, diplomate
from pipeline.rule_tables import ALARM_KINDS, CERTIFICATION_TAGS, LICENSE_TAGS

ROOT = Path(__file__).resolve().parent.parent
PAGES = {path.name: path.read_text(encoding="utf-8") for path in [ROOT / "README.md", *(ROOT / "docs").glob("*.md")]}
README, DATA = PAGES["README.md"], PAGES["data.md"]
EVERYTHING = "".join(PAGES.values())
DESCRIBED = read_metadata()["databases"]["diplomate"]["tables"]
NOBODY_SETS = {"DIPLOMATE_TRACEBACK"}  # the sentence that names it is its documentation


def options_of(command: click.Command) -> list[str]:
    """Long options of a command and of its own commands; `--serve/--no-serve` is documented by either."""
    shown = [each for each in command.params if isinstance(each, click.Option) and not each.secondary_opts]
    found = [text for each in shown for text in each.opts if text.startswith("--")]
    found += [each.secondary_opts[0] for each in command.params if each.secondary_opts]
    below = command.commands.values() if isinstance(command, click.Group) else ()
    return [*found, *(option for each in below for option in options_of(each))]


def undocumented(words: list[str], text: str) -> list[str]:
    """Words that do not stand in the text by themselves."""
    return [word for word in words if not re.search(rf"(?<![\w-]){re.escape(word)}(?![\w-])", text)]


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_and_option_is_documented(name: str) -> None:
    command = diplomate.get_command(click.Context(diplomate), name)
    assert command is not None and f"diplomate {name}" in README
    about = "".join(text for text in PAGES.values() if f"diplomate {name}" in text)
    assert not undocumented(options_of(command), about)


def variables_asked() -> set[str]:
    """Variables that the code names, in whatever way it asks for them."""
    code = [path for folder in ("crawler", "pipeline", "db") for path in (ROOT / folder).rglob("*.py")]
    named = {name for path in code for name in re.findall(r"\"(DIPLOMATE_[A-Z_]+)\"", path.read_text(encoding="utf-8"))}
    return named - set(re.findall(r"\"(DIPLOMATE_[A-Z_]+)\":", (ROOT / "crawler/settings.py").read_text()))


def test_every_variable_of_the_environment_is_documented() -> None:
    asked = variables_asked() | {"DIPLOMATE_MIRRORS"}  # also the name of a setting that the crawler hands itself
    assert {"DIPLOMATE_DATA", "DIPLOMATE_NOTIFY", "DIPLOMATE_TILES"} <= asked, "the search finds what is there"
    assert not undocumented(sorted(asked - NOBODY_SETS), README)


def test_no_variable_is_documented_that_nobody_asks_for() -> None:
    in_tests = {"DIPLOMATE_TEST_EVERYTHING", "DIPLOMATE_REAL_DATA"}
    documented = set(re.findall(r"`(DIPLOMATE_[A-Z_]+)`", README))
    assert documented - in_tests <= variables_asked() | {"DIPLOMATE_MIRRORS"}


def test_every_table_is_documented_for_analysts() -> None:
    assert not undocumented([f"`{name}`" for name in TABLES], DATA)


def test_no_table_is_documented_that_is_not_there() -> None:
    part = DATA.split("## The tables")[1].split("## Words")[0]
    first_cells = [line.split("|")[1] for line in part.splitlines() if line.startswith("| `")]
    assert set(re.findall(r"`([a-z_]+)`", " ".join(first_cells))) == set(TABLES)


@pytest.mark.parametrize("name", TABLES)
def test_every_column_is_described(name: str) -> None:
    described = DESCRIBED[name]["columns"]
    assert set(described) == set(TABLES[name].column_names)
    assert all(len(text) > 3 for text in described.values())


def test_every_word_of_a_tag_is_documented() -> None:
    assert not undocumented([f"`{word}`" for word in sorted(CERTIFICATION_TAGS | LICENSE_TAGS)], DATA)


def test_the_columns_that_the_data_page_names_are_there() -> None:
    dates = DATA.split("## Dates")[1].split("\n## ")[0]
    named = {name for line in dates.splitlines() if line.startswith("| `") for name in re.findall("`([a-z_]+)`", line)}
    known = set(TABLES) | {column for table in TABLES.values() for column in table.column_names}
    assert named and named <= known


def test_every_alarm_is_documented() -> None:
    assert not undocumented([f"`{kind}`" for kind in sorted(ALARM_KINDS)], PAGES["operate.md"])


@pytest.mark.parametrize("page", ["README.md", "law-and-manners.md"])
def test_every_source_is_documented(page: str) -> None:
    assert not undocumented([f"`{source.name}`" for source in all_sources()], PAGES[page])


@pytest.mark.parametrize("page", PAGES)
def test_no_link_is_dead(page: str) -> None:
    folder = ROOT if page == "README.md" else ROOT / "docs"
    links = [link for link in re.findall(r"\]\(([^)#\s]+)", PAGES[page]) if "://" not in link]
    assert not [link for link in links if not (folder / link).exists()]


def test_what_is_missing_would_be_seen() -> None:
    """The known-wrong case: a longer word does not document a shorter one."""
    assert undocumented(["--due", "`runs`"], "--due-date `reruns`") == ["--due", "`runs`"]
    assert not undocumented(["--due", "`runs`"], "call it with --due; table `runs`")


@pytest.mark.parametrize("picture", sorted((ROOT / "docs" / "pictures").glob("*")), ids=lambda path: path.name)
def test_pictures_are_small_and_shown(picture: Path) -> None:
    assert picture.stat().st_size < 150_000 and f"docs/pictures/{picture.name}" in README
