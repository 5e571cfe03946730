"""``pkitools test-pki verify``."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

import click

from pkitools_cli.exit_codes import ExitCode
from pkitools_cli.framework import Command
from pkitools_cli.i18n import tr
from pkitools_cli.options import moment_option
from pkitools_cli.remedies import told
from pkitools_cli.reply import Line, Reply
from pkitools_test_pki.audit import Audit, audit_folder
from pkitools_test_pki.documents import verify_document
from pkitools_test_pki.folder import open_folder


@click.command("verify", cls=Command, help="cli.test_pki.verify.help")
@click.argument("folder", metavar="DIR")
@moment_option
def command(*, folder: str, moment: datetime) -> Reply[Audit]:
    """Check that the folder is whole: nothing lost, doubled, damaged or readable by others."""
    with open_folder(folder, moment=moment) as pki:
        audit = audit_folder(pki)
    code = ExitCode.FAILED if audit.problems else ExitCode.PASSED
    return Reply(audit, document=verify_document, text=_text, code=code)


def _text(audit: Audit) -> Iterator[Line | str]:
    yield Line(tr(f"cli.test_pki.verify.{'failed' if audit.problems else 'passed'}"), bold=True)
    counts = {"authorities": audit.authorities, "certificates": audit.certificates, "crls": audit.crls}
    yield tr("cli.test_pki.verify.counts", revoked=audit.revoked, lost=audit.lost, **counts)
    for problem in (*audit.problems, *audit.notes):
        rendered = told(problem.code, problem.params)
        yield f"- {rendered.message} {rendered.remedy}"
