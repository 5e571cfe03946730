"""``pkitools test-pki revoke``, ``crl``, ``list`` and ``verify``."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING

import click

from pkitools.text import instant
from pkitools_cli.exit_codes import ExitCode
from pkitools_cli.framework import Command
from pkitools_cli.i18n import tr
from pkitools_cli.options import json_option, moment_option
from pkitools_cli.output import emit_json, say
from pkitools_cli.remedies import told
from pkitools_test_pki.crl import PKIOVERHEID_REASONS
from pkitools_test_pki.folder import open_folder
from pkitools_test_pki.store import Row

if TYPE_CHECKING:
    from pkitools_test_pki.audit import Audit, Problem


class SerialNumber(click.ParamType[int]):
    """A certificate's serial number in hexadecimal, as ``list`` and openssl show it; colons and 0x are allowed."""

    name = "serial"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> int:
        """Return the number."""
        if isinstance(value, int):
            return value
        digits = str(value).strip().removeprefix("0x").replace(":", "")
        if not re.fullmatch(r"[0-9A-Fa-f]{1,80}", digits):
            self.fail(tr("cli.test_pki.revoke.bad_serial", value=value), param, ctx)
        return int(digits, 16)


@click.command("revoke", cls=Command, help="cli.test_pki.revoke.help")
@click.argument("folder", metavar="DIR")
@click.argument("serial_number", metavar="SERIAL", type=SerialNumber())
@click.option(
    "--reason",
    type=click.Choice(PKIOVERHEID_REASONS),
    default="cessationOfOperation",
    show_default=True,
    help="cli.test_pki.revoke.reason",
)
@moment_option
@json_option
def revoke(*, folder: str, serial_number: int, reason: str, moment: datetime, as_json: bool) -> int:
    """Revoke a certificate and publish the CRL that says so."""
    with open_folder(folder, moment=moment) as pki:
        revocation, path = pki.revoke(serial_number, reason, moment=moment)
    if as_json:
        document = {
            "serial_number": f"{serial_number:x}",
            "reason": reason,
            "moment": instant(revocation.moment),
            "crl": str(path),
        }
        emit_json("pkitools.test-pki-revoke/v1", document)
        return ExitCode.PASSED
    say(tr("cli.test_pki.revoke.done", serial_number=f"{serial_number:x}", reason=reason), bold=True)
    say(tr("cli.test_pki.wrote", path=path))
    return ExitCode.PASSED


@click.command("crl", cls=Command, help="cli.test_pki.crl.help")
@click.argument("folder", metavar="DIR")
@click.option("--hours", type=click.FloatRange(min=0, min_open=True, max=876_000), help="cli.test_pki.crl.hours")
@moment_option
@json_option
def publish(*, folder: str, hours: float | None, moment: datetime, as_json: bool) -> int:
    """Publish the next CRL of every authority."""
    with open_folder(folder, moment=moment) as pki:
        paths = pki.publish_crls(moment=moment, hours=hours)
    if as_json:
        emit_json("pkitools.test-pki-crl/v1", {"files": [str(path) for path in paths]})
        return ExitCode.PASSED
    for path in paths:
        say(tr("cli.test_pki.wrote", path=path))
    return ExitCode.PASSED


@click.command("list", cls=Command, help="cli.test_pki.list.help")
@click.argument("folder", metavar="DIR")
@moment_option
@json_option
def show(*, folder: str, moment: datetime, as_json: bool) -> int:
    """List every certificate of the test PKI."""
    with open_folder(folder, moment=moment) as pki:
        rows = list(pki.store.certificates())
    if as_json:
        emit_json("pkitools.test-pki-list/v1", {"certificates": [_row_document(row) for row in rows]})
        return ExitCode.PASSED
    for row in rows:
        say(_row_text(row))
    return ExitCode.PASSED


def _row_document(row: Row) -> dict[str, object]:
    subject, not_after = _read(row)
    revoked = row.revocation
    return {
        "serial_number": f"{row.serial_number:x}",
        "authority": row.authority,
        "state": row.state,
        "profile": row.profile,
        "subject": subject,
        "not_after": instant(not_after) if not_after else None,
        "revoked": {"moment": instant(revoked.moment), "reason": revoked.reason} if revoked else None,
    }


def _row_text(row: Row) -> str:
    subject, not_after = _read(row)
    state = tr(f"cli.test_pki.list.{row.state}")
    end = f"{not_after:%Y-%m-%d}" if not_after else "-"
    return f"{row.serial_number:040x}  {state:12}  {end:10}  {row.profile or '-':18}  {subject or '-'}"


def _read(row: Row) -> tuple[str | None, datetime | None]:
    from pkitools.x509 import read_certificate

    if row.der is None:
        return None, None
    facts = read_certificate(row.der)
    return facts.subject.text, facts.not_after


@click.command("verify", cls=Command, help="cli.test_pki.verify.help")
@click.argument("folder", metavar="DIR")
@moment_option
@json_option
def verify(*, folder: str, moment: datetime, as_json: bool) -> int:
    """Check that the folder is whole: nothing lost, doubled, damaged or readable by others."""
    from pkitools_test_pki.audit import audit_folder

    with open_folder(folder, moment=moment) as pki:
        audit = audit_folder(pki)
    code = ExitCode.FAILED if audit.problems else ExitCode.PASSED
    if as_json:
        emit_json("pkitools.test-pki-verify/v1", _audit_document(audit))
        return code
    say(tr(f"cli.test_pki.verify.{'failed' if audit.problems else 'passed'}"), bold=True)
    counts = {"authorities": audit.authorities, "certificates": audit.certificates, "crls": audit.crls}
    say(tr("cli.test_pki.verify.counts", revoked=audit.revoked, lost=audit.lost, **counts))
    for line in _sentences((*audit.problems, *audit.notes)):
        say(line)
    return code


def _sentences(found: Iterable[Problem]) -> Iterable[str]:
    for problem in found:
        rendered = told(problem.code, problem.params)
        yield f"- {rendered.message} {rendered.remedy}"


def _audit_document(audit: Audit) -> dict[str, object]:
    return {
        "whole": not audit.problems,
        "authorities": audit.authorities,
        "certificates": audit.certificates,
        "revoked": audit.revoked,
        "lost": audit.lost,
        "crls": audit.crls,
        "problems": [_problem_document(problem) for problem in audit.problems],
        "notes": [_problem_document(problem) for problem in audit.notes],
    }


def _problem_document(problem: Problem) -> dict[str, object]:
    return {"code": problem.code, "params": {name: str(value) for name, value in problem.params.items()}}
