"""The `diplomate` command: its list of commands, and the one place where failures become sentences.

In: arguments. Out: an exit code; see `pipeline.commands` for what the codes mean.
"""

from __future__ import annotations

import os
import sys
from importlib import import_module

import click

COMMANDS = {
    "demo": ("demo", "Crawl the bundled sample of invented people, build, serve. No network needed."),
    "sources": ("sources", "Every source: kind, states, access, cadence, last good read, rows, health."),
    "crawl": ("crawl", "Read sources from the web (or a mirror) into snapshots and records."),
    "import": ("import_files", "Turn files a person saved or downloaded into a snapshot of a source."),
    "build": ("build", "Make a new database from the last good runs and publish it through gates."),
    "serve": ("serve", "Serve the published database as a website."),
    "rollback": ("rollback", "Show an older published file again, or list those that are kept."),
    "run": ("run", "Crawl what is due, build, publish: what cron calls."),
    "schedule": ("schedule", "The same at its times, for ever; shows the next runs."),
    "check": ("check", "What public sources say about one practitioner."),
    "review": ("review", "The pairs of records most worth judging: one person or two?"),
    "judge": ("judge", "Write down that two records are the same person's, or different people's."),
    "dispute": ("dispute", "Hide a fact that somebody says is wrong until its source has been read again."),
    "suppress": ("suppress", "Leave a person out of everything that is published."),
    "tidy": ("tidy", "Remove raw answers of old runs that nothing rests on any more."),
    "evidence": ("evidence", "Everything an answer rests on, in one archive; and its verification."),
    "export": ("export", "Write a whole table as CSV, gzipped CSV or Parquet."),
    "changes": ("changes", "What changed, newest last."),
    "watch": ("watch", "Remember a roster; after each build, what changed about its people."),
    "status": ("status", "Runs, ages and alarms."),
}


class Commands(click.Group):
    """Commands that are imported when they are called."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        module = import_module(f"pipeline.commands.{COMMANDS[cmd_name][0]}")
        command: click.Command = module.command
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, summary) for name, (_, summary) in COMMANDS.items()])


def own_version() -> str:
    from importlib.metadata import PackageNotFoundError, version  # a question should not wait for it

    try:
        return version("diplomate")
    except PackageNotFoundError:
        return "0"


def show_version(context: click.Context, _: click.Parameter, wanted: bool) -> None:
    if wanted:
        click.echo(f"diplomate, version {own_version()}")
        context.exit()


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110})
@click.option(
    "--version", is_flag=True, is_eager=True, expose_value=False, callback=show_version, help="Show the version."
)
def diplomate() -> None:
    """A directory of US acupuncture practitioners that shows its evidence."""


def main() -> None:
    """Run a command; whatever nobody foresaw is one sentence too."""
    try:
        diplomate(standalone_mode=True)
    except KeyboardInterrupt:
        sys.exit(130)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(0)
    except Exception as error:
        if os.environ.get("DIPLOMATE_TRACEBACK"):
            raise
        click.echo(sentence(error), err=True)
        sys.exit(1)


def sentence(error: Exception) -> str:
    """What a user reads: our own exceptions carry sentences, the system's name a file, the rest says how to report."""
    if type(error).__module__.partition(".")[0] in ("crawler", "pipeline", "db"):
        return str(error)
    if type(error).__module__ == "sqlite3":
        return f"The published database cannot be read ({error}). Restore it, or build again."
    if isinstance(error, OSError) and error.strerror:
        return f"{error.filename or 'A file could not be written'}: {error.strerror}."
    said = f"{type(error).__name__}: {error}".rstrip(".")
    return f"Something unforeseen happened: {said}. Set DIPLOMATE_TRACEBACK=1 to see where."


if __name__ == "__main__":
    main()
