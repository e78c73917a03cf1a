"""`diplomate evidence ID --out bundle.zip`, and `diplomate evidence verify bundle.zip`.

In: a practitioner's id, or a bundle. Out: a bundle with everything the answer rests on; or, line by line, what of a
bundle was confirmed and what could not be. Exit codes as everywhere: 1 when something is missing or differs.
"""

from __future__ import annotations

from pathlib import Path

import click

from pipeline.commands.environment import Failed, Wrong, data_folder, published

MIB = 1024 * 1024
LARGEST = 64  # MiB; what a crawl takes for one answer in memory. Above it are only files that are streamed to disk.
WARNING = (
    "The bundle holds rows and snapshots as the sources sent them: they may show home addresses and other people;"
    " hand it on only to whoever needs it."
)


class Evidence(click.Group):
    """A group whose first word may be a practitioner's id."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        named = args and (args[0] in self.commands or args[0] in ctx.help_option_names)
        return super().parse_args(ctx, args if named or not args else ["bundle", *args])


@click.group(name="evidence", cls=Evidence)
def command() -> None:
    """Everything an answer rests on, in one archive: ID --out bundle.zip, or verify bundle.zip."""


@command.command(name="bundle")
@click.argument("id")
@click.option("--out", required=True, type=click.Path(path_type=Path, dir_okay=False), help="The archive to write.")
@click.option(
    "--largest",
    default=LARGEST,
    show_default=True,
    type=click.IntRange(0, 2048),
    help="MiB that one snapshot may have to be in the bundle; of a larger one its hash and its address are.",
)
@click.option("--without-snapshots", is_flag=True, help="Leave all snapshots out; their hashes and addresses stay.")
def bundle(id: str, out: Path, largest: int, without_snapshots: bool) -> None:
    """Write the evidence of practitioner ID (`diplomate evidence ID --out bundle.zip` does the same)."""
    from pipeline.commands.evidence_made import NoSuchPractitioner, make_bundle
    from pipeline.evidence.pack import NotWritten

    try:
        made = make_bundle(published(), data_folder(), id, out, largest * MIB, not without_snapshots)
    except NoSuchPractitioner as error:
        raise Wrong(str(error)) from error
    except NotWritten as error:
        raise Failed(str(error)) from error
    for note in made.notes:
        click.echo(note, err=True)
    click.echo(WARNING, err=True)
    click.echo(f"{out} written: {made.files} files, {made.size} bytes, SHA-256 {made.sha256}", err=True)
    if made.problems:
        raise Failed("\n".join([*made.problems, "The bundle is written; its manifest names what is missing."]))


@command.command(name="verify")
@click.argument("bundle", type=click.Path(path_type=Path, dir_okay=False))
def verify(bundle: Path) -> None:
    """Compare every file of BUNDLE with its hash, read its snapshots again, apply its rules again."""
    from pipeline.commands.evidence_opened import NoBundle
    from pipeline.commands.evidence_verified import verified
    from pipeline.evidence.replay import CONFIRMED, NOTE

    try:
        found = list(verified(bundle))
    except NoBundle as error:
        raise Wrong(str(error)) from error
    for finding in found:
        click.echo(f"{finding.verdict}: {finding.sentence}")
    wrong = [finding for finding in found if finding.verdict not in (CONFIRMED, NOTE)]
    if wrong:
        raise Failed(f"{len(wrong)} of {len(found)} lines above do not confirm the bundle.")
    click.echo("Everything in the bundle is confirmed.")
