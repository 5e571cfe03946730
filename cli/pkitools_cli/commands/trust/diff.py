"""``pkitools trust diff``: what a trust bundle of one's own lacks, has too much, or has expired."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import TYPE_CHECKING, Final

import click

from pkitools.frozen import dataclass
from pkitools.reports import trust_diff_document
from pkitools.text import shown
from pkitools_cli.commands.next_steps import free_place, numbered
from pkitools_cli.exit_codes import ExitCode
from pkitools_cli.framework import Command
from pkitools_cli.i18n import tr
from pkitools_cli.inputs import about_input, read_input, told_problems
from pkitools_cli.lines import beside, next_step, wrapped
from pkitools_cli.options import moment_option
from pkitools_cli.passphrases import given_passphrase, passphrase_options
from pkitools_cli.reply import Line, Reply

if TYPE_CHECKING:
    from pkitools.exports import BundleDifference

_MOST_UNKNOWN: Final = 5  # the bundle of an operating system has two hundred


@dataclass(frozen=True, slots=True)
class Compared:
    """What was found, of which file, and whether all of it could be read."""

    difference: BundleDifference
    file: str
    is_whole: bool

    @property
    def code(self) -> ExitCode:
        """The exit code: what is wrong goes before what could not be read."""
        if not self.difference.is_right:
            return ExitCode.FAILED
        if not self.is_whole:
            return ExitCode.COULD_NOT
        return (
            ExitCode.INDETERMINATE if self.difference.not_held or not self.difference.hierarchies else ExitCode.PASSED
        )


@click.command("diff", cls=Command, help="cli.trust.diff.help")
@click.argument("file", metavar="FILE")
@click.option("--hierarchy", "hierarchies", multiple=True, metavar="HIERARCHY", help="cli.trust.diff.hierarchy")
@passphrase_options
@moment_option
def command(
    *,
    file: str,
    hierarchies: tuple[str, ...],
    passphrase_file: str | None,
    passphrase_env: str | None,
    moment: datetime,
) -> Reply[Compared]:
    """Compare a bundle with what is known."""
    from pkitools.containers import ItemKind, items_of
    from pkitools.exports import BundleFinding, compare_bundle

    passphrase = given_passphrase(passphrase_file, passphrase_env)
    with about_input(file):
        contents = read_input(file, passphrase)
        problems = told_problems(contents, file)
        ders = [item.der for item in items_of(contents, ItemKind.CERTIFICATE)]
    difference = compare_bundle(ders, moment=moment, hierarchies=hierarchies)
    unread = any(entry.finding is BundleFinding.UNREADABLE for entry in difference.entries)
    compared = Compared(difference, file, not problems and not unread)
    return Reply(
        compared, document=lambda one: trust_diff_document(one.difference, one.file), text=_text, code=compared.code
    )


def _text(compared: Compared) -> Iterator[Line | str]:
    found = compared.difference
    names = ", ".join(one.label for one in found.hierarchies)
    beside_it = len(found.trusted_beside)
    title = tr(f"cli.trust.diff.{_word(compared)}", file=compared.file, names=names, count=beside_it)
    yield from (Line(row, bold=True) for row in wrapped(title, ""))
    for one in found.missing:
        yield from beside(f"  {tr('cli.trust.diff.missing')} ", f"{one.common_name} ({one.sha256[:16]}…)")
    for hierarchy in found.not_held:
        yield from wrapped(tr("cli.trust.diff.not_held", name=hierarchy.label), "  ")
    yield from _entries(found)
    if found.missing:
        name = next((one.hierarchy.name for one in found.missing if one.hierarchy is not None), "")
        yield from next_step(
            tr("cli.trust.diff.next"),
            ("trust", "export", name, "--out", f"{free_place(numbered(name), ('.pem',), name)}.pem"),
        )


def _word(compared: Compared) -> str:
    """Return which sentence is the answer: what could not be read is not called right."""
    found = compared.difference
    if not found.is_right:
        return "wrong" if found.hierarchies else "none_wrong"
    if not compared.is_whole:
        return "right_part" if found.hierarchies else "none_part"
    if not found.hierarchies:
        return "none"
    return "right_and_more" if found.trusted_beside else "right"


def _entries(found: BundleDifference) -> Iterator[str]:
    """Yield a line for each certificate; of many that are not of PKIoverheid, only how many there are."""
    unknown = sum(str(entry.finding) == "unknown" for entry in found.entries)
    for entry in found.entries:
        if str(entry.finding) == "unknown" and unknown > _MOST_UNKNOWN:
            continue
        name = tr("cli.chain.complete.unreadable")
        if entry.facts is not None:
            name = entry.facts.subject.called
        yield from beside(f"  {entry.position}. ", f"{shown(name)}: {tr(f'cli.trust.finding.{entry.finding}')}")
    if unknown > _MOST_UNKNOWN:
        yield from wrapped(tr("cli.trust.diff.unknown", count=unknown), "  ")
