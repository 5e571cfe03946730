"""What ``cert check`` says to people."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from pkitools.findings import Report
from pkitools.reports.document import instant
from pkitools.x509 import read_certificate
from pkitools_cli.i18n import tr
from pkitools_cli.lines import labelled, report_told
from pkitools_cli.remedies import report_lines
from pkitools_cli.reply import Line

if TYPE_CHECKING:
    from pkitools.checking import CheckResult


def checked_told(results: Sequence[tuple[str, CheckResult]], reuse: Report | None) -> Iterator[Line | str]:
    """Yield what was found of each file, then of all together."""
    for number, (name, result) in enumerate(results):
        if number:
            yield ""
        yield from labelled("cli.cert_check.row", _rows(name, result))
        yield from report_told(result.report)
    if reuse is not None:
        yield ""
        yield from report_lines(reuse)


def _rows(name: str, result: CheckResult) -> Iterator[tuple[str, str]]:
    facts, report = result.facts, result.report
    environment = tr(f"cli.cert_check.environment.{report.environment}")
    yield "file", name
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
