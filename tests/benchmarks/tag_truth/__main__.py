"""Tags against the truth: `python -m tests.benchmarks.tag_truth --people 6000,60000 --seed 1`.

Prints the shares and every harmful kind of error; exit code 1 where harm was found or the tags of the true clusters
are right less often than WANTED.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Sequence

from tests.benchmarks.tag_truth.measure import Report, Share, measure, read_nation

WANTED = 0.995
MOST_WRONG = 12


def main(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.tag_truth", description=__doc__)
    parser.add_argument("--people", default="6000", help="sizes of nations, for example 6000,60000")
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args(arguments)
    failed = False
    for people in asked.people.split(","):
        began = time.perf_counter()
        report = measure(read_nation(int(people.replace("_", "")), asked.seed))
        print("\n".join(told(report)))
        print(f"  {time.perf_counter() - began:.0f} s\n", flush=True)
        failed |= bool(report.harm) or report.true_clusters.share < WANTED
    return int(failed)


def told(report: Report) -> list[str]:
    lines = [f"{report.people} people, {report.practitioners} practitioners published"]
    lines += [
        f"  {report.split} people stand in several practitioners, {report.mixed} practitioners hold several people"
    ]
    lines += told_share("tags right on the true clusters (rules alone)", report.true_clusters)
    lines += told_share(
        "tags right over true people (each by the practitioner with most of its records)", report.true_people
    )
    lines += told_share("  the same of people who are not split", report.of_whole)
    lines += told_share("tags right over published practitioners (each part of a split person counts)", report.shown)
    lines += [f"  cost of linking alone, over true people: {report.true_clusters.share - report.true_people.share:.5f}"]
    lines += [f"  harmful errors: {report.harm.total()} {dict(report.harm)}"]
    flagged = f"{report.flagged} of them say beside the tag that it needs a look"
    lines += [f"    {flagged}, as {report.reviews} of {report.positive} listed or active tags do"]
    doubt = f"{report.absences_flagged} of them say that the list holds such a name"
    lines += [f"  absences shown of people who are there: {report.absences}; {doubt}"]
    return lines + [f"    {example}" for example in report.examples]


def told_share(name: str, share: Share) -> list[str]:
    lines = [f"  {name}: {share.share:.5f} ({share.equal} of {share.all})"]
    wrong = (
        f"{count} {kind}: {one} shown as {other}" for (kind, one, other), count in share.wrong.most_common(MOST_WRONG)
    )
    return lines + [f"      {line}" for line in wrong]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
