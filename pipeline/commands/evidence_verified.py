"""Verifying a bundle: hashes, then the snapshots read again, then the rows tagged again.

In: a bundle's path. Out: findings, in this order. Everything happens in a temporary folder that is removed at the end;
nothing of the bundle is run, nothing is asked of the network, the data folder is not touched.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from crawler.troubles import SourceTrouble
from pipeline.commands.evidence_made import csv_rows, versions
from pipeline.commands.evidence_opened import made_folders, opened
from pipeline.commands.evidence_read_again import CODE, read_again
from pipeline.evidence.replay import CONFIRMED, DIFFERS, NOT_REPLAYED, NOTE, SHOWN, Finding
from pipeline.evidence.shapes import ANSWER, RULES, TABLES
from pipeline.evidence.words import answer
from pipeline.rule_tables import RULE_TABLES
from pipeline.rules import RULES_FOLDER

PATIENCE = 300  # seconds for tagging one person's rows again; it takes two


def verified(bundle: Path) -> Iterator[Finding]:
    """Every finding about a bundle; raises NoBundle for a file that is none."""
    with tempfile.TemporaryDirectory(prefix="diplomate-evidence-") as made:
        folder, work = Path(made) / "bundle", Path(made) / "data"
        folder.mkdir()
        manifest, found = opened(bundle, folder)
        made_folders(folder)
        yield from found
        yield from said_of(manifest)
        yield from rules_beside(folder)
        yield from guarded(lambda: read_again(folder, work), "its rows could not be read again")
        yield from tagged_again(folder)
        yield from guarded(lambda: answer_again(folder, manifest), f"{ANSWER} could not be written again")


def guarded(findings: Any, what: str) -> Iterator[Finding]:
    """Findings; a file of the bundle that does not hold what it should is one more."""
    try:
        yield from findings()
    except (LookupError, ValueError, TypeError, AttributeError, RecursionError, SourceTrouble, OSError) as error:
        yield Finding(NOT_REPLAYED, f"{what} ({type(error).__name__}: {str(error)[:SHOWN]}).")


def said_of(manifest: dict[str, Any]) -> Iterator[Finding]:
    """What the manifest itself says is missing, and which versions made the bundle."""
    for problem in [*manifest.get("missing", []), *manifest.get("left_out", [])]:
        yield Finding(NOTE, f"the manifest says: {str(problem)[:SHOWN]}")
    ours, theirs = versions(), manifest.get("versions")
    theirs = theirs if isinstance(theirs, dict) else {}
    for name in ("diplomate", "python"):
        if ours[name] != theirs.get(name):
            other = f"made with {name} {str(theirs.get(name))[:40]}, verified with {ours[name]}"
            yield Finding(NOTE, f"{other}: a difference below may be due to that.")


def rules_beside(folder: Path) -> Iterator[Finding]:
    """Which rules of the bundle are not the ones installed; a table it lacks is filled in from those."""
    changed = []
    for name in sorted(RULE_TABLES):
        own, installed = folder / RULES / f"{name}.csv", RULES_FOLDER / f"{name}.csv"
        if not own.exists():
            own.write_bytes(installed.read_bytes())
            yield Finding(NOTE, f"the bundle has no rules/{name}.csv; the one of this version is used.")
        elif own.read_bytes() != installed.read_bytes():
            changed.append(own.name)
    if changed:
        which = ", ".join(changed)
        yield Finding(NOTE, f"the bundle's rules differ from those installed here ({which}); the bundle's are used.")


def tagged_again(folder: Path) -> Iterator[Finding]:
    """The rows normalized and tagged again, in a process that knows only the bundle's rules."""
    call = [sys.executable, "-m", "pipeline.evidence.replay", str(folder)]
    settings = os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, [str(CODE), os.environ.get("PYTHONPATH")]))}
    try:
        done = subprocess.run(call, check=False, capture_output=True, cwd=folder, env=settings, timeout=PATIENCE)
        yield from (Finding(*row) for row in json.loads(done.stdout))
    except subprocess.TimeoutExpired:
        yield Finding(NOT_REPLAYED, f"the rows were not tagged again within {PATIENCE} seconds.")
    except ValueError:
        yield Finding(NOT_REPLAYED, f"the rows could not be tagged again (its process ended with {done.returncode}).")


def answer_again(folder: Path, manifest: dict[str, Any]) -> Iterator[Finding]:
    """Whether answer.txt says what the tables say."""
    tables = {path.stem: json.loads(path.read_text(encoding="utf-8")) for path in (folder / TABLES).glob("*.json")}
    rules = {name: csv_rows((folder / RULES / f"{name}.csv").read_bytes()) for name in ("tag_words", "states")}
    sentences = manifest["sentences"]
    said = str(sentences["pre_check"]), str(sentences["correction"])
    again = answer(tables, rules, str(manifest["built_at"]), *said)
    same = again == (folder / ANSWER).read_bytes()
    result = "is written again from the tables, equal" if same else "is not what the tables say"
    yield Finding(CONFIRMED if same else DIFFERS, f"{ANSWER} {result}.")
