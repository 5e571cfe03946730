"""``pkitools renewal diff``: what changes from one certificate to the next, and who must be told."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Final

import click

from pkitools.environment import Environment
from pkitools.findings import Severity, Verdict
from pkitools.frozen import dataclass
from pkitools.reports import renewal_diff_document
from pkitools.text import shown
from pkitools_cli.commands.founded import founded
from pkitools_cli.commands.next_steps import Words, again, step
from pkitools_cli.exit_codes import not_known, of_reports
from pkitools_cli.framework import Command, gathered
from pkitools_cli.i18n import form_of, language, tr
from pkitools_cli.inputs import about_input, read_input, told_problems
from pkitools_cli.lines import beside, findings_told, wrapped
from pkitools_cli.options import environment_option, fail_on_option, moment_option
from pkitools_cli.own_data import systems_named, titles, told_unusable
from pkitools_cli.passphrases import given_passphrase, passphrase_options
from pkitools_cli.reply import Line, Reply

if TYPE_CHECKING:
    from pkitools.renewal import Change, Notice, RenewalDifference
    from pkitools.x509 import CertificateFacts


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """What ``renewal diff`` was given."""

    old: str
    new: str
    systems: tuple[str, ...]
    texts: bool
    environment: Environment | None
    passphrase_file: str | None
    passphrase_env: str | None
    moment: datetime
    fail_on: Severity | None


@dataclass(frozen=True, slots=True)
class Compared:
    """What was found, what was asked, and the command that shows the texts as well."""

    found: RenewalDifference
    options: Options
    with_texts: Words


@click.command("diff", cls=Command, help="cli.renewal.diff.help")
@click.argument("old", metavar="OLD")
@click.argument("new", metavar="NEW")
@click.option("--for", "systems", multiple=True, metavar="SYSTEM", help="cli.renewal.diff.for")
@click.option("--texts", is_flag=True, help="cli.renewal.diff.texts")
@passphrase_options
@environment_option
@moment_option
@fail_on_option
@gathered(Options)
def command(options: Options) -> Reply[Compared]:
    """Hold two certificates against each other."""
    from pkitools.renewal import compare_certificates

    titles(options.systems)  # raises for a name nobody knows
    systems = systems_named(dict.fromkeys(options.systems))
    passphrase = given_passphrase(options.passphrase_file, options.passphrase_env)
    (old, old_whole), (new, new_whole) = _read(options.old, passphrase), _read(options.new, passphrase)
    found = compare_certificates(old, new, moment=options.moment, systems=systems, environment=options.environment)
    code = of_reports([found.report], options.fail_on, complete=old_whole and new_whole)
    return Reply(
        Compared(found, options, again([options.old, options.new], "--texts")),
        document=lambda one: renewal_diff_document(one.found, one.options.old, one.options.new),
        text=_text,
        code=not_known(code) if told_unusable(options.systems) else code,
    )


def _read(name: str, passphrase: bytes | None) -> tuple[CertificateFacts, bool]:
    """Return the certificate of a file, and whether all of the file could be read."""
    from pkitools.renewal import one_certificate

    contents = read_input(name, passphrase)
    problems = told_problems(contents, name)
    with about_input(name):
        return one_certificate(contents), not problems


def _text(compared: Compared) -> Iterator[Line | str]:
    found, options = compared.found, compared.options
    yield from (Line(row, bold=True) for row in wrapped(_answer(found), ""))
    yield from wrapped(tr("cli.renewal.diff.not_judged"), "")
    yield from findings_told(found.report, full=Severity.INFO, verbose=True)
    if found.differing:
        yield from _changes(found.changes)
    if found.report.verdict is Verdict.FAILED:
        return  # the findings say what to do; nobody is told of what is no renewal
    yield from _notices(found.notices)
    if options.systems or options.texts:
        yield from _letters(found.notices)
    yield from _next(compared)


def _answer(found: RenewalDifference) -> str:
    name = found.new.subject.common_name or found.new.sha256[:16]
    if found.report.verdict is Verdict.FAILED:
        return tr("cli.renewal.diff.failed", name=name)
    before = sum(notice.counterpart.phase == "before" for notice in found.notices)
    return tr(f"cli.renewal.diff.answer{form_of(before)}", name=name, count=before)


def _changes(changes: Sequence[Change]) -> Iterator[Line | str]:
    yield ""
    yield Line(tr("cli.renewal.diff.changes"), bold=True)
    rows = [(_label(change), _both(change)) for change in changes if change.differs]
    width = max(len(label) for label, _ in rows)
    for label, (old, new) in rows:
        if len(old) + len(new) < _ONE_ROW:
            yield from beside(f"  {label:<{width}}  ", f"{old} → {new}")
        else:
            yield from (f"  {label}", *beside("    ", old), *beside("    → ", new))
    same = dict.fromkeys(_label(change) for change in changes if not change.differs and change.old)
    if same:
        yield from wrapped(tr("cli.renewal.diff.same", parts=", ".join(same)), "  ")


_ONE_ROW: Final = 50


def _label(change: Change) -> str:
    return change.attribute or tr(f"cli.renewal.part.{change.part}")


def _both(change: Change) -> tuple[str, str]:
    return _told(change, change.old), _told(change, change.new)


def _told(change: Change, values: Sequence[str]) -> str:
    from pkitools.trust import policy_name
    from pkitools.x509.oids import EXTENDED_KEY_USAGES

    if change.part == "policies":
        values = [f"{policy_name(oid, language())} ({oid})" for oid in values]
    elif change.part == "extended_key_usage":
        values = [EXTENDED_KEY_USAGES.get(oid, oid) for oid in values]
    elif change.part == "validity":
        start, end = map(datetime.fromisoformat, values)
        return tr("cli.renewal.diff.validity", start=start, end=end)
    return shown(", ".join(values)) or tr("cli.renewal.diff.nothing")


def _notices(notices: Sequence[Notice]) -> Iterator[Line | str]:
    yield ""
    yield Line(tr("cli.renewal.diff.who"), bold=True)
    phase = ""
    for number, notice in enumerate(notices, start=1):
        if notice.counterpart.phase != phase:
            phase = notice.counterpart.phase
            yield f"  {tr(f'cli.renewal.phase.{phase}')}"
        yield from _notice(number, notice)


def _notice(number: int, notice: Notice) -> Iterator[str]:
    counterpart = notice.counterpart
    yield from wrapped(notice.title(language()), "       ", first=f"  {number:>3}. ")
    yield from wrapped(notice.why(language()), "       ")
    for statement in notice.statements:
        yield from wrapped(statement.text[language()], "         ", first="       - ")
        yield from wrapped(founded(statement.source, statement.certainty), "         ")
    read = tr("cli.renewal.diff.read", day=counterpart.read)
    yield from wrapped(f"{founded(counterpart.source, counterpart.certainty)[:-1]}; {read}]", "       ")


def _letters(notices: Sequence[Notice]) -> Iterator[Line | str]:
    """Yield the texts to send, as they are: they are there to be copied."""
    for number, notice in enumerate(notices, start=1):
        letter = notice.letter(language())
        if letter is not None:
            yield ""
            title = tr("cli.renewal.diff.letter", number=number, title=notice.title(language()))
            yield from (Line(row, bold=True) for row in wrapped(title, ""))
            yield from letter.splitlines()


def _next(compared: Compared) -> Iterator[str]:
    options = compared.options
    commands = {"texts": lambda: compared.with_texts, "check": lambda: _check(compared.found, options)}
    key = "renewal_diff.check" if options.systems or options.texts else "renewal_diff.texts"
    told = step(key, {}, commands)
    yield ""
    yield from told.told() if told is not None else ()


def _check(found: RenewalDifference, options: Options) -> Words:
    systems = tuple(word for name in options.systems for word in ("--for", name))
    return ("cert", "check", options.new, "-e", found.environment.value, *systems)
