"""``pkitools init``: a first file of connections, from what there is."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import click

from pkitools.frozen import dataclass
from pkitools.messages import NOTHING
from pkitools.portfolio import Gap, Portfolio
from pkitools.reports import WrittenDraft, init_document
from pkitools.text import shown, visible
from pkitools_cli.commands.scan.running import Running
from pkitools_cli.commands.status.asked import Scanning
from pkitools_cli.exit_codes import ExitCode
from pkitools_cli.framework import Command, gathered
from pkitools_cli.i18n import blank, language, tr
from pkitools_cli.lines import next_step, wrapped
from pkitools_cli.options import moment_option
from pkitools_cli.own_data import system_named
from pkitools_cli.passphrases import passphrase_options
from pkitools_cli.remedies import error_line
from pkitools_cli.reply import Line, Reply


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """What ``init`` was given."""

    places: tuple[str, ...]
    out: str
    system: str | None
    passphrase_file: str | None
    passphrase_env: str | None
    moment: datetime


@click.command("init", cls=Command, help="cli.init.help")
@click.argument("places", nargs=-1, required=True, metavar="FILE|DIR...")
@click.option("--out", metavar="FILE", required=True, help="cli.init.out")
@click.option("--for", "system", metavar="SYSTEM", help="cli.init.for")
@passphrase_options
@moment_option
@gathered(Options)
def command(options: Options) -> Reply[WrittenDraft]:
    """Look at every place, and write a first file of connections."""
    from pkitools.connections import draft, read_connections
    from pkitools.files import Output, check_outputs, write_set

    system = None if options.system is None else system_named(options.system)
    check_outputs([Output(options.out, b"", secret=False)])
    portfolio, _ = Running.of(Scanning.of(options, revocation="off")).found()
    made = draft(portfolio, str(Path(options.out).parent), system=system, language=language())
    if made.connections:
        read_connections(made.data, options.out)  # what is written every other command reads
        write_set([Output(options.out, made.data, secret=False)])
    written = WrittenDraft(made, portfolio, options.out)
    return Reply(written, document=init_document, text=_text, code=_code(written))


def _code(written: WrittenDraft) -> ExitCode:
    """Return the exit code: what could not be read, or is in no connection, leaves the file a part."""
    if not written.draft.connections or not written.portfolio.is_whole:
        return ExitCode.COULD_NOT
    return ExitCode.INDETERMINATE if written.draft.left_out or written.draft.no_unicode else ExitCode.PASSED


def _read(portfolio: Portfolio) -> int:
    """Return how many files were read: a place that was named and is not there is none."""
    return portfolio.looked_at - sum(one.gap is Gap.MISSING and one.name in portfolio.asked for one in portfolio.unread)


def _is_of_tests(portfolio: Portfolio) -> bool:
    """Return whether a certificate is of a test hierarchy, which is nobody's to trust by itself."""
    from pkitools.validation.rules import ANCHOR_FOUND

    found = (one for held in portfolio.judged for one in held.findings if one.rule.code == ANCHOR_FOUND.code)
    return any(one.params.get("test", NOTHING) != NOTHING for one in found)


def _text(written: WrittenDraft) -> Iterator[Line | str]:
    draft = written.draft
    if not draft.connections:
        yield from wrapped(tr("cli.init.nothing", files=_read(written.portfolio)), "")
    else:
        counts = {"connections": draft.connections, "organizations": draft.organizations}
        yield from wrapped(tr("cli.init.written", name=written.file, **counts), "")
    if draft.connections and not written.portfolio.is_whole:
        yield from wrapped(tr("cli.init.partial"), "")
    for names in draft.differing:
        others = ", ".join(map(visible, names.others))
        said = tr("cli.init.names", oin=names.oin, chosen=visible(names.chosen), others=others)
        yield from wrapped(said, "    ", "  - ")
    for one in draft.left_out:
        yield from wrapped(tr("cli.init.left_out", name=shown(one.name), place=one.places[0].name), "    ", "  - ")
    for name in draft.no_unicode:
        yield from wrapped(tr("cli.init.no_unicode", name=visible(name)), "    ", "  - ")
    for one in draft.of_others:
        yield from wrapped(tr("cli.init.of_provider", name=shown(one.name), place=one.places[0].name), "    ", "  - ")
    for unread in written.portfolio.unread:
        yield from wrapped(error_line(unread.error), "    ", "  - ")
    if draft.connections:
        words = ["status", "--connections", written.file]
        if _is_of_tests(written.portfolio):  # those nobody trusts unless it is said
            yield from next_step(tr("cli.init.now_trust"), [*words, "--trust", blank("folder")])
        else:
            yield from next_step(tr("cli.init.now"), words)
