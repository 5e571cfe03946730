"""``pkitools trust show``."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

import click

from pkitools.errors import InputError, InvalidValueError
from pkitools.files import may_be_there
from pkitools.findings import Report, Severity
from pkitools.frozen import dataclass
from pkitools.reports import RecognisedCertificate, ToldError, trust_show_document, trust_show_document_v1
from pkitools.text import shown
from pkitools.trust import (
    CatalogueEntry,
    Hierarchy,
    Match,
    catalogue,
    hierarchies,
    hierarchy_of,
    identify,
    recognise,
)
from pkitools.x509 import read_certificate
from pkitools_cli.commands.trust.hierarchy_text import authority_rows, hierarchy_told, rows_told
from pkitools_cli.exit_codes import ExitCode
from pkitools_cli.framework import Command
from pkitools_cli.i18n import tr
from pkitools_cli.inputs import about_input, read_input, told_problems
from pkitools_cli.lines import findings_told
from pkitools_cli.options import STANDARD_INPUT, moment_option
from pkitools_cli.passphrases import given_passphrase, passphrase_options
from pkitools_cli.reply import Line, Reply


@dataclass(frozen=True, slots=True)
class Found:
    """What was asked about, and what it turned out to be."""

    asked: str
    moment: datetime
    hierarchy: Hierarchy | None = None
    authorities: tuple[CatalogueEntry, ...] = ()
    certificates: tuple[RecognisedCertificate, ...] = ()
    unread: tuple[ToldError, ...] = ()


@click.command("show", cls=Command, help="cli.trust.show.help", json_versions=(1, 2))
@click.argument("what", metavar="NAME|SHA256|FILE")
@passphrase_options
@moment_option
def command(*, what: str, passphrase_file: str | None, passphrase_env: str | None, moment: datetime) -> Reply[Found]:
    """Show a hierarchy, a CA of the catalogue, or what the certificates of a file are."""
    found = _look_up(what, moment, given_passphrase(passphrase_file, passphrase_env))
    code = ExitCode.COULD_NOT if found.unread else ExitCode.PASSED
    return Reply(found, document=_document, text=_text, code=code, older={1: _document_v1})


def _document(found: Found) -> dict[str, object]:
    return trust_show_document(
        found.asked,
        found.moment,
        hierarchy=found.hierarchy,
        authorities=found.authorities,
        certificates=found.certificates,
        errors=found.unread,
    )


def _document_v1(found: Found) -> dict[str, object]:
    return trust_show_document_v1(
        found.asked,
        found.moment,
        hierarchy=found.hierarchy,
        authorities=found.authorities,
        certificates=found.certificates,
    )


def _look_up(what: str, moment: datetime, passphrase: bytes | None) -> Found:
    entries = catalogue().entries
    if hierarchy := next((h for h in hierarchies() if h.name == what), None):
        return Found(what, moment, hierarchy, tuple(e for e in entries if e.hierarchy == hierarchy.name))
    if by_fingerprint := identify(sha256=what):
        return Found(what, moment, authorities=(by_fingerprint,))
    if what == STANDARD_INPUT or may_be_there(what):
        return _recognised(what, moment, passphrase)
    named = tuple(e for e in entries if e.name.casefold() == what.strip().casefold())
    if not named:
        raise InvalidValueError("trust.error.unknown_ca", name=what)
    return Found(what, moment, authorities=named)


def _recognised(what: str, moment: datetime, passphrase: bytes | None) -> Found:
    with about_input(what):
        source = read_input(what, passphrase)
        read = [read_certificate(der) for der in source.certificates]
        if not read:
            raise InputError("trust.error.no_certificate", name=what)
    issuers = {facts.subject.der: facts for facts in read}
    recognised = tuple(
        RecognisedCertificate(facts, recognise(facts), hierarchy_of(facts, issuers.get(facts.issuer.der)))
        for facts in read
    )
    return Found(what, moment, certificates=recognised, unread=tuple(told_problems(source, what)))


def _text(found: Found) -> Iterator[Line | str]:
    if found.hierarchy:
        yield from hierarchy_told(found.hierarchy, found.moment)
    for position, entry in enumerate(found.authorities):
        if position or found.hierarchy:
            yield ""
        yield Line(f"  {entry.name}", bold=True)
        yield from rows_told(authority_rows(entry, found.moment))
    for position, one in enumerate(found.certificates):
        if position or found.authorities:
            yield ""
        yield from _certificate(one, found.moment)
    yield from _bundle_told(found)


def _bundle_told(found: Found) -> Iterator[Line | str]:
    """Yield which authority is missing between those of a file, where one is."""
    from pkitools.checking.delivery.checks import check_bundle  # the other things shown need no rules

    report = Report(found.asked, check_bundle([one.facts for one in found.certificates]), found.moment)
    if report.findings:
        yield ""
        yield from findings_told(report, full=Severity.INFO, verbose=False)


def _certificate(one: RecognisedCertificate, moment: datetime) -> Iterator[Line | str]:
    facts, known = one.facts, one.itself
    yield Line(f"  {shown(facts.subject.called)}", bold=True)
    rows = [("sha256", facts.sha256), ("match", tr(f"cli.trust.match.{known.match}"))]
    if known.match is Match.NONE and not facts.is_self_issued:
        known = one.issued_by
        rows = [("sha256", facts.sha256), ("issuer", shown(facts.issuer.called))]
        rows.append(("match", tr(f"cli.trust.issuer_match.{known.match}")))
    if known.hierarchy:
        rows.append(("hierarchy", f"{known.hierarchy.label} ({tr(f'cli.trust.kind.{known.hierarchy.kind}')})"))
    elif known.generation:
        rows.append(("generation", known.generation))
    yield from rows_told(rows)
    if known.match is Match.FINGERPRINT and known.authority:
        yield from rows_told(authority_rows(known.authority, moment)[1:])
