"""What ``cert check`` says to people."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from pkitools.findings import Report
from pkitools.reports.document import instant
from pkitools.text import shown
from pkitools.x509 import read_certificate
from pkitools_cli.commands.cert.delivery_text import delivery_told
from pkitools_cli.i18n import tr
from pkitools_cli.lines import labelled, report_told
from pkitools_cli.remedies import report_lines
from pkitools_cli.reply import Line

if TYPE_CHECKING:
    from pkitools.checking import CheckResult, FileCheck, JudgedCertificate


def checked_told(checks: Sequence[tuple[str, FileCheck]], reuse: Report | None) -> Iterator[Line | str]:
    """Yield what was found of each certificate of each file, of the files, then of all together."""
    for number, (name, check) in enumerate(checks):
        if number:
            yield ""
        yield from _file_told(name, check)
    if reuse is not None:
        yield ""
        yield from report_lines(reuse)


def _file_told(name: str, check: FileCheck) -> Iterator[Line | str]:
    """Yield what was found of one file; what there is to say of a file with one certificate stands in its report."""
    alone = len(check.judged) == 1
    for number, one in enumerate(check.judged):
        if number:
            yield ""
        yield from labelled("cli.cert_check.row", _rows(name, one, check.count))
        yield from report_told(one.result.report + check.file_report if alone else one.result.report)
    if not alone and (check.file_report.findings or check.file_report.not_checked):
        yield ""
        yield from report_told(check.file_report)
    yield from delivery_told(name, check.delivery)


def _which(one: JudgedCertificate, count: int) -> str | None:
    """Return which certificate of its file it is; ``None`` when it is the only one and nothing more can be said."""
    subject = one.subject
    more = (*subject.aliases, *subject.uses)
    if count == 1 and not more:
        return None
    told = tr("cli.cert_check.number", number=subject.number, count=count)
    return shown(", ".join((told, *more)))


def _rows(name: str, one: JudgedCertificate, count: int) -> Iterator[tuple[str, str | None]]:
    result = one.result
    facts, report = result.facts, result.report
    environment = tr(f"cli.cert_check.environment.{report.environment}")
    yield "file", name
    yield "which", _which(one, count)
    yield "subject", facts.subject.text
    yield "oin", str(result.oin) if result.oin else tr("cli.cert_check.no_oin")
    yield "issuer", facts.issuer.common_name or facts.issuer.text
    yield "validity", f"{instant(facts.not_before)} … {instant(facts.not_after)}"
    yield "moment", str(instant(report.moment))
    yield "for", " ".join(part for part in (report.system, environment) if part)
    yield "path", _path(result)
    yield "revocation", _revocation(result)


def _path(result: CheckResult) -> str:
    if result.path is None:
        return tr("cli.cert_check.no_path")
    names = [read_certificate(der).subject for der in result.path.certificates]
    shown = " ← ".join(name.common_name or name.text for name in names)
    return f"{shown}  ({tr('cli.cert_check.engine', engine=result.engine)})"


def _revocation(result: CheckResult) -> str:
    if not result.revocation.certificates:
        return tr("cli.cert_check.revocation_status.not_checked")
    words = []
    for entry in result.revocation.certificates:
        word = tr(f"cli.cert_check.revocation_status.{entry.status.kind}")
        words.append(f"{word} ({entry.status.code})" if entry.status.code else word)
    return ", ".join(words)
