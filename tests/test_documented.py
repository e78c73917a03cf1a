"""Every command, option and variable is documented where a person looks for it."""

from __future__ import annotations

import re
from pathlib import Path

import click
import pytest

from pipeline.commands.main import COMMANDS, diplomate

ROOT = Path(__file__).resolve().parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
EVERYTHING = README + "".join(path.read_text(encoding="utf-8") for path in sorted((ROOT / "docs").glob("*.md")))


def options_of(command: click.Command) -> list[str]:
    """Long options of a command and of its own commands; `--serve/--no-serve` is documented by either."""
    shown = [each for each in command.params if isinstance(each, click.Option) and not each.secondary_opts]
    found = [text for each in shown for text in each.opts if text.startswith("--")]
    found += [each.secondary_opts[0] for each in command.params if each.secondary_opts]
    below = command.commands.values() if isinstance(command, click.Group) else ()
    return [*found, *(option for each in below for option in options_of(each))]


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_and_option_is_documented(name: str) -> None:
    command = diplomate.get_command(click.Context(diplomate), name)
    assert command is not None and f"diplomate {name}" in README
    missing = [option for option in options_of(command) if not re.search(rf"{re.escape(option)}(?![\\w-])", EVERYTHING)]
    assert not missing


def test_every_variable_of_the_environment_is_documented() -> None:
    code = [path for folder in ("crawler", "pipeline", "db") for path in (ROOT / folder).rglob("*.py")]
    asked = r"environ(?:\.get\(|\[)\"(DIPLOMATE_[A-Z_]+)"
    used = {name for path in code for name in re.findall(asked, path.read_text(encoding="utf-8"))}
    assert used - {"DIPLOMATE_TRACEBACK"} <= set(re.findall(r"DIPLOMATE_[A-Z_]+", README))
    assert "DIPLOMATE_DATA" in used  # the search finds what is there


def test_no_link_of_the_readme_is_dead() -> None:
    links = [link for link in re.findall(r"\]\(([^)#]+)\)", README) if "://" not in link]
    assert links and not [link for link in links if not (ROOT / link).exists()]
