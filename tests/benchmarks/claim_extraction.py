"""How well claims are read from sentences: precision, recall and F1 for each label, and every wrong one.

    python -m tests.benchmarks.claim_extraction [FILE.jsonl ...] [--round NAME] [--quiet]

Without files: the real sentences of DIPLOMATE_REAL_DATA (claims/claims.jsonl) where they are, and the invented ones
beside this file. A line is {"id", "text", "category", "ambiguous", "label": {"nccaom", "designations", "license",
"state"[, "number"]}}.
The invented sentences came in rounds (`round`): the rules were corrected on a round only after it had been measured.
Exit 1 where the F1 of current NCCAOM/NCBAHM claims is below 0.95, or an explanatory sentence is taken for any claim.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import sys
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pipeline.facts import CERTIFIER_ISSUER
from pipeline.numbers import license_key
from pipeline.web_claims import TextClaim, claims_in

HERE = Path(__file__).parent
INVENTED = HERE / "claims_invented.jsonl"
REQUIRED_F1 = 0.95
EXPLANATORY = "explanatory"
CURRENT, PAST = "NCCAOM current", "NCCAOM past"


@dataclass(frozen=True)
class Labeled:
    """A sentence and the labels a person gave it."""

    id: str
    text: str
    category: str
    ambiguous: bool
    labels: frozenset[str]


@dataclass
class Scores:
    """Counts per label, and what was wrong."""

    right: Counter[str] = field(default_factory=Counter)
    extra: Counter[str] = field(default_factory=Counter)
    missed: Counter[str] = field(default_factory=Counter)
    explanatory: int = 0
    wrong: list[str] = field(default_factory=list)

    def f1(self, label: str) -> float:
        found = 2 * self.right[label]
        whole = found + self.extra[label] + self.missed[label]
        return found / whole if whole else 1.0

    def fails(self) -> bool:
        return self.f1(CURRENT) < REQUIRED_F1 or self.explanatory > 0


def real_file() -> Path:
    folder = os.environ.get("DIPLOMATE_REAL_DATA") or HERE.parent.parent.parent / "shared" / "data"
    return Path(folder) / "claims" / "claims.jsonl"


def read_labeled(path: Path, round_: str = "") -> list[Labeled]:
    rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]
    return [_labeled(row) for row in rows if not round_ or row.get("round") == round_]


def _labeled(row: dict[str, Any]) -> Labeled:
    label = row["label"]
    labels = {"claims_current": {CURRENT}, "claims_past": {PAST}}.get(label["nccaom"], set())
    labels |= {f"designation {_bare(name)}" for name in label.get("designations") or []}
    states = re.findall(r"[A-Z]{2}", label.get("state") or "")
    if label.get("license") == "claims":
        labels |= {"license", *(f"state {code}" for code in states)}
        if label.get("number"):
            labels.add(f"number {_number(states, label['number'])}")
    return Labeled(row["id"], row["text"], row["category"], bool(row.get("ambiguous")), frozenset(labels))


def _bare(designation: str) -> str:
    return re.sub(r"\W|dipl(?:omate)?", "", designation.casefold())


def _number(states: Iterable[str], number: str) -> str:
    keys = [license_key(state, number) for state in states] or [license_key("CA", number)]
    return keys[0].partition(":")[2]


def labels_of(claims: list[TextClaim]) -> frozenset[str]:
    """The labels of what was read from one sentence."""
    national = [one for one in claims if one.kind == "certification" and one.issuer == CERTIFIER_ISSUER]
    tenses = {one.tense for one in national}
    labels = {CURRENT} if "current" in tenses else {PAST} if tenses else set()
    labels |= {f"designation {_bare(one.designation)}" for one in national if one.designation}
    licenses = [one for one in claims if one.kind == "license" and one.tense == "current"]
    labels |= {"license" for _ in licenses} | {f"state {one.state}" for one in licenses if one.state}
    return frozenset(labels | {f"number {_number([one.state or 'CA'], one.number)}" for one in licenses if one.number})


def score(rows: Iterable[Labeled]) -> Scores:
    scores = Scores()
    numbered = any(label.startswith("number") for row in rows for label in row.labels)
    for row in rows:
        claims = claims_in(row.text)
        read = frozenset(one for one in labels_of(claims) if numbered or not one.startswith("number"))
        for label in row.labels | read:
            counts = scores.right if label in row.labels & read else scores.extra if label in read else scores.missed
            counts[_group(label)] += 1
        taken = row.category.startswith(EXPLANATORY) and bool(claims)
        scores.explanatory += taken
        if row.labels != read or taken:
            scores.wrong.append(_difference(row, read, claims))
    return scores


def _group(label: str) -> str:
    """States and numbers are counted together."""
    return {"state": "license state", "number": "license number"}.get(label.split(" ", maxsplit=1)[0], label)


def _difference(row: Labeled, read: frozenset[str], claims: list[TextClaim]) -> str:
    signs = [f"+{one}" for one in sorted(read - row.labels)] + [f"-{one}" for one in sorted(row.labels - read)]
    rules = ",".join(dict.fromkeys(claim.rule for claim in claims))
    mark = " (ambiguous)" if row.ambiguous else ""
    return f"{row.id} {row.category}{mark} [{'; '.join(signs)}] {rules}\n    {row.text!r}"


def table(scores: Scores) -> str:
    lines = [f"{'label':<24}{'precision':>10}{'recall':>8}{'F1':>7}{'right':>7}{'extra':>7}{'missed':>8}"]
    for label in sorted({*scores.right, *scores.extra, *scores.missed}):
        right, extra, missed = scores.right[label], scores.extra[label], scores.missed[label]
        precision = right / (right + extra) if right + extra else 1.0
        recall = right / (right + missed) if right + missed else 1.0
        lines.append(
            f"{label:<24}{precision:>10.3f}{recall:>8.3f}{scores.f1(label):>7.3f}{right:>7}{extra:>7}{missed:>8}"
        )
    return "\n".join([*lines, f"explanatory sentences taken for a claim: {scores.explanatory}"])


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="claim_extraction")
    parser.add_argument("files", nargs="*", type=Path)
    parser.add_argument("--round", default="", help="only the sentences of this round")
    parser.add_argument("--quiet", action="store_true", help="counts only, without the wrong ones")
    asked = parser.parse_args(arguments)
    failed = False
    for path in asked.files or [one for one in (real_file(), INVENTED) if one.exists()]:
        failed |= _report(path, asked.round, asked.quiet)
    return int(failed)


def _report(path: Path, round_: str, quiet: bool) -> bool:
    rows = read_labeled(path, round_)
    clear = [row for row in rows if not row.ambiguous]
    whole, certain = score(rows), score(clear)
    print(f"{path.name} {round_}: {len(rows)} sentences\n{table(whole)}\n")
    print(f"without the {len(rows) - len(clear)} ambiguous ones:\n{table(certain)}\n")
    if not quiet:
        print(f"wrong, {len(whole.wrong)}:\n" + "\n".join(whole.wrong) + "\n")
    return certain.fails()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
