"""``pkitools test-pki issue``."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from pkitools.files import read_bytes
from pkitools.frozen import dataclass
from pkitools.messages.days import day
from pkitools.x509 import oin_from_certificate
from pkitools_cli.commands.next_steps import step
from pkitools_cli.framework import Command, gathered
from pkitools_cli.i18n import language, tr
from pkitools_cli.inputs import about_input
from pkitools_cli.lines import wrapped
from pkitools_cli.options import STANDARD_INPUT, moment_option
from pkitools_cli.reply import Line, Reply
from pkitools_test_pki.blueprint import Deviation
from pkitools_test_pki.documents import IssuedFiles, issue_document
from pkitools_test_pki.enrol import Application, read_request
from pkitools_test_pki.folder import open_folder
from pkitools_test_pki.shapes import Template

if TYPE_CHECKING:
    from pkitools_test_pki.g4_trial.trial_yaml import Enrolment

_MAX_REQUEST_BYTES: Final = 1024 * 1024  # a request with 100 host names is 10 kB
_MAX_DAYS: Final = 36_500


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """What ``test-pki issue`` was given."""

    folder: str
    prefix: str
    csr: str | None
    enrolment: str | None
    profile: str | None
    oin: str | None
    organization: str | None
    common_name: str | None
    dns: tuple[str, ...]
    kvk: str | None
    days: int | None
    force: bool
    moment: datetime

    def wishes(self) -> Deviation:
        """Return how the certificate is to differ from what the profile makes of itself."""
        wishes: Deviation = {}
        if self.oin is not None:
            wishes["oin"] = self.oin
        if self.organization is not None:
            wishes["organization"] = self.organization
        if self.common_name is not None:
            wishes["common_name"] = self.common_name
        if self.dns:
            wishes["dns"] = self.dns
        if self.kvk is not None:
            wishes["organization_identifier"] = f"NTRNL-{self.kvk}"
        if self.days is not None:
            wishes["days"] = self.days
        return wishes


@click.command("issue", cls=Command, help="cli.test_pki.issue.help")
@click.argument("folder", metavar="DIR")
@click.option("--out", "prefix", metavar="PREFIX", required=True, help="cli.test_pki.issue.out")
@click.option("--csr", metavar="FILE", help="cli.test_pki.issue.csr")
@click.option("--enrolment", metavar="FILE", help="cli.test_pki.issue.enrolment")
@click.option("--profile", metavar="PROFILE", help="cli.test_pki.issue.profile")
@click.option("--oin", metavar="OIN", help="cli.test_pki.issue.oin")
@click.option("--organization", metavar="NAME", help="cli.test_pki.issue.organization")
@click.option("--common-name", metavar="CN", help="cli.test_pki.issue.common_name")
@click.option("--dns", metavar="NAME", multiple=True, help="cli.test_pki.issue.dns")
@click.option("--kvk", metavar="NUMBER", help="cli.test_pki.issue.kvk")
@click.option("--days", type=click.IntRange(1, _MAX_DAYS), help="cli.test_pki.issue.days")
@click.option("--force", is_flag=True, help="cli.test_pki.issue.force")
@moment_option
@gathered(Options)
def command(options: Options) -> Reply[IssuedFiles]:
    """Issue a certificate, for a request or with a new key."""
    wishes = options.wishes()
    request = _read_csr(options.csr) if options.csr else None
    chosen: str | Template | None = options.profile
    if options.enrolment is not None:
        asked = _read_enrolment(options.enrolment, options.profile)
        chosen, wishes = asked.template, {**asked.wishes(), **wishes}
    with open_folder(options.folder, moment=options.moment) as pki:
        issued, changes, paths = pki.issue_to(
            options.prefix, chosen, request=request, overwrite=options.force, **wishes
        )
    files = IssuedFiles(issued, tuple(changes), tuple(paths))
    return Reply(files, document=issue_document, text=partial(_text, options=options))


def _read_csr(path: str) -> Application:
    with about_input(path):
        return read_request(_read(path), path)


def _read(path: str) -> bytes:
    if path == STANDARD_INPUT:
        return sys.stdin.buffer.read(_MAX_REQUEST_BYTES)
    return read_bytes(path, limit=_MAX_REQUEST_BYTES)


def _read_enrolment(path: str, profile: str | None) -> Enrolment:
    from pkitools_test_pki.g4_trial.trial_yaml import read_enrolment

    if profile is not None:
        raise click.UsageError(tr("cli.test_pki.issue.enrolment_or_profile"))
    with about_input(path):
        return read_enrolment(_read(path), path)


def _text(issued: IssuedFiles, options: Options) -> Iterator[Line | str]:
    certificate = issued.certificate
    facts = certificate.facts
    oin = oin_from_certificate(facts).oin
    whose = (facts.subject.text.short, facts.subject.organization, f"OIN {oin}" if oin else None)
    told = tr("cli.test_pki.issue.done", profile=certificate.profile, subject=", ".join(filter(None, whose)))
    yield from (Line(line, bold=True) for line in wrapped(told, "    ", ""))
    yield from wrapped(tr("cli.test_pki.issue.issuer", issuer=facts.issuer.text.short), "    ", "")
    yield tr("cli.test_pki.issue.serial", serial_number=f"{certificate.serial_number:x}")
    start, end = (day(moment, language()) for moment in (facts.not_before, facts.not_after))
    yield tr("cli.test_pki.issue.validity", start=start, end=end)
    for change in issued.changes:
        text = f"cli.test_pki.issue.change.{change.kind}"
        yield from wrapped(tr(text, field=change.field, before=change.before, after=change.after), "    ", "")
    for path in issued.paths:
        yield tr("cli.test_pki.wrote", path=path)
    yield from _next(options)


def _next(options: Options) -> list[str]:
    """Return how to judge what was issued, as its PKI has it."""
    crls = str(Path(options.folder) / "crl")
    words = ("cert", "check", f"{options.prefix}.chain.pem", "-e", "preproduction", "--offline")
    check = (*words, "--trust", options.folder, "--crl", crls)
    found = step("test_pki_issue.done", {}, {"check": lambda: check})
    return found.told() if found is not None else []
