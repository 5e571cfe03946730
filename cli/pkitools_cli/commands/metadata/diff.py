"""``metadata diff``: what changed that the other side must know?"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial

import click

from pkitools.environment import Environment
from pkitools.errors import PkitoolsError
from pkitools.frozen import dataclass
from pkitools.metadata import MetadataComparison, MetadataKind, compare_metadata
from pkitools.metadata.consumers import consumers
from pkitools.metadata.signatures import SignatureStatus
from pkitools.oin import EntityID
from pkitools.reports import metadata_diff_document
from pkitools.text import shown
from pkitools_cli.commands.metadata.reading import read_octets
from pkitools_cli.commands.next_steps import NextStep, step
from pkitools_cli.exit_codes import ExitCode
from pkitools_cli.framework import Command, gathered
from pkitools_cli.i18n import form_of, tr
from pkitools_cli.inputs import about_input, called
from pkitools_cli.lines import wrapped
from pkitools_cli.options import STANDARD_INPUT
from pkitools_cli.remedies import told
from pkitools_cli.reply import Line, Reply

_CODES = {
    SignatureStatus.BAD: ExitCode.FAILED,
    SignatureStatus.NO_KEY: ExitCode.INDETERMINATE,
    SignatureStatus.NOT_ASKED: ExitCode.INDETERMINATE,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """What ``metadata diff`` was given."""

    old: str
    new: str


@click.command("diff", cls=Command, help="cli.metadata.diff.help")
@click.argument("old", metavar="OLD")
@click.argument("new", metavar="NEW")
@gathered(Options)
def command(options: Options) -> Reply[MetadataComparison]:
    """Compare two files."""
    if options.old == options.new == STANDARD_INPUT:
        raise click.UsageError(tr("cli.metadata.diff.twice"))
    with about_input(options.old):
        old = read_octets(options.old)
    with about_input(options.new):
        new = read_octets(options.new)
        found = compare_metadata(old, new, old_name=called(options.old), new_name=called(options.new))
    return Reply(
        found,
        document=partial(metadata_diff_document, old=options.old, new=options.new),
        text=partial(_told, options=options),
        code=_code(found),
    )


def _code(found: MetadataComparison) -> ExitCode:
    """Return the exit code: what a bad signature is over may be anything, and so may what changed in it."""
    codes = {_CODES[read.verified.status] for read in (found.old, found.new) if read.verified.status in _CODES}
    return next((code for code in (ExitCode.FAILED, ExitCode.INDETERMINATE) if code in codes), ExitCode.PASSED)


def _told(found: MetadataComparison, options: Options) -> Iterator[Line | str]:
    count = len(found.changes)
    key = f"changes{form_of(count)}" if count else "none"
    head = tr(f"cli.metadata.diff.{key}", count=count, old=called(options.old), new=called(options.new))
    yield from (Line(row, bold=True) for row in wrapped(head, ""))
    yield from _signatures(found)
    for number, change in enumerate(found.changes, start=1):
        text = told(change.code, change.params)
        first = f"{number:>3}. "
        yield ""
        yield from wrapped(text.message, " " * len(first), first)
        yield from wrapped(f"→ {text.remedy}", " " * (len(first) + 2), " " * len(first))
    if count and (found_next := _next(found, options)) is not None:
        yield ""
        yield from found_next.told()


def _signatures(found: MetadataComparison) -> Iterator[str]:
    for read in (found.old, found.new):
        if read.kind is MetadataKind.SAML:
            status = tr(f"cli.metadata.signature.{read.verified.status}")
            yield from wrapped(f"{shown(read.name)}: {status}", "    ", "  ")
    if (reason := found.not_checked) is not None:
        text = told(f"report.reason.{reason}", {})
        yield from wrapped(text.message, "  ", "  ")
        yield from wrapped(f"→ {text.remedy}", "      ", "    ")


def _next(found: MetadataComparison, options: Options) -> NextStep | None:
    """Return how to judge the new file: for the system and the environment that its entity ID is of."""
    systems, environment = _aim(found.new.names)
    asked = systems[0] if systems else tr("cli.metadata.diff.system")
    words = ("metadata", "check", options.new, "--for", asked, "-e", environment)
    slug = "done" if len(systems) < 2 else "done_several"
    return step(f"metadata_diff.{slug}", {"others": ", ".join(systems[1:])}, {"check": lambda: words})


def _aim(names: Sequence[str]) -> tuple[list[str], str]:
    """Return the systems that an entity ID of these is for, and where: production where it does not say."""
    for name in names:
        try:
            parsed = EntityID.parse(name)
        except PkitoolsError:
            continue
        taking = [each for each in consumers() if parsed.scheme in each.schemes]
        return list(dict.fromkeys(system for each in taking for system in each.systems)), parsed.environment.value
    return [], Environment.PRODUCTION.value
