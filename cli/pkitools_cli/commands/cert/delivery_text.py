"""What there is to say of a file as it was delivered: it has no verdict, and is shown whenever there is something."""

from __future__ import annotations

from collections.abc import Iterator

from pkitools.findings import Report, Severity, Verdict
from pkitools.text import shown
from pkitools_cli.i18n import report_word, tr
from pkitools_cli.lines import coloured, findings_told, wrapped
from pkitools_cli.reply import Line


def delivery_told(name: str, delivery: Report, *, verbose: bool) -> Iterator[Line | str]:
    """Yield what was found of the file, below a heading with its name.

    A warning is told whole: which certificate is missing does not stand in its title.
    """
    if delivery.findings or delivery.not_checked:
        yield ""
        heading = tr("cli.cert_check.delivery", name=shown(name))
        if delivery.verdict is Verdict.FAILED:
            verdict = report_word("verdict", delivery.verdict)
            first, *rest = wrapped(heading, "  ", f"{verdict} {tr('cli.cert_check.of_file')}   ", most=2)
            yield coloured(first, delivery.verdict, verdict)
            yield from rest
        else:
            yield from (Line(row, bold=True) for row in wrapped(heading, "  ", "", most=2))
        yield from findings_told(delivery, full=Severity.INFO if verbose else Severity.WARNING, verbose=verbose)
